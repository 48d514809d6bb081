using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Reasoning and what an endpoint does not take: from its answers to rows, samples, summary, report and the run's row.</summary>
public sealed class AnswerPartsTests
{
    [Fact]
    public async Task Reasoning_is_logged_counted_and_shown_and_not_read()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Answer = (row, context) =>
            Replies.Json(200, Answer(row == "2" ? "<think>even, cut" : $"<think>odd? even?</think>\n{Right(row)}"))(context);

        var (row, summary, report) = await RunAsync(
            harness,
            """{ "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy", {"name": "accuracy", "parse": "lenient"}] }"""
        );

        var rows = await harness.RowsAsync();
        Assert.Equal(["even", "odd", ""], rows.OrderBy(sample => sample.Ordinal).Select(sample => sample.Text));
        Assert.Equal(["odd? even?", "odd? even?", "even, cut"], rows.OrderBy(sample => sample.Ordinal).Select(sample => sample.Reasoning));
        Assert.Equal(
            (Outcome.Unparsable, CallReasons.ReasoningOnly, null),
            rows.Where(sample => sample.Id == rows.MaxBy(last => last.Ordinal)!.Id)
                .Select(sample => (sample.Outcome, sample.Reason, sample.LenientPrediction))
                .Single()
        );
        Assert.Equal(
            (3L, 29L, 12L),
            (
                row.GetInt64("CandidateReasoningSamples"),
                row.GetInt64("CandidateReasoningCharacters"),
                row.GetInt64("CandidateReasoningTokens")
            )
        );
        Assert.Equal(3, summary.GetProperty("reasoning").GetProperty("candidate").GetProperty("samples").GetInt64());
        Assert.All(
            summary
                .GetProperty("metrics")
                .EnumerateArray()
                .Where(line => line.GetProperty("name").GetString()!.EndsWith("accuracy", StringComparison.Ordinal)),
            line => Assert.Equal(2 / 3.0, line.GetProperty("value").GetDouble(), 1e-12)
        );
        Assert.Contains("<h2>Reasoning</h2>", report, StringComparison.Ordinal);
        var samples = harness
            .Storage.TextOf($"runs/{StorageNames.Samples(ShardHarness.RunId)}")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("odd? even?", JsonSerializer.Deserialize<SampleResult>(samples[0], RunJson.Options)!.Candidate!.Reasoning);
    }

    [Fact]
    public async Task Calls_in_the_place_of_a_text_are_shown_among_the_answers_that_are_not_scored()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Answer = (row, context) =>
            Replies.Json(
                200,
                """{"choices":[{"message":{"content":null,"tool_calls":[{"id":"c","function":{"name":"look_up","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}]}"""
            )(context);

        var (_, summary, report) = await RunAsync(harness, """{ "task": "generation", "model": "m", "metrics": ["exact_match"] }""");

        Assert.Equal("""look_up({"a":1})""", summary.GetProperty("examples").GetProperty("candidate")[0].GetProperty("text").GetString());
        Assert.Contains("look_up(", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_endpoint_does_not_take_is_in_the_rows_the_summary_the_warnings_and_the_runs_row()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Answer = (row, context) =>
            ModelServer.BodyOf(context).TryGetProperty("temperature", out _)
                ? Replies.Error(400, "unsupported_value", "temperature")(context)
                : Replies.Json(200, Answer(Right(row)))(context);

        var (row, summary, report) = await RunAsync(
            harness,
            """{ "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy"] }"""
        );

        Assert.Equal("temperature", row.GetString("CandidateLeftOut"));
        Assert.Equal(3, summary.GetProperty("leftOut").GetProperty("candidate").GetProperty("temperature").GetInt64());
        const string Warning =
            "candidate: the endpoint does not take temperature (left out: the model samples by its default; 3 of 3 answers).";
        Assert.StartsWith(Warning, Assert.Single(RunWarnings.Read(row)), StringComparison.Ordinal);
        Assert.Contains(Warning, report, StringComparison.Ordinal);
        Assert.All(await harness.RowsAsync(), sample => Assert.Equal(["temperature"], sample.LeftOut!));
    }

    private static string Right(string row) => int.Parse(row, System.Globalization.CultureInfo.InvariantCulture) % 2 == 0 ? "even" : "odd";

    private static string Answer(string content) =>
        JsonSerializer.Serialize(
            new
            {
                choices = new[] { new { message = new { content }, finish_reason = "stop" } },
                usage = new
                {
                    prompt_tokens = 3,
                    completion_tokens = 9,
                    completion_tokens_details = new { reasoning_tokens = content.Contains('<', StringComparison.Ordinal) ? 4 : 0 },
                },
            }
        );

    private static async Task<(Azure.Data.Tables.TableEntity Row, JsonElement Summary, string Report)> RunAsync(
        ShardHarness harness,
        string spec
    )
    {
        await harness.PlanAsync(string.Concat(Enumerable.Range(0, 3).Select(ShardHarness.Row)), spec);
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        var request = new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true);
        await harness.Get<WriteSamples>().RunAsync(request, TestContext.Current.CancellationToken);
        Assert.Null(await harness.Get<WriteSummary>().RunAsync(request, TestContext.Current.CancellationToken));
        using var summary = JsonDocument.Parse(harness.Storage.TextOf($"runs/{StorageNames.Summary(ShardHarness.RunId)}"));
        return (
            harness.Tables.Table(StorageNames.RunsTable).Find(ShardHarness.RunId, RunEntity.RowKey)!,
            summary.RootElement.Clone(),
            harness.Storage.TextOf($"runs/{StorageNames.Report(ShardHarness.RunId)}")
        );
    }
}
