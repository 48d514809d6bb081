using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.Tests.Hooks;

/// <summary>Event Grid tells the app of uploads once azd has deployed.</summary>
public sealed class UploadEventsTests
{
    [Fact]
    public async Task App_that_does_not_answer_yet_is_waited_for_with_words()
    {
        using var az = new FakeAzureCli(
            "if [ \"$calls\" -lt 3 ]; then echo 'ERROR: handshake failed at https://f/api?code=secret-key&x=1' >&2; exit 1; fi"
        );

        var (code, output, errors) = await HookCall.AfterDeploymentAsync(az);

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

        await HookCall.AfterDeploymentAsync(
            az,
            ("UPLOADER_PRINCIPAL_ID", "me"),
            ("APP_SUBNET_ID", "/subnets/app"),
            ("UPLOAD_QUEUE", "upload-events"),
            ("ASSIGN_ROLES", "false"),
            ("ALERT_ACTION_GROUP_ID", "/groups/a"),
            ("EXISTING_TOPIC_NAME", "topic")
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
        await HookCall.AfterDeploymentAsync(
            az,
            ("UPLOAD_QUEUE", "q"),
            ("ASSIGN_ROLES", "true"),
            ("ALERT_ACTION_GROUP_ID", "a"),
            ("EXISTING_TOPIC_NAME", "t")
        );
        var given = Assert.Single(az.Calls).Split("--parameters ")[1].Split(' ').Select(parameter => parameter.Split('=')[0]).ToList();
        var template = Repository.Read("infra", "events.bicep");
        var outputs = Repository.Read("infra", "main.bicep") + Repository.Read("infra", "main.parameters.json");

        Assert.All(given, name => Assert.Matches($"(?m)^param {name} ", template));
        Assert.Empty(Regex.Matches(template, "(?m)^param ([A-Za-z]+) [a-z]+$").Select(match => match.Groups[1].Value).Except(given));
        Assert.All(
            HookCall.Deployed.Keys.Append("UPLOADER_PRINCIPAL_ID").Append("UPLOAD_QUEUE").Where(name => name != "AZURE_SUBSCRIPTION_ID"),
            name => Assert.Contains($"output {name} ", outputs, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Last_error_of_an_app_that_never_answers_is_printed_with_what_to_run()
    {
        using var az = new FakeAzureCli("printf 'ERROR: try %s\\nmore of it\\n' \"$calls\" >&2; exit 1");

        var (code, _, errors) = await HookCall.AfterDeploymentAsync(az);

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

        var (code, output, errors) = await HookCall.AfterDeploymentAsync(az);

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

        var (code, output, _) = await HookCall.AfterDeploymentAsync(az, ("UPLOADER_PRINCIPAL_ID", "me"));

        Assert.Equal(0, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.DoesNotContain(unexpected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variable_that_azd_has_not_set_yet_is_named()
    {
        using var az = new FakeAzureCli("exit 0");

        var (code, _, errors) = await HookCall.RunAsync(az.Cli, "postdeploy", ("AZURE_SUBSCRIPTION_ID", "sub"));

        Assert.Equal(1, code);
        Assert.Empty(az.Calls);
        Assert.StartsWith("AZURE_RESOURCE_GROUP is not set.", errors, StringComparison.Ordinal);
    }
}
