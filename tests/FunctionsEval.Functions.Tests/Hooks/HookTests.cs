using System.Diagnostics;
using FunctionsEval.Hooks;
using YamlDotNet.RepresentationModel;

namespace FunctionsEval.Functions.Tests.Hooks;

/// <summary>What azd runs before it provisions and after it has deployed, against an Azure CLI that answers as it is told to.</summary>
public sealed class HookTests
{
    private const string Command = "dotnet run --configuration Release --project infra/hooks -- ";

    private static readonly Dictionary<string, string> Deployed = new()
    {
        ["AZURE_SUBSCRIPTION_ID"] = "sub",
        ["AZURE_RESOURCE_GROUP"] = "rg",
        ["FUNCTION_APP_NAME"] = "func",
        ["STORAGE_ACCOUNT_NAME"] = "st",
        ["DATASETS_CONTAINER"] = "datasets",
        ["IDENTITY_PRINCIPAL_ID"] = "app",
    };

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

        var (code, output, errors) = await RunAsync(
            az,
            "preprovision",
            new() { ["AZURE_SUBSCRIPTION_ID"] = "sub", ["VNET_ENABLED"] = "true" }
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

        var (code, output, _) = await RunAsync(az, "preprovision", new() { ["AZURE_SUBSCRIPTION_ID"] = "sub" });

        Assert.Equal((0, ""), (code, output));
        Assert.Single(az.Calls);
    }

    [Fact]
    public async Task Provider_that_may_not_be_registered_is_asked_for_with_the_command()
    {
        using var az = new FakeAzureCli("case \"$*\" in *register*) echo 'AuthorizationFailed: no' >&2; exit 1;; esac");

        var (code, _, errors) = await RunAsync(az, "preprovision", new() { ["AZURE_SUBSCRIPTION_ID"] = "sub" });

        Assert.Equal(1, code);
        Assert.Contains("AuthorizationFailed: no", errors, StringComparison.Ordinal);
        Assert.Contains("az provider register --subscription sub --namespace Microsoft.EventGrid", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Providers_that_never_register_end_the_wait()
    {
        using var az = new FakeAzureCli("exit 0");

        var (code, _, errors) = await RunAsync(az, "preprovision", new() { ["AZURE_SUBSCRIPTION_ID"] = "sub" });

        Assert.Equal(1, code);
        Assert.Contains("After 10 minutes Azure has not registered yet: Microsoft.EventGrid", errors, StringComparison.Ordinal);
    }

    /// <summary>It is ten past midnight.</summary>
    [Theory]
    [InlineData("2025-12-31T00:00:00.123456+00:00", 0)]
    [InlineData("2026-01-01T00:07:00+00:00", 0)]
    [InlineData("2026-01-01T00:09:10+00:00", 7)]
    [InlineData("2026-01-01T00:10:00+00:00", 9)]
    public async Task Roles_that_were_given_a_moment_ago_are_waited_for_before_the_app_is_published(string given, int waits)
    {
        using var az = new FakeAzureCli($"echo 2025-12-30T00:00:00+00:00; echo {given}");

        var (code, output, errors) = await RunAsync(az, "predeploy", Deployed);

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

        var (code, _, errors) = await RunAsync(az, "predeploy", Deployed);

        Assert.Equal(1, code);
        Assert.Contains("azd env get-value ROLES_TO_ASSIGN", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_that_may_not_be_listed_are_not_waited_for()
    {
        using var az = new FakeAzureCli("echo 'AuthorizationFailed: no' >&2; exit 1");

        var (code, output, _) = await RunAsync(az, "predeploy", Deployed);

        Assert.Equal(0, code);
        Assert.Contains("not waited for: AuthorizationFailed: no", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_that_does_not_answer_yet_is_waited_for_with_words()
    {
        using var az = new FakeAzureCli(
            "if [ \"$calls\" -lt 3 ]; then echo 'ERROR: handshake failed at https://f/api?code=secret-key&x=1' >&2; exit 1; fi"
        );

        var (code, output, errors) = await RunAsync(az, "postdeploy", Deployed);

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(3, az.Calls.Count);
        Assert.Contains("Waiting until the app answers Event Grid", output, StringComparison.Ordinal);
        Assert.Contains(
            "Waited 0:20 of at most 15:00. Last answer: ERROR: handshake failed at https://f/api?code=…&x=1",
            output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("secret-key", output, StringComparison.Ordinal);
        Assert.All(
            az.Calls,
            call =>
                Assert.EndsWith(
                    "--parameters functionAppName=func storageAccountName=st datasetsContainer=datasets",
                    call,
                    StringComparison.Ordinal
                )
        );
    }

    /// <summary>What the deployment chose is handed on; nobody can look into storage from outside of its network.</summary>
    [Fact]
    public async Task Choices_of_the_deployment_are_handed_to_the_template()
    {
        using var az = new FakeAzureCli("exit 0");

        await RunAsync(
            az,
            "postdeploy",
            new(Deployed)
            {
                ["UPLOADER_PRINCIPAL_ID"] = "me",
                ["APP_SUBNET_ID"] = "/subnets/app",
                ["UPLOAD_QUEUE"] = "upload-events",
                ["ASSIGN_ROLES"] = "false",
                ["ALERT_ACTION_GROUP_ID"] = "/groups/a",
                ["EXISTING_TOPIC_NAME"] = "topic",
            }
        );

        Assert.EndsWith(
            "datasetsContainer=datasets uploadQueue=upload-events assignRoles=false alertActionGroupId=/groups/a existingTopicName=topic",
            Assert.Single(az.Calls),
            StringComparison.Ordinal
        );
    }

    /// <summary>The template has the parameters that the hook sets, and needs no others.</summary>
    [Fact]
    public async Task Parameters_of_the_hook_are_those_of_the_template()
    {
        using var az = new FakeAzureCli("exit 0");
        await RunAsync(
            az,
            "postdeploy",
            new(Deployed)
            {
                ["UPLOAD_QUEUE"] = "q",
                ["ASSIGN_ROLES"] = "true",
                ["ALERT_ACTION_GROUP_ID"] = "a",
                ["EXISTING_TOPIC_NAME"] = "t",
            }
        );
        var given = Assert.Single(az.Calls).Split("--parameters ")[1].Split(' ').Select(parameter => parameter.Split('=')[0]).ToList();
        var template = Repository.Read("infra", "events.bicep");
        var outputs = Repository.Read("infra", "main.bicep") + Repository.Read("infra", "main.parameters.json");

        Assert.All(given, name => Assert.Matches($"(?m)^param {name} ", template));
        Assert.Empty(
            System
                .Text.RegularExpressions.Regex.Matches(template, "(?m)^param ([A-Za-z]+) [a-z]+$")
                .Select(match => match.Groups[1].Value)
                .Except(given)
        );
        Assert.All(
            Deployed.Keys.Append("UPLOADER_PRINCIPAL_ID").Append("UPLOAD_QUEUE").Where(name => name != "AZURE_SUBSCRIPTION_ID"),
            name => Assert.Contains($"output {name} ", outputs, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Last_error_of_an_app_that_never_answers_is_printed_with_what_to_run()
    {
        using var az = new FakeAzureCli("printf 'ERROR: try %s\\nmore of it\\n' \"$calls\" >&2; exit 1");

        var (code, _, errors) = await RunAsync(az, "postdeploy", Deployed);

        Assert.Equal(1, code);
        Assert.Equal(46, az.Calls.Count); // At once, then every 20 seconds for 15 minutes.
        Assert.Contains("ERROR: try 46\nmore of it", errors, StringComparison.Ordinal);
        Assert.Contains("azd hooks run postdeploy", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(AuthorizationFailed) The client does not have authorization to perform action 'x'")]
    [InlineData("RequestDisallowedByPolicy")]
    [InlineData("Please run 'az login' to setup account.")]
    public async Task Failure_that_no_waiting_mends_is_not_waited_for(string message)
    {
        using var az = new FakeAzureCli($"echo \"{message}\" >&2; exit 1");

        var (code, output, errors) = await RunAsync(az, "postdeploy", Deployed);

        Assert.Equal((1, ""), (code, output));
        Assert.Single(az.Calls);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "Waiting until you may upload", "you may not upload")]
    [InlineData(1000, "you may not upload to datasets yet", "nothing")]
    public async Task Role_of_who_deploys_is_waited_for_and_no_failure(int refusals, string expected, string unexpected)
    {
        using var az = new FakeAzureCli(
            $"case \"$*\" in storage*) if [ \"$calls\" -le {refusals} ]; then echo AuthorizationPermissionMismatch >&2; exit 1; fi;; esac"
        );

        var (code, output, _) = await RunAsync(az, "postdeploy", new(Deployed) { ["UPLOADER_PRINCIPAL_ID"] = "me" });

        Assert.Equal(0, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.DoesNotContain(unexpected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variable_that_azd_has_not_set_yet_is_named()
    {
        using var az = new FakeAzureCli("exit 0");

        var (code, _, errors) = await RunAsync(az, "postdeploy", new() { ["AZURE_SUBSCRIPTION_ID"] = "sub" });

        Assert.Equal(1, code);
        Assert.Empty(az.Calls);
        Assert.StartsWith("AZURE_RESOURCE_GROUP is not set.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_program_is_told_with_where_it_is_had()
    {
        using var errors = new StringWriter();

        var code = await HookRunner.RunAsync(
            ["postdeploy", Repository.Root],
            new AzureCli(Path.Combine(Repository.Root, "no-such-az")),
            new HookEnvironment(Deployed.GetValueOrDefault),
            new SkippingTime(),
            TextWriter.Null,
            errors
        );

        Assert.Equal(1, code);
        Assert.Contains("Install the Azure CLI", errors.ToString(), StringComparison.Ordinal);
    }

    /// <summary>As azd runs it: the line of azure.yaml in the shell, in the repository's root, with the CLI that the PATH has.</summary>
    [Theory]
    [InlineData("preprovision", "provider list")]
    [InlineData("predeploy", "role assignment list")]
    [InlineData("postdeploy", "deployment group create")]
    public async Task Line_of_azure_yaml_runs_the_hook_in_the_shell(string hook, string command)
    {
        var hooks = (YamlMappingNode)AzureYaml()["hooks"];
        var line = (string)hooks[hook]["posix"]["run"]!;
        Assert.Equal("sh", (string)hooks[hook]["posix"]["shell"]!);
        Assert.Equal("pwsh", (string)hooks[hook]["windows"]["shell"]!);
        Assert.Equal(line, (string)hooks[hook]["windows"]["run"]!);
        Assert.Equal(Command + hook, line);

        using var az = new FakeAzureCli(
            "case \"$*\" in role*) echo 2026-01-01T00:00:00+00:00; exit;; esac; echo Microsoft.EventGrid; echo Microsoft.Storage; echo Microsoft.Insights; echo Microsoft.Web; echo Microsoft.ManagedIdentity; echo Microsoft.OperationalInsights"
        );
        var built = line.Replace(Command, $"dotnet '{typeof(HookRunner).Assembly.Location}' ", StringComparison.Ordinal);
        var start = new ProcessStartInfo("sh", ["-c", built])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Deployed)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = az.Folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
        Assert.StartsWith(command, Assert.Single(az.Calls), StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(
        FakeAzureCli az,
        string hook,
        Dictionary<string, string> variables
    )
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await HookRunner.RunAsync(
            [hook, Repository.Root],
            az.Cli,
            new HookEnvironment(variables.GetValueOrDefault),
            new SkippingTime(),
            output,
            errors
        );
        return (code, output.ToString(), errors.ToString());
    }

    private static YamlMappingNode AzureYaml()
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Repository.PathOf("azure.yaml"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }
}
