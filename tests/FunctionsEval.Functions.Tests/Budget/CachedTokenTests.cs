using FunctionsEval.Core.Costs;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Evaluation;
using FunctionsEval.Functions.Tests.ModelClients;

namespace FunctionsEval.Functions.Tests.Budget;

/// <summary>Prompt tokens that an endpoint took from its cache: read, logged, summed and paid at their own price.</summary>
public sealed class CachedTokenTests
{
    [Theory]
    [InlineData(""","prompt_tokens_details":{"cached_tokens":8,"audio_tokens":0}""", 8)]
    // DeepSeek.
    [InlineData(""","prompt_cache_hit_tokens":5,"prompt_cache_miss_tokens":7""", 5)]
    // More than there are, none, and what is no number.
    [InlineData(""","prompt_tokens_details":{"cached_tokens":4000}""", 12)]
    [InlineData(""","prompt_tokens_details":{"cached_tokens":0}""", 0)]
    [InlineData(""","prompt_tokens_details":{"cached_tokens":-3}""", 0)]
    [InlineData(""","prompt_tokens_details":null""", 0)]
    [InlineData("", 0)]
    public async Task Cached_tokens_of_chat_completions_are_read(string details, int cached)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, Body("billing", 12, details)));

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal((12, cached), (completion.InputTokens, completion.CachedInputTokens));
    }

    [Fact]
    public void Cached_tokens_cost_their_price_and_that_of_others_where_they_have_none()
    {
        Assert.Equal((4 * 10m + 8 * 1m + 2 * 100m) / 1_000_000m, new TokenPrices(10, 100) { CachedInput = 1 }.CostOf(12, 2, 8));
        Assert.Equal((12 * 10m + 2 * 100m) / 1_000_000m, new TokenPrices(10, 100).CostOf(12, 2, 8));
    }

    [Fact]
    public async Task Cached_tokens_are_logged_summed_and_priced()
    {
        await using var harness = await ShardHarness.StartAsync(
            3,
            ("Models:0:InputPricePerMillionTokens", "1000000"),
            ("Models:0:CachedInputPricePerMillionTokens", "250000"),
            ("Models:0:OutputPricePerMillionTokens", "500000")
        );
        harness.Answer = (_, context) => Replies.Json(200, Body("a", 10, ""","prompt_tokens_details":{"cached_tokens":8}"""))(context);
        await harness.PlanAsync(
            string.Concat(Enumerable.Range(1, 3).Select(ShardHarness.Row)),
            """{ "task": "generation", "model": "m", "metrics": ["cost"] }"""
        );

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);
        // Two tokens at 1, eight at a quarter, and two of the answer at a half.
        Assert.All(await harness.RowsAsync(), row => Assert.Equal((8, 5m), (row.CachedInputTokens, row.Response!.Cost)));
        await harness
            .Get<WriteSamples>()
            .RunAsync(new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true), TestContext.Current.CancellationToken);
        var samples = harness.Storage.TextOf($"runs/{StorageNames.Samples(ShardHarness.RunId)}");
        Assert.Equal(3, samples.Split("\"cachedInputTokens\":8").Length - 1);
    }

    private static string Body(string text, int input, string details) =>
        $$$"""{"choices":[{"message":{"content":"{{{text}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":{{{input}}},"completion_tokens":2{{{details}}}}}""";
}
