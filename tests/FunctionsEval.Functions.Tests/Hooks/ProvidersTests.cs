namespace FunctionsEval.Functions.Tests.Hooks;

/// <summary>Resource providers are registered before azd provisions.</summary>
public sealed class ProvidersTests
{
    [Fact]
    public async Task Providers_that_are_not_registered_are_and_waited_for_with_words()
    {
        using var az = new FakeAzureCli(
            """
            case "$*" in
              "provider list"*)
                printf 'Microsoft.Storage\nmicrosoft.insights\nMicrosoft.Web\nMicrosoft.ManagedIdentity\nMicrosoft.OperationalInsights\n'
                if [ "$calls" -gt 5 ]; then printf 'Microsoft.EventGrid\nMicrosoft.App\nMicrosoft.Network\n'; fi ;;
            esac
            """
        );

        var (code, output, errors) = await HookCall.RunAsync(
            az.Cli,
            "preprovision",
            ("AZURE_SUBSCRIPTION_ID", "sub"),
            ("VNET_ENABLED", "true")
        );

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(
            [
                "provider register --namespace Microsoft.EventGrid --subscription sub --output none",
                "provider register --namespace Microsoft.App --subscription sub --output none",
                "provider register --namespace Microsoft.Network --subscription sub --output none",
            ],
            az.Calls.Where(call => call.StartsWith("provider register", StringComparison.Ordinal))
        );
        Assert.Contains("Waiting until the resource providers are registered", output, StringComparison.Ordinal);
        Assert.Contains("of at most 10:00", output, StringComparison.Ordinal);
        Assert.Contains("Microsoft.EventGrid, Microsoft.App, Microsoft.Network", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_registered_where_everything_is()
    {
        using var az = new FakeAzureCli(
            "printf 'Microsoft.EventGrid\\r\\nMicrosoft.Storage\\r\\nMicrosoft.Insights\\r\\nMicrosoft.Web\\r\\nMicrosoft.ManagedIdentity\\r\\nMicrosoft.OperationalInsights\\r\\n'"
        );

        var (code, output, _) = await HookCall.RunAsync(az.Cli, "preprovision", ("AZURE_SUBSCRIPTION_ID", "sub"));

        Assert.Equal((0, ""), (code, output));
        Assert.Single(az.Calls);
    }

    [Fact]
    public async Task Provider_that_may_not_be_registered_is_asked_for_with_the_command()
    {
        using var az = new FakeAzureCli("case \"$*\" in *register*) echo 'AuthorizationFailed: no' >&2; exit 1;; esac");

        var (code, _, errors) = await HookCall.RunAsync(az.Cli, "preprovision", ("AZURE_SUBSCRIPTION_ID", "sub"));

        Assert.Equal(1, code);
        Assert.Contains("AuthorizationFailed: no", errors, StringComparison.Ordinal);
        Assert.Contains("az provider register --subscription sub --namespace Microsoft.EventGrid", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Providers_that_never_register_end_the_wait()
    {
        using var az = new FakeAzureCli("exit 0");

        var (code, _, errors) = await HookCall.RunAsync(az.Cli, "preprovision", ("AZURE_SUBSCRIPTION_ID", "sub"));

        Assert.Equal(1, code);
        Assert.Contains("After 10 minutes Azure has not registered yet: Microsoft.EventGrid", errors, StringComparison.Ordinal);
    }
}
