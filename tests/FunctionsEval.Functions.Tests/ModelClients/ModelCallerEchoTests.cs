using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Scoring a given text: the completions API with echo, and what is left of it with a chat model.</summary>
public sealed class ModelCallerEchoTests
{
    private static readonly (string, string)[] Completions = [("Models:0:Api", "Completions")];

    [Fact]
    public async Task Echo_sums_all_tokens_but_the_first()
    {
        await using var harness = await CallHarness.StartAsync(
            Completions,
            Replies.Json(
                200,
                """
                {"choices":[{"text":"the cat sat","finish_reason":"length","logprobs":{"tokens":["the"," cat"," sat"],"token_logprobs":[null,-1.5,-2.25],"text_offset":[0,3,7]}}],"usage":{"prompt_tokens":3,"completion_tokens":0}}
                """
            )
        );

        var completion = CallResults.Answered(await harness.ScoreAsync("the cat sat"));

        Assert.Equal(
            (-3.75, 2, true, "the cat sat"),
            (completion.LogProbability, completion.LogProbabilityTokens, completion.IsEcho, completion.Text)
        );
        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("/v1/completions", seen.PathAndQuery);
        Assert.Equal($"Bearer {CallHarness.Key}", seen.Headers["Authorization"]);
        Assert.Equal("""{"model":"tuned-1","prompt":"the cat sat","max_tokens":0,"echo":true,"logprobs":1}""", seen.Body.GetRawText());
    }

    [Fact]
    public async Task Echo_on_azure_goes_to_the_deployment_with_the_key()
    {
        await using var harness = await CallHarness.StartAzureAsync(
            null,
            Completions,
            Replies.Json(
                200,
                """
                {"choices":[{"text":"a b","logprobs":{"token_logprobs":[null,-1]}}]}
                """
            )
        );

        var completion = CallResults.Answered(await harness.ScoreAsync("a b"));

        Assert.Equal((-1.0, 1), (completion.LogProbability, completion.LogProbabilityTokens));
        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("/openai/deployments/tuned-1/completions?api-version=2024-10-21", seen.PathAndQuery);
        Assert.Equal(CallHarness.Key, seen.Headers["api-key"]);
    }

    [Theory]
    // By the token counts, whatever the offsets (those of split characters are wrong); by the offsets, which count code points; by the
    // count of written tokens alone.
    [InlineData(
        """{"choices":[{"text":"😀 cat!","logprobs":{"token_logprobs":[null,-1.5,-9],"text_offset":[0,0,0]}}],"usage":{"prompt_tokens":2,"completion_tokens":1}}"""
    )]
    [InlineData("""{"choices":[{"text":"😀 cat!","logprobs":{"token_logprobs":[null,-1.5,-9],"text_offset":[0,1,5]}}]}""")]
    [InlineData("""{"choices":[{"text":"😀 cat!","logprobs":{"token_logprobs":[null,-1.5,-9]}}],"usage":{"completion_tokens":1}}""")]
    public async Task Server_that_writes_a_token_more_has_it_cut_off(string body)
    {
        await using var harness = await CallHarness.StartAsync(
            Completions,
            Replies.Error(400, "BadRequestError", "max_tokens"),
            Replies.Json(200, body)
        );

        var first = CallResults.Answered(await harness.ScoreAsync("😀 cat"));
        var second = CallResults.Answered(await harness.ScoreAsync("😀 cat"));

        Assert.Equal((-1.5, 1, 2), (first.LogProbability, first.LogProbabilityTokens, first.Attempts));
        Assert.Equal((-1.5, 1, 1), (second.LogProbability, second.LogProbabilityTokens, second.Attempts));
        Assert.Equal([0, 1, 1], harness.Server.Ledger.Select(seen => seen.Body.GetProperty("max_tokens").GetInt32()));
    }

    [Fact]
    public async Task Refusal_after_an_accepted_text_is_about_that_text()
    {
        await using var harness = await CallHarness.StartAsync(
            Completions,
            Replies.Json(200, """{"choices":[{"text":"a","logprobs":{"token_logprobs":[null]}}]}"""),
            Replies.Error(400, "invalid_value")
        );

        var single = CallResults.Answered(await harness.ScoreAsync("a"));
        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.ScoreAsync("b"));

        Assert.Equal((0.0, 0), (single.LogProbability, single.LogProbabilityTokens));
        Assert.Equal((Outcome.Rejected, 1), (failed.Outcome, failed.Attempts));
    }

    [Theory]
    [InlineData("""{"choices":[{"text":"the cat","logprobs":null}]}""")]
    [InlineData("""{"choices":[{"text":" and so on","logprobs":{"token_logprobs":[-1,-2,-3]}}]}""")]
    public async Task Server_that_does_not_echo_is_misconfigured_rather_than_wrongly_scored(string body)
    {
        await using var harness = await CallHarness.StartAsync(Completions, Replies.Json(200, body));

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.ScoreAsync("the cat")).Message;
        Assert.StartsWith("Models__0__Api: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("cat", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_model_gives_the_probability_of_its_own_words()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(
                200,
                """
                {"choices":[{"message":{"content":"down"},"finish_reason":"stop","logprobs":{"content":[{"token":"down","logprob":-0.125}]}}]}
                """
            )
        );

        var completion = CallResults.Answered(await harness.ScoreAsync("the cat sat"));

        Assert.Equal(
            ("down", -0.125, 1, false),
            (completion.Text, completion.LogProbability, completion.LogProbabilityTokens, completion.IsEcho)
        );
        Assert.True(Assert.Single(harness.Server.Ledger).Body.GetProperty("logprobs").GetBoolean());
    }

    [Fact]
    public async Task Chat_model_without_log_probabilities_cannot_do_language_modelling()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, "unsupported_parameter", "logprobs"));

        Assert.StartsWith(
            "Models__0__Deployment: ",
            Assert.IsType<ModelCallResult.Misconfigured>(await harness.ScoreAsync("text")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Completions_model_writes_answers_too()
    {
        await using var harness = await CallHarness.StartAsync(
            Completions,
            Replies.Json(
                200,
                """
                {"choices":[{"text":" billing","finish_reason":"stop","logprobs":{"token_logprobs":[-0.5,-0.25]}}],"usage":{"prompt_tokens":9,"completion_tokens":2}}
                """
            )
        );

        var completion = CallResults.Answered(
            await harness.CallAsync(
                "m",
                new ModelRequest
                {
                    Messages = [new ChatMessage("system", "Label:"), new ChatMessage("user", "my card was refused")],
                    Sampling = new SamplingSpec { LogProbabilities = true },
                },
                TestContext.Current.CancellationToken
            )
        );

        Assert.Equal((" billing", -0.75, false), (completion.Text, completion.LogProbability, completion.IsEcho));
        Assert.Equal("Label:\n\nmy card was refused", Assert.Single(harness.Server.Ledger).Body.GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task Echoed_text_of_an_answer_that_broke_is_no_token_that_was_paid()
    {
        await using var harness = await CallHarness.StartAsync(
            Completions,
            Replies.Json(
                200,
                """
                {"choices":[{"text":"the cat","finish_reason":"error","logprobs":{"tokens":["the"," cat"],"token_logprobs":[null,-1.5]}}]}
                """
            )
        );

        var unreachable = Assert.IsType<ModelCallResult.Unreachable>(await harness.ScoreAsync("the cat"));

        Assert.Equal(
            (6, 0, CallReasons.BrokenAnswer),
            (unreachable.IfGivenUp.Attempts, unreachable.IfGivenUp.OutputTokens, unreachable.IfGivenUp.Reason)
        );
    }

    [Fact]
    public async Task Empty_text_costs_no_request()
    {
        await using var harness = await CallHarness.StartAsync(Completions, Replies.Ok);

        Assert.Equal(CallReasons.EmptyText, Assert.IsType<ModelCallResult.Failed>(await harness.ScoreAsync("")).Reason);
        Assert.Empty(harness.Server.Ledger);
    }
}
