using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Exports;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>Runs in an MLflow server that is as strict as its published API.</summary>
public sealed class MlflowExportTests
{
    private static readonly MetricValue Recall = new()
    {
        Role = Roles.Candidate,
        Name = "recall[card/arrival, ünïcode 🦦]",
        Slice = MetricReport.AllSamples,
        Value = 0.25,
        Lower = 0.1,
        Upper = 0.5,
        Samples = 3,
        HigherIsBetter = true,
        Signature = "s",
    };

    [Fact]
    public async Task Run_arrives_with_parameters_numbers_tags_and_summary()
    {
        await using var server = await MlflowServer.StartAsync();

        var printed = await SendAsync(server, SourceOf(ExportedRuns.Run, [Recall]));

        var run = Assert.Single(server.Runs);
        Assert.Equal(("FINISHED", "team/mail", "ev-1"), (run.Status, run.Name, run.Tags["functionseval.run_id"]));
        Assert.Equal("pass", run.Tags["functionseval.verdict"]);
        Assert.Equal(("tuned", "classification"), (run.Params["model"], run.Params["spec.task"]));
        Assert.Contains(("recall.card_arrival_ ünïcode _", 0.25), run.Metrics.Select(metric => (metric.Key, metric.Value)));
        Assert.Contains(("recall.card_arrival_ ünïcode _.lower", 0.1), run.Metrics.Select(metric => (metric.Key, metric.Value)));
        Assert.Equal("mail", Assert.Single(server.Experiments).Key);
        Assert.Contains("ev-1", Assert.Single(server.Artifacts, file => file.Key == "1/run1/artifacts/summary.json").Value);
        Assert.Contains("/#/experiments/1/runs/run1", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_that_is_exported_again_is_the_same_run_with_the_same_numbers()
    {
        await using var server = await MlflowServer.StartAsync();
        await SendAsync(server, SourceOf(ExportedRuns.Run, [Recall]));
        var before = server.Runs[0].Metrics.Count;

        var printed = await SendAsync(server, SourceOf(ExportedRuns.Run, [Recall]));

        Assert.StartsWith("Updated", printed, StringComparison.Ordinal);
        Assert.Equal(before, Assert.Single(server.Runs).Metrics.Count);
    }

    [Fact]
    public async Task Thousands_of_numbers_and_a_long_spec_keep_to_the_bounds_of_a_request()
    {
        await using var server = await MlflowServer.StartAsync();
        var numbers = Enumerable.Range(0, 3_001).Select(index => Recall with { Name = $"recall[{new string('x', 300)}{index}]" }).ToList();
        var spec = new Dictionary<string, object>
        {
            ["task"] = "classification",
            ["labels"] = Enumerable.Range(0, 5_000).Select(index => $"label {index}").ToArray(),
            ["prompt"] = Enumerable.Range(0, 150).ToDictionary(index => $"part{index}", _ => new string('p', 9_000)),
        };

        await SendAsync(server, SourceOf(ExportedRuns.Run, numbers, spec));

        var run = Assert.Single(server.Runs);
        Assert.Equal(3 * 3_001, run.Metrics.Count);
        Assert.True(run.Params.Count > 150);
    }

    [Theory]
    [InlineData(RunStatus.Failed, "FAILED")]
    [InlineData(RunStatus.Partial, "FAILED")]
    [InlineData(RunStatus.Cancelled, "KILLED")]
    public async Task Run_that_did_not_complete_says_so(RunStatus status, string expected)
    {
        await using var server = await MlflowServer.StartAsync();

        await SendAsync(
            server,
            new ExportSource(ExportedRuns.Run with { Status = status, ErrorCode = "x", ErrorMessage = "why" }, null)
            {
                Server = server.Address,
            }
        );

        var run = Assert.Single(server.Runs);
        Assert.Equal((expected, "x: why"), (run.Status, run.Tags["functionseval.error"]));
        Assert.Empty(server.Artifacts);
    }

    [Fact]
    public async Task Artifacts_that_the_server_does_not_take_are_told()
    {
        await using var server = await MlflowServer.StartAsync(artifactRoot: "s3://bucket/");

        Assert.Contains("summary.json was not stored", await SendAsync(server, SourceOf(ExportedRuns.Run, [Recall])));
    }

    [Fact]
    public async Task Server_that_asks_for_a_token_is_told_of_with_the_variables()
    {
        await using var server = await MlflowServer.StartAsync(authorization: "Bearer secret");

        var refused = await Assert.ThrowsAsync<LocalHostException>(() => SendAsync(server, SourceOf(ExportedRuns.Run, [Recall])));

        Assert.Contains("MLFLOW_TRACKING_TOKEN", refused.Message, StringComparison.Ordinal);
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer t0ken", "MLFLOW_TRACKING_TOKEN", "t0ken")]
    [InlineData("Basic dXNlcjpwdw==", "MLFLOW_TRACKING_USERNAME", "user")]
    public async Task Token_and_password_come_from_the_environment(string expected, string variable, string value)
    {
        await using var server = await MlflowServer.StartAsync(expected);
        var variables = new Dictionary<string, string> { [variable] = value, ["MLFLOW_TRACKING_PASSWORD"] = "pw" };
        using var client = new MlflowClient(server.Address, variables.GetValueOrDefault);

        Assert.Equal("1", await client.EnsureExperimentAsync("e", TestContext.Current.CancellationToken));
        Assert.Throws<LocalHostException>(() => new MlflowClient(new Uri("http://mlflow.example"), variables.GetValueOrDefault));
    }

    [Fact]
    public async Task Deleted_experiment_and_a_run_under_way_are_refused_with_the_fix()
    {
        await using var server = await MlflowServer.StartAsync();
        server.Experiments["mail"] = ("7", "deleted");

        var deleted = await Assert.ThrowsAsync<LocalHostException>(() => SendAsync(server, SourceOf(ExportedRuns.Run, [Recall])));
        Assert.Contains("--experiment", deleted.Message, StringComparison.Ordinal);

        var running = SourceOf(ExportedRuns.Run with { Status = RunStatus.Running }, [Recall]);
        Assert.Contains("has not ended", (await Assert.ThrowsAsync<LocalHostException>(() => SendAsync(server, running))).Message);
        Assert.Empty(server.Runs);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("/x")]
    [InlineData("recall[😀]")]
    [InlineData(" f1 ")]
    public void Name_of_any_text_is_one_that_the_api_takes(string name)
    {
        var clean = MlflowNames.Clean(name);

        Assert.Matches(@"^[\w.\- ]+\z", clean);
        Assert.False(clean is "." or ".." || clean.StartsWith('.'), clean);
    }

    private static Task<string> SendAsync(MlflowServer server, ExportSource source) =>
        MlflowExport.SendAsync(
            new ExportSource(source.Run, source.Summary) { Server = server.Address },
            TestContext.Current.CancellationToken
        );

    private static ExportSource SourceOf(Run run, IReadOnlyList<MetricValue> metrics, object? spec = null) =>
        new(
            run with
            {
                Verdict = run.Status == RunStatus.Completed ? VerdictResult.Pass : null,
            },
            ExportedRuns.Summary with
            {
                Metrics = metrics,
                Spec = JsonSerializer.SerializeToElement(spec ?? new { task = "classification", name = "mail" }),
            }
        );
}
