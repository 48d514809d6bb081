namespace FunctionsEval.Functions.Tests.Hooks;

/// <summary>The roles of the app's identity are waited for before azd deploys.</summary>
public sealed class IdentityRolesTests
{
    /// <summary>It is ten past midnight.</summary>
    [Theory]
    [InlineData("2025-12-31T00:00:00.123456+00:00", 0)]
    [InlineData("2026-01-01T00:07:00+00:00", 0)]
    [InlineData("2026-01-01T00:09:10+00:00", 7)]
    [InlineData("2026-01-01T00:10:00+00:00", 9)]
    public async Task Roles_that_were_given_a_moment_ago_are_waited_for_before_the_app_is_published(string given, int waits)
    {
        using var az = new FakeAzureCli($"echo 2025-12-30T00:00:00+00:00; echo {given}");

        var (code, output, errors) = await BeforeDeploymentAsync(az);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(waits, output.Split("Waiting until the new roles of the app's identity apply").Length - 1);
        Assert.Equal(
            "role assignment list --assignee app --scope /subscriptions/sub/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st "
                + "--include-inherited --query [].createdOn --output tsv",
            Assert.Single(az.Calls)
        );
    }

    [Fact]
    public async Task App_without_a_role_is_not_published()
    {
        using var az = new FakeAzureCli("exit 0");

        var (code, _, errors) = await BeforeDeploymentAsync(az);

        Assert.Equal(1, code);
        Assert.Contains("azd env get-value ROLES_TO_ASSIGN", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_that_may_not_be_listed_are_not_waited_for()
    {
        using var az = new FakeAzureCli("echo 'AuthorizationFailed: no' >&2; exit 1");

        var (code, output, _) = await BeforeDeploymentAsync(az);

        Assert.Equal(0, code);
        Assert.Contains("not waited for: AuthorizationFailed: no", output, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Errors)> BeforeDeploymentAsync(FakeAzureCli az) =>
        HookCall.RunAsync(
            az.Cli,
            "predeploy",
            ("AZURE_SUBSCRIPTION_ID", "sub"),
            ("AZURE_RESOURCE_GROUP", "rg"),
            ("STORAGE_ACCOUNT_NAME", "st"),
            ("IDENTITY_PRINCIPAL_ID", "app")
        );
}
