using FunctionsEval.Core.Parsing;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Top log probabilities and embeddings, in the shapes that the OpenAI and Azure OpenAI APIs document.</summary>
public sealed class ModelCallerDetailTests
{
    private const string WithTopLogProbabilities = """
        {"choices":[{"message":{"content":"yes"},"finish_reason":"stop","logprobs":{"content":[
          {"token":"yes","logprob":-0.25,"top_logprobs":[{"token":"yes","logprob":-0.25},{"token":"no","logprob":-1.5},{"token":"odd","logprob":null}]}]}}],
         "usage":{"prompt_tokens":3,"completion_tokens":1}}
        """;

    [Fact]
    public async Task Alternatives_are_asked_for_and_read()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, WithTopLogProbabilities));

        var completion = await AnswerAsync(harness);

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.True(seen.Body.GetProperty("logprobs").GetBoolean());
        Assert.Equal(20, seen.Body.GetProperty("top_logprobs").GetInt32());
        var token = Assert.Single(completion.Tokens!);
        Assert.Equal(("yes", -0.25), (token.Text, token.LogProbability));
        Assert.Equal([new TopLogProbability("yes", -0.25), new TopLogProbability("no", -1.5)], token.TopLogProbabilities);
        Assert.Equal(-0.25, completion.LogProbability);
    }

    [Fact]
    public async Task Alternatives_of_the_completions_api_are_read()
    {
        const string Body = """
            {"choices":[{"text":"yes","finish_reason":"stop","logprobs":{"tokens":["yes"],"token_logprobs":[-0.25],"top_logprobs":[{"yes":-0.25,"no":-1.5}]}}]}
            """;
        await using var harness = await CallHarness.StartAsync([("Models:0:Api", "Completions")], Replies.Json(200, Body));

        var completion = await AnswerAsync(harness);

        Assert.Equal(20, Assert.Single(harness.Server.Ledger).Body.GetProperty("logprobs").GetInt32());
        Assert.Equal(
            [new TopLogProbability("yes", -0.25), new TopLogProbability("no", -1.5)],
            Assert.Single(completion.Tokens!).TopLogProbabilities
        );
    }

    [Fact]
    public async Task Endpoint_that_allows_five_alternatives_is_asked_for_five_from_then_on()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Error(400, "integer_above_max_value", "top_logprobs"),
            Replies.Json(200, WithTopLogProbabilities)
        );

        Assert.NotNull((await AnswerAsync(harness)).Tokens);
        await AnswerAsync(harness);

        Assert.Equal([20, 5, 5], harness.Server.Ledger.Select(seen => seen.Body.GetProperty("top_logprobs").GetInt32()));
    }

    /// <summary>As OpenAI, vLLM and FastAPI say it, and one that does not say what it is about.</summary>
    [Theory]
    [InlineData(
        "Completions",
        """{"error":{"message":"Invalid value for 'logprobs': must be at most 5.","type":"invalid_request_error","param":"logprobs","code":null}}"""
    )]
    [InlineData(
        "Completions",
        """{"object":"error","message":"Requested sample logprobs of 20, which is greater than max allowed: 5","type":"BadRequestError","param":null,"code":400}"""
    )]
    [InlineData(
        "Completions",
        """{"detail":[{"type":"less_than_equal","loc":["body","logprobs"],"msg":"Input should be less than or equal to 5"}]}"""
    )]
    [InlineData(
        "Completions",
        """{"error":{"message":"20 is too many.","type":"invalid_request_error","param":"logprobs","code":"unsupported_value"}}"""
    )]
    [InlineData("Completions", """{"error":"out of range"}""")]
    [InlineData(
        "Chat",
        """{"object":"error","message":"Requested sample logprobs of 20, which is greater than max allowed: 5","type":"BadRequestError","param":null,"code":400}"""
    )]
    public async Task Endpoint_that_allows_fewer_alternatives_is_asked_for_five_however_it_says_so(string api, string refusal)
    {
        await using var harness = await CallHarness.StartAsync([("Models:0:Api", api)], Replies.Json(400, refusal), Replies.Ok);

        await AnswerAsync(harness);
        await AnswerAsync(harness);

        Assert.Equal(
            [20, 5, 5],
            harness.Server.Ledger.Select(seen => seen.Body.GetProperty(api == "Chat" ? "top_logprobs" : "logprobs").GetInt32())
        );
    }

    [Fact]
    public async Task Refusal_for_another_reason_after_many_alternatives_were_accepted_is_final()
    {
        await using var harness = await CallHarness.StartAsync(
            [("Models:0:Api", "Completions")],
            Replies.Ok,
            Replies.Json(400, """{"error":"out of range"}"""),
            Replies.Ok
        );

        await AnswerAsync(harness);
        Assert.IsType<ModelCallResult.Failed>(
            await harness.CallAsync("m", CallHarness.Request() with { TopLogProbabilities = true }, TestContext.Current.CancellationToken)
        );
        await AnswerAsync(harness);

        Assert.Equal([20, 20, 20], harness.Server.Ledger.Select(seen => seen.Body.GetProperty("logprobs").GetInt32()));
    }

    [Fact]
    public async Task Tokens_that_are_no_whole_character_are_read_by_their_bytes_and_those_without_alternatives_keep_their_place()
    {
        const string Body = """
            {"choices":[{"message":{"content":"中文"},"finish_reason":"stop","logprobs":{"content":[
              {"token":"\ufffd","bytes":[228,184],"logprob":-0.25,"top_logprobs":[{"token":"\ufffd","bytes":[228,184],"logprob":-0.25},{"token":"no","bytes":[110,111],"logprob":-1.5}]},
              {"token":"\ufffd","bytes":[173],"logprob":0,"top_logprobs":null},
              {"token":"文","bytes":null,"logprob":null}]}}]}
            """;
        await using var harness = await CallHarness.StartAsync(Replies.Json(200, Body));

        var completion = await AnswerAsync(harness);

        var first = TokenText.FromBytes([228, 184]);
        Assert.Equal(
            [(first, -0.25), (TokenText.FromBytes([173]), 0), ("文", double.NegativeInfinity)],
            completion.Tokens!.Select(token => (token.Text, token.LogProbability))
        );
        Assert.Equal([new TopLogProbability(first, -0.25), new TopLogProbability("no", -1.5)], completion.Tokens![0].TopLogProbabilities);
    }

    [Fact]
    public async Task Tokens_of_the_completions_api_that_are_no_whole_character_are_read_by_their_bytes()
    {
        const string Body = """
            {"choices":[{"text":"中","finish_reason":"stop","logprobs":{"tokens":["bytes:\\xe4\\xb8","bytes:\\xad"],"token_logprobs":[-0.25,0],"top_logprobs":[{"bytes:\\xe4\\xb8":-0.25,"bytes: x":-2},null]}}]}
            """;
        await using var harness = await CallHarness.StartAsync([("Models:0:Api", "Completions")], Replies.Json(200, Body));

        var completion = await AnswerAsync(harness);

        Assert.Equal([TokenText.FromBytes([0xe4, 0xb8]), TokenText.FromBytes([0xad])], completion.Tokens!.Select(token => token.Text));
        Assert.Equal(
            [TokenText.FromBytes([0xe4, 0xb8]), "bytes: x"],
            completion.Tokens![0].TopLogProbabilities.Select(other => other.Text)
        );
    }

    [Fact]
    public async Task Endpoint_without_alternatives_is_asked_without_and_gives_no_tokens()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Error(400, "unsupported_parameter", "top_logprobs"),
            Replies.Error(400, "unsupported_parameter", "top_logprobs"),
            Replies.Ok
        );

        Assert.Null((await AnswerAsync(harness)).Tokens);

        Assert.False(harness.Server.Ledger[^1].Body.TryGetProperty("logprobs", out _));
        Assert.False(harness.Server.Ledger[^1].Body.TryGetProperty("top_logprobs", out _));
    }

    [Fact]
    public async Task Embeddings_are_put_in_the_order_of_the_texts()
    {
        const string Body = """
            {"object":"list","data":[{"index":1,"embedding":[0.5,-1]},{"index":0,"embedding":[1,0]}],"usage":{"prompt_tokens":7,"total_tokens":7}}
            """;
        await using var harness = await CallHarness.StartAsync([("Models:0:Api", "Embeddings")], Replies.Json(200, Body));

        var completion = await EmbedAsync(harness);

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("/v1/embeddings", seen.PathAndQuery);
        Assert.Equal("tuned-1", seen.Body.GetProperty("model").GetString());
        Assert.Equal(["first", "second"], seen.Body.GetProperty("input").EnumerateArray().Select(text => text.GetString()));
        Assert.Equal(
            [
                [1f, 0f],
                [0.5f, -1f],
            ],
            completion.Embeddings!
        );
        Assert.Equal((7, 0), (completion.InputTokens, completion.OutputTokens));
    }

    [Fact]
    public async Task Embeddings_of_azure_go_to_the_deployment()
    {
        const string Body = """{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}""";
        await using var harness = await CallHarness.StartAzureAsync(null, [("Models:0:Api", "Embeddings")], Replies.Json(200, Body));

        await EmbedAsync(harness);

        var seen = Assert.Single(harness.Server.Ledger);
        Assert.Equal("/openai/deployments/tuned-1/embeddings?api-version=2024-10-21", seen.PathAndQuery);
        Assert.Equal(CallHarness.Key, seen.Headers["api-key"]);
        Assert.False(seen.Body.TryGetProperty("model", out _));
    }

    [Theory]
    [InlineData("""{"data":[{"index":0,"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":7,"embedding":[1]}]}""")]
    [InlineData("""{"object":"list"}""")]
    public async Task Embeddings_with_pieces_missing_are_asked_for_again(string broken)
    {
        const string Body = """{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[2]}]}""";
        await using var harness = await CallHarness.StartAsync(
            [("Models:0:Api", "Embeddings")],
            Replies.Json(200, broken),
            Replies.Json(200, Body)
        );

        Assert.Equal(
            [
                [1f],
                [2f],
            ],
            (await EmbedAsync(harness)).Embeddings!
        );
    }

    [Theory]
    // By text_offset in code points; by the tokens' own lengths; with a token across the border, which counts.
    [InlineData(
        """{"tokens":["😀 q",":"," bl","ue"],"token_logprobs":[null,-9,-1,-0.5],"text_offset":[0,3,4,7],"top_logprobs":[null,{":":-9},{" bl":-1,"x":-2},{"ue":-0.5}]}""",
        -1.5,
        2,
        true
    )]
    [InlineData(
        """{"tokens":["😀 q",":"," bl","ue"],"token_logprobs":[null,-9,-1,-0.5],"top_logprobs":[null,{":":-9},{" bl":-1,"x":-0.2},{"ue":-0.5}]}""",
        -1.5,
        2,
        false
    )]
    [InlineData("""{"tokens":["😀 ","q: bl","ue"],"token_logprobs":[null,-4,-0.5],"text_offset":[0,2,7]}""", -4.5, 2, false)]
    public async Task Choice_is_scored_without_its_question(string logProbabilities, double expected, int tokens, bool isGreedy)
    {
        var body = "{\"choices\":[{\"text\":\"😀 q: blue\",\"finish_reason\":\"stop\",\"logprobs\":" + logProbabilities + "}]}";
        await using var harness = await CallHarness.StartAsync([("Models:0:Api", "Completions")], Replies.Json(200, body));

        var completion = await CallAsync(harness, new ModelRequest { ScoredText = "😀 q: blue", ScoredFrom = "😀 q:".Length });

        Assert.Equal((expected, tokens, isGreedy), (completion.LogProbability, completion.LogProbabilityTokens, completion.IsGreedy));
    }

    [Fact]
    public async Task Choice_on_an_endpoint_that_does_not_say_where_tokens_are_is_misconfigured()
    {
        await using var harness = await CallHarness.StartAsync(
            [("Models:0:Api", "Completions")],
            Replies.Json(200, """{"choices":[{"text":"q: blue","logprobs":{"token_logprobs":[null,-1]}}]}""")
        );

        var result = await harness.CallAsync(
            "m",
            new ModelRequest { ScoredText = "q: blue", ScoredFrom = 2 },
            TestContext.Current.CancellationToken
        );

        Assert.Contains("text_offset", Assert.IsType<ModelCallResult.Misconfigured>(result).Message, StringComparison.Ordinal);
    }

    private static Task<Completion> AnswerAsync(CallHarness harness) =>
        CallAsync(harness, CallHarness.Request() with { TopLogProbabilities = true });

    private static Task<Completion> EmbedAsync(CallHarness harness) =>
        CallAsync(harness, new ModelRequest { EmbeddedTexts = ["first", "second"] });

    private static async Task<Completion> CallAsync(CallHarness harness, ModelRequest request) =>
        Assert.IsType<ModelCallResult.Answered>(await harness.CallAsync("m", request, TestContext.Current.CancellationToken)).Completion;
}
