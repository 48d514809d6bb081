using System.Text.Json.Nodes;
using FunctionsEval.Tests.Channels;

namespace FunctionsEval.Functions.Tests.Channels;

/// <summary>The script of the pipeline template, with an app and an Azure DevOps that answer as documented.</summary>
public sealed class AzureDevOpsTemplateTests : IAsyncLifetime
{
    private readonly FakeApp _app = new();
    private readonly FakeAzureDevOps _devOps = new();
    private readonly ActionScript _script = new();

    [Fact]
    public async Task Verdict_is_a_status_a_thread_and_an_artifact()
    {
        var (exitCode, log) = await _script.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Equal(["pending", "succeeded"], _devOps.Statuses.Select(status => (string?)status["state"]));
        Assert.All(
            _devOps.Statuses,
            status =>
                Assert.Equal(
                    ("functionseval", "FunctionsEval: tickets/test.jsonl", $"{_app.Address}/#/runs/{FakeApp.RunId}"),
                    ((string?)status["context"]!["genre"], (string?)status["context"]!["name"], (string?)status["targetUrl"])
                )
        );
        var thread = Assert.Single(_devOps.Threads);
        Assert.Equal("closed", (string?)thread["status"]);
        Assert.Contains("4 of 4 rules hold", (string?)thread["comments"]![0]!["content"], StringComparison.Ordinal);
        Assert.Contains("##vso[task.setvariable variable=verdict;isOutput=true]pass", log, StringComparison.Ordinal);
        Assert.Contains("##vso[task.uploadsummary]", log, StringComparison.Ordinal);
        Assert.Contains("##vso[artifact.upload containerfolder=functionseval;artifactname=functionseval]", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thread_is_opened_again_by_a_verdict_that_fails_and_never_doubled()
    {
        await _script.RunAsync();
        _app.Run["verdict"] = "fail";

        Assert.Equal(1, (await _script.RunAsync()).ExitCode);

        Assert.Equal("active", (string?)Assert.Single(_devOps.Threads)["status"]);
        Assert.Equal("failed", (string?)_devOps.Statuses[^1]["state"]);
    }

    [Fact]
    public async Task Threads_of_others_stay_as_they_are()
    {
        await _script.RunAsync();
        var content = (string)_devOps.Threads[0]["comments"]![0]!["content"]!;
        _devOps.Threads.Clear();
        _devOps.Thread(content, "somebody");

        Assert.Equal(0, (await _script.RunAsync()).ExitCode);

        Assert.Equal(2, _devOps.Threads.Count);
        Assert.Equal(content, (string?)_devOps.Threads[0]["comments"]![0]!["content"]);
    }

    [Fact]
    public async Task Pipeline_that_does_not_wait_is_finished_by_the_notification()
    {
        _app.RunningFor = 1;
        _script["wait-minutes"] = "0";
        Assert.Equal(0, (await _script.RunAsync()).ExitCode);
        Assert.Equal("pending", (string?)Assert.Single(_devOps.Statuses)["state"]);
        _app.Run["contexts"] = new JsonArray(Assert.Single(_app.Contexts));

        using var report = new ActionScript();
        Prepare(report);
        report["mode"] = "report";
        report["run-id"] = FakeApp.RunId;
        var (exitCode, log) = await report.RunAsync();

        Assert.True(exitCode == 0, log);
        Assert.Equal(["pending", "succeeded"], _devOps.Statuses.Select(status => (string?)status["state"]));
        Assert.Contains("4 of 4 rules hold", (string?)Assert.Single(_devOps.Threads)["comments"]![0]!["content"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notification_sets_no_status_of_another_run()
    {
        _app.RunningFor = 1;
        _script["wait-minutes"] = "0";
        await _script.RunAsync();
        _devOps.Statuses[0]["targetUrl"] = "https://app.example.com/#/runs/ev-another";
        _app.Run["contexts"] = new JsonArray(_app.Contexts[0]);

        using var report = new ActionScript();
        Prepare(report);
        report["mode"] = "report";
        report["run-id"] = FakeApp.RunId;
        await report.RunAsync();

        Assert.Single(_devOps.Statuses);
    }

    [Fact]
    public async Task Run_of_an_earlier_push_that_ends_later_sets_no_status()
    {
        _app.RunningFor = 1;
        _script["wait-minutes"] = "0";
        await _script.RunAsync();
        var later = _devOps.Statuses[0].DeepClone().AsObject();
        (later["id"], later["state"], later["targetUrl"]) = (1000, "failed", "https://app.example.com/#/runs/ev-later");
        _devOps.Statuses.Insert(0, later);
        _app.Run["contexts"] = new JsonArray(_app.Contexts[0]);

        using var report = new ActionScript();
        Prepare(report);
        report["mode"] = "report";
        report["run-id"] = FakeApp.RunId;
        var (exitCode, log) = await report.RunAsync();

        Assert.Equal(0, exitCode);
        Assert.Equal(2, _devOps.Statuses.Count);
        Assert.Contains("is there to complete", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_that_fail_on_lets_pass_succeeds_with_issues()
    {
        _app.Run["verdict"] = "inconclusive";
        _script["fail-on"] = "fail";

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(0, exitCode);
        Assert.Contains("##vso[task.complete result=SucceededWithIssues;]", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_without_a_pull_request_has_a_status_of_its_commit()
    {
        _script.Variables.Remove("SYSTEM_PULLREQUEST_PULLREQUESTID");

        Assert.Equal(0, (await _script.RunAsync()).ExitCode);

        Assert.Empty(_devOps.Threads);
        Assert.All(
            _devOps.Requests.Where(request => request.Method == "POST"),
            request => Assert.EndsWith($"/commits/{FakeGitHub.Sha}/statuses", request.Path, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Texts_of_the_app_are_no_commands_of_the_agent()
    {
        _app.Fault = request =>
            request.Method == "POST"
                ? new Answered(
                    400,
                    """{"detail":"suite 'x ##vso[task.setvariable variable=verdict]pass' ###vso[task.complete] 100 %\r\n##vso[task.complete result=Succeeded]'"}"""
                )
                : null;

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        var commands = log.Split('\n').Where(line => line.Contains("##", StringComparison.Ordinal)).ToList();
        Assert.All(commands, line => Assert.Equal(1, line.Split("##").Length - 1));
        Assert.Contains(commands, line => line.StartsWith("##vso[task.logissue type=error]The app answered 400", StringComparison.Ordinal));
        Assert.DoesNotContain(
            commands,
            line => line.Contains("]pass", StringComparison.Ordinal) && line.StartsWith("##vso[task.setvariable", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Token_that_is_refused_is_told_of_without_ending_the_evaluation()
    {
        _script["github-token"] = "expired";

        var (exitCode, log) = await _script.RunAsync();

        Assert.Equal(3, exitCode);
        Assert.Contains("Azure DevOps answered with a redirect (302), perhaps to a sign-in page.", log, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        await _devOps.StartAsync();
        Prepare(_script);
        _script["dataset"] = "tickets/test.jsonl";
        _script.Variables["SYSTEM_PULLREQUEST_PULLREQUESTID"] = "7";
        _script.Variables["SYSTEM_PULLREQUEST_SOURCECOMMITID"] = FakeGitHub.Sha;
    }

    public async ValueTask DisposeAsync()
    {
        _script.Dispose();
        await _app.DisposeAsync();
        await _devOps.DisposeAsync();
    }

    private void Prepare(ActionScript script)
    {
        script["app"] = _app.Address;
        script["key"] = FakeApp.Key;
        script["github-token"] = FakeAzureDevOps.Token;
        script.Variables["TF_BUILD"] = "True";
        script.Variables["SYSTEM_COLLECTIONURI"] = _devOps.Address + "/";
        script.Variables["SYSTEM_TEAMPROJECT"] = FakeAzureDevOps.Project;
        script.Variables["BUILD_REPOSITORY_ID"] = FakeAzureDevOps.RepositoryId;
        script.Variables["BUILD_SOURCEVERSION"] = FakeGitHub.Sha;
    }
}
