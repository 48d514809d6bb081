using System.Text.Json;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Who answered, how fast, and why an answer was cut: from the server's answers to the run's row and summary.</summary>
public sealed class AnswerSourceTests
{
    private const string Spec = """
        { "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy"], "sampling": { "stream": true, "maxOutputTokens": 8 } }
        """;

    [Fact]
    public async Task Summary_and_row_of_a_run_tell_who_answered_and_warn_of_a_change()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Answer = (row, context) =>
            Replies.Events(
                $$$"""{"model":"{{{(row is "0" or "1" ? "process-0" : "base")}}}","system_fingerprint":"fp_{{{int.Parse(row) % 2}}}","choices":[{"delta":{"content":"{{{(int.Parse(row) % 2 == 0 ? "even" : "odd")}}}"},"finish_reason":"stop"}]}""",
                "[DONE]"
            )(context);

        var (row, summary) = await RunAsync(harness, rows: 6);

        Assert.Equal(
            ("base, process-0", "fp_0, fp_1"),
            (row.GetString("CandidateAnsweredBy"), row.GetString("CandidateSystemFingerprints"))
        );
        Assert.NotNull(row.GetDouble("CandidateTimeToFirstTokenMsP50"));
        var warnings = RunWarnings.Read(row);
        Assert.Equal(3, warnings.Count);
        Assert.StartsWith(
            "candidate: model 'process-0' was asked, but 4 of 6 answers name 'base' (4). ",
            warnings[0],
            StringComparison.Ordinal
        );
        Assert.Equal(warnings, summary.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!));
        Assert.Equal(
            2,
            summary.GetProperty("answeredBy").GetProperty("candidate").GetProperty("models").GetProperty("process-0").GetInt64()
        );
        Assert.Equal(6, summary.GetProperty("streams").GetProperty("candidate").GetProperty("answers").GetInt64());
    }

    [Fact]
    public async Task Route_and_spillover_of_a_run_are_told_in_row_and_summary_and_spillover_is_a_warning()
    {
        await using var harness = await ShardHarness.StartAsync(1, ("Models:0:Provider", "AzureOpenAI"), ("Models:0:ApiKey", "k"));
        harness.Answer = (row, context) =>
        {
            var spilled = int.Parse(row) % 3 == 0;
            (string, string)[] headers = spilled
                ? [("x-ms-spillover-from-deployment", "process-0"), ("x-ms-deployment-name", "standard")]
                : [("x-ms-deployment-name", "process-0")];
            return Replies.Json(200, """{"choices":[{"message":{"content":"even"},"finish_reason":"stop"}]}""", headers)(context);
        };

        var (row, summary) = await RunAsync(harness, rows: 6, Spec.Replace("\"stream\": true, ", "", StringComparison.Ordinal));

        const string Route = "deployments (api-version 2024-10-21)";
        Assert.Equal((Route, "standard"), (row.GetString("CandidateRoutes"), row.GetString("CandidateOtherDeployments")));
        var candidate = summary.GetProperty("answeredBy").GetProperty("candidate");
        Assert.Equal(6, candidate.GetProperty("routes").GetProperty(Route).GetInt64());
        Assert.Equal(2, candidate.GetProperty("otherDeployments").GetProperty("standard").GetInt64());
        Assert.StartsWith(
            "candidate: deployment 'process-0' was asked, but answers came from another, 'standard' (2) (spillover). ",
            Assert.Single(RunWarnings.Read(row)),
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await harness.RowsAsync()).Count(sample => sample.OtherDeployment == "standard"));
    }

    [Fact]
    public async Task Run_of_the_model_that_was_asked_has_no_warning_and_without_streams_no_times()
    {
        await using var harness = await ShardHarness.StartAsync(1);

        var (row, summary) = await RunAsync(harness, rows: 3, Spec.Replace("\"stream\": true, ", "", StringComparison.Ordinal));

        Assert.Empty(RunWarnings.Read(row));
        Assert.Empty(summary.GetProperty("warnings").EnumerateArray());
        Assert.False(summary.TryGetProperty("streams", out _));
        Assert.False(summary.TryGetProperty("answeredBy", out _));
    }

    [Theory]
    [InlineData(3, "context_full")]
    [InlineData(8, "length")]
    public async Task Reason_of_a_cut_answer_says_what_cut_it(int written, string code)
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Answer = (_, context) =>
            Replies.Json(
                200,
                $$$"""{"choices":[{"finish_reason":"length","message":{"content":"ev"}}],"usage":{"completion_tokens":{{{written}}},"prompt_tokens":10} }"""
            )(context);

        await RunAsync(harness, rows: 2);

        Assert.All(await harness.RowsAsync(), row => Assert.Equal((Outcome.Truncated, code), (row.Outcome, row.Reason!.Split(':')[0])));
    }

    private static async Task<(Azure.Data.Tables.TableEntity Row, JsonElement Summary)> RunAsync(
        ShardHarness harness,
        int rows,
        string spec = Spec
    )
    {
        await harness.PlanAsync(string.Concat(Enumerable.Range(0, rows).Select(ShardHarness.Row)), spec);
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        var request = new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true);
        await harness.Get<WriteSamples>().RunAsync(request, TestContext.Current.CancellationToken);
        Assert.Null(await harness.Get<WriteSummary>().RunAsync(request, TestContext.Current.CancellationToken));
        using var summary = JsonDocument.Parse(harness.Storage.TextOf($"runs/{StorageNames.Summary(ShardHarness.RunId)}"));
        return (harness.Tables.Table(StorageNames.RunsTable).Find(ShardHarness.RunId, RunEntity.RowKey)!, summary.RootElement.Clone());
    }
}
