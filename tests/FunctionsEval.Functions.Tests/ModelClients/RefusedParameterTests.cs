using System.Text.Json;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>What an endpoint does not take is left out, and told. The bodies are those of the servers named beside them.</summary>
public sealed class RefusedParameterTests
{
    private static readonly SamplingSpec Sampling = new()
    {
        Temperature = 0.5,
        Seed = 1,
        Stop = ["\n"],
        Stream = true,
        LogProbabilities = true,
    };

    /// <summary>A parameter, and a refusal of it: the status and the body.</summary>
    public static readonly TheoryData<string, int, string> Refusals = new()
    {
        // OpenAI.
        {
            "stop",
            400,
            """{"error":{"message":"Unsupported parameter: 'stop' is not supported with this model.","type":"invalid_request_error","param":"stop","code":"unsupported_parameter"}}"""
        },
        {
            "temperature",
            400,
            """{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}"""
        },
        {
            "stream",
            400,
            """{"error":{"message":"Unsupported value: 'stream' does not support true with this model.","type":"invalid_request_error","param":"stream","code":"unsupported_value"}}"""
        },
        {
            "logprobs",
            403,
            """{"error":{"message":"You are not allowed to request logprobs from this model","type":"invalid_request_error","param":null,"code":null}}"""
        },
        // Mistral, FastAPI, pydantic 1, Azure AI.
        {
            "seed",
            422,
            """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":1}]},"type":"invalid_request_error","param":null,"code":null}"""
        },
        { "stop", 422, """{"detail":[{"type":"extra_forbidden","loc":["body","stop"],"msg":"Extra inputs are not permitted"}]}""" },
        { "seed", 422, """{"detail":[{"loc":["body","seed"],"msg":"extra fields not permitted","type":"value_error.extra"}]}""" },
        {
            "seed",
            422,
            """{"error":{"code":"Invalid input","status":422,"message":"invalid input error","details":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}}"""
        },
        // vLLM: pydantic's errors as a text.
        {
            "seed",
            400,
            """{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted', 'input': 1}]","type":"BadRequestError","param":null,"code":400}"""
        },
        // Gemini, LiteLLM, Groq, xAI, DeepSeek, Anthropic, Bedrock, Fireworks, serde, Go, Jackson, Azure's model inference.
        {
            "seed",
            400,
            """[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"seed\": Cannot find field.","status":"INVALID_ARGUMENT","details":[]}}]"""
        },
        {
            "logprobs",
            400,
            """{"error":{"code":400,"message":"Logprobs is not enabled for models/gemini-2.5-flash","status":"INVALID_ARGUMENT"}}"""
        },
        {
            "seed",
            400,
            """{"error":{"message":"litellm.UnsupportedParamsError: bedrock does not support parameters: ['seed'], for model=x. To drop these, set `litellm.drop_params=True`","type":null,"param":null,"code":"400"}}"""
        },
        { "logprobs", 400, """{"error":{"message":"`logprobs` is not supported with this model","type":"invalid_request_error"}}""" },
        { "seed", 400, """{"error":{"message":"property 'seed' is unsupported","type":"invalid_request_error"}}""" },
        { "stop", 400, """{"code":"Client specified an invalid argument","error":"Argument not supported on this model: stop"}""" },
        {
            "temperature",
            400,
            """{"type":"error","error":{"type":"invalid_request_error","message":"`temperature` is deprecated for this model."}}"""
        },
        { "seed", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"seed: Extra inputs are not permitted"}}""" },
        {
            "seed",
            400,
            """{"message":"Malformed input request: #: extraneous key [seed] is not permitted, please reformat your input and try again."}"""
        },
        {
            "seed",
            400,
            """{"error":{"object":"error","type":"invalid_request_error","message":"Extra inputs are not permitted, field: 'seed', value: 1"}}"""
        },
        {
            "seed",
            422,
            "Failed to deserialize the JSON body into the target type: unknown field `seed`, expected one of `model`, `messages` at line 1 column 90"
        },
        { "seed", 400, """{"error":"json: unknown field \"seed\""}""" },
        { "stop", 400, """{"message":"Unrecognized field \"stop\" (class ChatRequest), not marked as ignorable"}""" },
        {
            "seed",
            400,
            """{"error":{"code":"Bad Request","message":"Extra parameters ['seed'] are not allowed when extra-parameters is not set or set to be 'error'."}}"""
        },
        // A list, a list of texts, a text in JSON, plain text, Cloudflare, another spelling.
        { "seed", 400, """[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]""" },
        { "seed", 400, """["seed is not supported"]""" },
        { "seed", 400, "\"seed is not a supported parameter: seed is not allowed\"" },
        { "seed", 400, "Unsupported parameter: seed" },
        { "seed", 400, """{"errors":[{"code":5006,"message":"Error: oneOf at '/' not met: unknown property 'seed'"}],"success":false}""" },
        {
            "stop",
            400,
            """{"error":{"message":"stopSequences is not supported","param":"generation_config.stopSequences","code":"unsupported_parameter"}}"""
        },
        {
            "stream_options",
            400,
            """{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}"""
        },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Parameter_is_left_out_from_then_on_whatever_the_refusal_looks_like(string parameter, int status, string refusal)
    {
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).TryGetProperty(parameter, out _) ? Replies.Json(status, refusal)(context) : Replies.Ok(context)
        );

        var first = CallResults.Answered(await harness.CallAsync(Sampling));
        var second = CallResults.Answered(await harness.CallAsync(Sampling));

        Assert.Equal((2, 1), (first.Attempts, second.Attempts));
        Assert.Equal([parameter], first.LeftOut);
        Assert.Equal([parameter], second.LeftOut);
        Assert.Single(harness.Log.GetSnapshot(), record => record.Id.Id == 3002);
    }

    /// <summary>Some servers list beside what they refuse what they take.</summary>
    [Theory]
    [InlineData(
        """{"error":{"message":"Unsupported parameter: 'logprobs' is not supported with this model. Supported: max_tokens, temperature, seed, stop.","param":"logprobs","code":"unsupported_parameter"}}"""
    )]
    [InlineData(
        """{"detail":[{"type":"extra_forbidden","loc":["body","logprobs"],"msg":"temperature, seed and stop are not permitted with logprobs"}]}"""
    )]
    [InlineData(
        """{"error":{"message":"logprobs is not supported. Supported parameters are max_tokens, temperature, seed, stop and stream."}}"""
    )]
    [InlineData(
        """{"error":{"message":"Supported parameters are max_tokens, temperature, seed, stop, stream; logprobs is not supported"}}"""
    )]
    [InlineData("""{"error":{"message":"Allowed: temperature, seed. Unsupported: logprobs"}}""")]
    [InlineData("""{"error":{"message":"property 'logprobs' is unsupported, did you mean 'stop'?"}}""")]
    public async Task Only_what_a_refusal_is_about_is_left_out(string refusal)
    {
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).TryGetProperty("logprobs", out _) ? Replies.Json(400, refusal)(context) : Replies.Ok(context)
        );

        var completion = CallResults.Answered(await harness.CallAsync(Sampling));

        Assert.Equal(["logprobs"], completion.LeftOut);
        Assert.Equal(2, completion.Attempts);
        Assert.True(harness.Server.Ledger[^1].Body.TryGetProperty("max_tokens", out _));
    }

    [Fact]
    public async Task Several_parameters_are_left_out_in_one_call()
    {
        await using var harness = await CallHarness.StartAsync(context =>
        {
            var body = ModelServer.BodyOf(context);
            string[] refused = [.. new[] { "seed", "logprobs", "stop", "temperature" }.Where(name => body.TryGetProperty(name, out _))];
            return refused.Length == 0
                ? Replies.Ok(context)
                : Replies.Json(
                    422,
                    JsonSerializer.Serialize(
                        new
                        {
                            detail = refused.Select(name => new
                            {
                                type = "extra_forbidden",
                                loc = new[] { "body", name },
                                msg = "Extra inputs are not permitted",
                            }),
                        }
                    )
                )(context);
        });

        var completion = CallResults.Answered(await harness.CallAsync(Sampling));

        Assert.Equal(["temperature", "seed", "stop", "logprobs"], completion.LeftOut);
        Assert.Equal(5, completion.Attempts);
    }

    [Fact]
    public async Task Stop_that_is_not_taken_is_applied_to_the_answer_and_not_to_its_reasoning()
    {
        const string Body =
            """{"choices":[{"message":{"content":"<think>a\nb</think>\nbilling\nand more"},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":256}}""";
        await using var harness = await CallHarness.StartAsync(
            Replies.Error(400, "unsupported_parameter", "stop"),
            Replies.Json(200, Body)
        );

        var completion = CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stop = ["END", "\n"] }));

        Assert.Equal(
            ("billing", "a\nb", "stop", AnswerCut.None),
            (completion.Text, completion.Reasoning, completion.FinishReason, completion.Cut)
        );
    }

    [Fact]
    public async Task Tokens_after_a_stop_that_the_app_applies_are_none_of_the_answer()
    {
        const string Body =
            """{"choices":[{"message":{"content":"billing\nand more"},"finish_reason":"length","logprobs":{"content":[{"token":"billing","logprob":-0.1,"top_logprobs":[{"token":"billing","logprob":-0.1}]},{"token":"\n","logprob":-1,"top_logprobs":[{"token":"\n","logprob":-1}]},{"token":"and more","logprob":-2,"top_logprobs":[{"token":"and more","logprob":-2}]}]}}]}""";
        await using var harness = await CallHarness.StartAsync(
            Replies.Error(400, "unsupported_parameter", "stop"),
            Replies.Json(200, Body)
        );

        var completion = CallResults.Answered(
            await harness.CallAsync(
                "m",
                CallHarness.Request(new SamplingSpec { Stop = ["\n"] }) with
                {
                    TopLogProbabilities = true,
                },
                TestContext.Current.CancellationToken
            )
        );

        Assert.Equal(("billing", -0.1, 1), (completion.Text, completion.LogProbability, completion.LogProbabilityTokens));
        Assert.Equal("billing", Assert.Single(completion.Tokens!).Text);
    }

    [Fact]
    public async Task What_a_quoted_prompt_says_is_tried_once_and_not_remembered()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(400, """{"error":{"message":"Cannot parse: seed is not supported","code":"bad_input"}}"""),
            Replies.Json(400, """{"error":{"message":"Cannot parse: seed is not supported","code":"bad_input"}}"""),
            Replies.Ok
        );

        Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync(new SamplingSpec { Seed = 1 }));
        Assert.Empty(CallResults.Answered(await harness.CallAsync(new SamplingSpec { Seed = 1 })).LeftOut);
        Assert.Equal([true, false, true], harness.Server.Ledger.Select(seen => seen.Body.TryGetProperty("seed", out _)));
    }
}
