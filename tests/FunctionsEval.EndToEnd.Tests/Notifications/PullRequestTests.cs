using System.Text.Json;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.Tests.Channels;

namespace FunctionsEval.EndToEnd.Tests.Notifications;

/// <summary>
/// The whole chain of a pull request: the action's script uploads to the app and returns, the app tells a GitHub of the end, and the script
/// in the workflow that this starts completes the check and writes the comment.
/// </summary>
public sealed class PullRequestTests
{
    private const string Spec = """
        { "name": "parity", "task": "classification", "model": "recorded", "baseline": "recorded-base", "labels": ["even", "odd"],
          "metrics": ["accuracy"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] }, "notify": { "webhook": "github" } }
        """;

    [Fact]
    public async Task Notification_of_the_app_completes_the_check_of_a_job_that_has_ended()
    {
        await using var github = new FakeGitHub();
        await github.StartAsync();
        await using var app = await EvaluationApp.StartAsync([
            .. EvaluationApp.WithoutTimers,
            ("Notifications__Webhooks__github__Format", "GitHub"),
            ("Notifications__Webhooks__github__Url", $"{github.Address}/repos/{FakeGitHub.Repository}/dispatches"),
            ("Notifications__Webhooks__github__Token", FakeGitHub.Token),
        ]);
        app.Endpoint.Answer = Parity.Answer;
        await app
            .Blobs.GetBlobContainerClient("datasets")
            .GetBlobClient("pull/evaluation.json")
            .UploadAsync(BinaryData.FromString(Spec), TestContext.Current.CancellationToken);
        using var gate = app.Endpoint.HoldAfter(0);

        using var evaluate = Script(app, github, new { pull_request = new { number = 7, head = new { sha = FakeGitHub.Sha } } });
        evaluate["dataset"] = "pull/test.jsonl";
        evaluate["file"] = evaluate.Write("test.jsonl", string.Join('\n', Parity.Rows("pull", 20)));
        evaluate["wait-minutes"] = "0";
        var (exitCode, log) = await evaluate.RunAsync();
        Assert.True(exitCode == 0, log);
        var runId = evaluate.Outputs()["run-id"];
        Assert.Equal(("in_progress", runId), ((string?)Assert.Single(github.Checks)["status"], (string?)github.Checks[0]["external_id"]));

        gate.Open();
        Assert.Equal("Completed", (await app.EndedAsync("pull/test.jsonl", _ => true)).GetString("Status"));
        await Eventually.TrueAsync(() => !github.Dispatched.IsEmpty, "the app told of the end");
        var dispatched = Assert.Single(github.Dispatched);
        Assert.Equal(("functionseval-ended", runId), ((string?)dispatched["event_type"], (string?)dispatched["client_payload"]!["runId"]));
        Assert.Single(dispatched["client_payload"]!["contexts"]!.AsArray());

        using var report = Script(app, github, new { client_payload = dispatched["client_payload"] });
        report["mode"] = "report";
        (exitCode, log) = await report.RunAsync();
        Assert.True(exitCode == 0, log);
        Assert.Equal(("completed", "success"), ((string?)github.Checks[0]["status"], (string?)github.Checks[0]["conclusion"]));
        var comment = (string)Assert.Single(github.Comments)["body"]!;
        Assert.Contains("ass: parity", comment, StringComparison.Ordinal);
        Assert.Contains($"/#/runs/{runId}", comment, StringComparison.Ordinal);

        // A second pull request with the same bytes asks for the same run, which has ended: it is answered at once.
        using var second = Script(app, github, new { pull_request = new { number = 7, head = new { sha = FakeGitHub.Sha } } });
        second["dataset"] = "pull/test.jsonl";
        second["name"] = "another pull request";
        second["wait-minutes"] = "0";
        (exitCode, log) = await second.RunAsync();
        Assert.True(exitCode == 0, log);
        Assert.Equal(runId, second.Outputs()["run-id"]);
        Assert.Equal("success", (string?)github.Checks[1]["conclusion"]);
        Assert.Equal(2, github.Comments.Count);
    }

    private static ActionScript Script(EvaluationApp app, FakeGitHub github, object happened)
    {
        var script = new ActionScript
        {
            ["app"] = app.Host.AppUrl.ToString(),
            ["key"] = "any",
            ["github-token"] = FakeGitHub.Token,
        };
        script.Variables["GITHUB_REPOSITORY"] = FakeGitHub.Repository;
        script.Variables["GITHUB_API_URL"] = github.Address;
        script.Variables["GITHUB_OUTPUT"] = script.OutputPath;
        script.Variables["GITHUB_STEP_SUMMARY"] = script.SummaryPath;
        script.Variables["GITHUB_EVENT_PATH"] = script.Write("event.json", JsonSerializer.Serialize(happened));
        return script;
    }
}
