using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>What answers took: logged, measured, and the same in a score of the run's samples.</summary>
public sealed class ResponseFigureTests
{
    private const string Spec = """
        { "task": "generation", "model": "m", "metrics": ["answer_length", "reasoning_tokens", "latency", "cost"] }
        """;

    private static readonly (string, string)[] Prices =
    [
        ("Models:0:InputPricePerMillionTokens", "0.15"),
        ("Models:0:OutputPricePerMillionTokens", "0.60"),
    ];

    [Fact]
    public async Task Score_of_a_runs_samples_has_the_runs_numbers()
    {
        await using var harness = await ShardHarness.StartAsync(1, Prices);
        harness.Answer = (row, context) =>
            Replies.Json(
                200,
                $$$"""{"choices":[{"finish_reason":"stop","message":{"content":"{{{string.Concat(Enumerable.Repeat("ab c ", int.Parse(row)))}}}"}}],"usage":{"prompt_tokens":1{{{row}}},"completion_tokens":20,"completion_tokens_details":{"reasoning_tokens":{{{row}}} } } }"""
            )(context);
        await harness.PlanAsync(string.Concat(Enumerable.Range(1, 4).Select(ShardHarness.Row)), Spec);
        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        var request = new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true);
        await harness.Get<WriteSamples>().RunAsync(request, TestContext.Current.CancellationToken);

        var spec = SpecReader.Read(Spec, "evaluation.json");
        var measurer = new RowMeasurer(spec);
        var rows = await harness.RowsAsync();
        var reader = new PredictionReader(spec);
        var lines = harness
            .Storage.TextOf($"runs/{StorageNames.Samples(ShardHarness.RunId)}")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(rows, row => Assert.Equal(Outcome.Scored, row.Outcome));
        // Prompt tokens of 11 to 14 and 20 of answer, at 0.15 and 0.60 a million.
        Assert.Equal(
            [0.00001365m, 0.0000138m, 0.00001395m, 0.0000141m],
            rows.OrderBy(row => row.Line).Select(row => row.Response!.Cost!.Value)
        );
        Assert.All(rows, row => Assert.Equal(row.LatencyMs, row.Response!.LatencyMs));
        Assert.Equal(
            rows.OrderBy(row => row.Line).Select(measurer.Measure),
            lines.Select((line, index) => measurer.Measure(reader.Read(line, index + 1)!.Candidate))
        );
    }

    [Fact]
    public async Task Figures_are_not_logged_where_no_metric_asks_for_them()
    {
        await using var harness = await ShardHarness.StartAsync(2, Prices);

        await harness.EvaluateAsync();

        Assert.All(await harness.RowsAsync(), row => Assert.Null(row.Response));
    }

    [Theory]
    // The answer's field is empty and the endpoint counts hidden reasoning (OpenAI); reasoning in a field (DeepSeek), in the text (Qwen).
    [InlineData("""{"content":""}""", ""","completion_tokens_details":{"reasoning_tokens":256}""")]
    [InlineData("""{"content":null,"reasoning_content":"Let me see"}""", "")]
    [InlineData("""{"content":"<think>Let me see"}""", "")]
    public async Task Answer_whose_tokens_all_went_into_reasoning_has_an_outcome_of_its_own(string message, string details)
    {
        await using var harness = await ShardHarness.StartAsync(2);
        harness.Answer = (_, context) =>
            Replies.Json(
                200,
                $$$"""{"choices":[{"finish_reason":"length","message":{{{message}}} }],"usage":{"prompt_tokens":10,"completion_tokens":256{{{details}}}}}"""
            )(context);

        await harness.EvaluateAsync();

        Assert.All(
            await harness.RowsAsync(),
            row =>
            {
                Assert.Equal((Outcome.ReasoningExhausted, "reasoning_exhausted"), (row.Outcome, row.Reason!.Split(':')[0]));
                Assert.False(row.IsMeasured);
                Assert.Equal(256, row.OutputTokens);
            }
        );
    }

    [Fact]
    public async Task Answer_that_was_cut_after_its_reasoning_is_truncated()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        harness.Answer = (_, context) =>
            Replies.Json(
                200,
                """{"choices":[{"finish_reason":"length","message":{"content":"ev","reasoning_content":"Let me see"}}],"usage":{"completion_tokens":256}}"""
            )(context);

        await harness.EvaluateAsync();

        Assert.All(await harness.RowsAsync(), row => Assert.Equal(Outcome.Truncated, row.Outcome));
    }
}
