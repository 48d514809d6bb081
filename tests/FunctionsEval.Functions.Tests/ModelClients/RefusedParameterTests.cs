using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// What an endpoint does not take is left out, and told; what cannot be left out ends the run by the spec's field. The bodies are those of
/// the servers named beside them.
/// </summary>
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

    [Theory]
    // OpenAI.
    [InlineData(
        "stop",
        400,
        """{"error":{"message":"Unsupported parameter: 'stop' is not supported with this model.","type":"invalid_request_error","param":"stop","code":"unsupported_parameter"}}"""
    )]
    [InlineData(
        "temperature",
        400,
        """{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}"""
    )]
    [InlineData(
        "stream",
        400,
        """{"error":{"message":"Unsupported value: 'stream' does not support true with this model.","type":"invalid_request_error","param":"stream","code":"unsupported_value"}}"""
    )]
    [InlineData(
        "logprobs",
        403,
        """{"error":{"message":"You are not allowed to request logprobs from this model","type":"invalid_request_error","param":null,"code":null}}"""
    )]
    // Mistral, FastAPI, pydantic 1, Azure AI.
    [InlineData(
        "seed",
        422,
        """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted","input":1}]},"type":"invalid_request_error","param":null,"code":null}"""
    )]
    [InlineData("stop", 422, """{"detail":[{"type":"extra_forbidden","loc":["body","stop"],"msg":"Extra inputs are not permitted"}]}""")]
    [InlineData("seed", 422, """{"detail":[{"loc":["body","seed"],"msg":"extra fields not permitted","type":"value_error.extra"}]}""")]
    [InlineData(
        "seed",
        422,
        """{"error":{"code":"Invalid input","status":422,"message":"invalid input error","details":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}}"""
    )]
    // vLLM: pydantic's errors as a text.
    [InlineData(
        "seed",
        400,
        """{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted', 'input': 1}]","type":"BadRequestError","param":null,"code":400}"""
    )]
    // Gemini, LiteLLM, Groq, xAI, DeepSeek, Anthropic, Bedrock, Fireworks, serde, Go, Jackson, Azure's model inference.
    [InlineData(
        "seed",
        400,
        """[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"seed\": Cannot find field.","status":"INVALID_ARGUMENT","details":[]}}]"""
    )]
    [InlineData(
        "logprobs",
        400,
        """{"error":{"code":400,"message":"Logprobs is not enabled for models/gemini-2.5-flash","status":"INVALID_ARGUMENT"}}"""
    )]
    [InlineData(
        "seed",
        400,
        """{"error":{"message":"litellm.UnsupportedParamsError: bedrock does not support parameters: ['seed'], for model=x. To drop these, set `litellm.drop_params=True`","type":null,"param":null,"code":"400"}}"""
    )]
    [InlineData("logprobs", 400, """{"error":{"message":"`logprobs` is not supported with this model","type":"invalid_request_error"}}""")]
    [InlineData("seed", 400, """{"error":{"message":"property 'seed' is unsupported","type":"invalid_request_error"}}""")]
    [InlineData("stop", 400, """{"code":"Client specified an invalid argument","error":"Argument not supported on this model: stop"}""")]
    [InlineData(
        "temperature",
        400,
        """{"type":"error","error":{"type":"invalid_request_error","message":"`temperature` is deprecated for this model."}}"""
    )]
    [InlineData(
        "seed",
        400,
        """{"type":"error","error":{"type":"invalid_request_error","message":"seed: Extra inputs are not permitted"}}"""
    )]
    [InlineData(
        "seed",
        400,
        """{"message":"Malformed input request: #: extraneous key [seed] is not permitted, please reformat your input and try again."}"""
    )]
    [InlineData(
        "seed",
        400,
        """{"error":{"object":"error","type":"invalid_request_error","message":"Extra inputs are not permitted, field: 'seed', value: 1"}}"""
    )]
    [InlineData(
        "seed",
        422,
        "Failed to deserialize the JSON body into the target type: unknown field `seed`, expected one of `model`, `messages` at line 1 column 90"
    )]
    [InlineData("seed", 400, """{"error":"json: unknown field \"seed\""}""")]
    [InlineData("stop", 400, """{"message":"Unrecognized field \"stop\" (class ChatRequest), not marked as ignorable"}""")]
    [InlineData(
        "seed",
        400,
        """{"error":{"code":"Bad Request","message":"Extra parameters ['seed'] are not allowed when extra-parameters is not set or set to be 'error'."}}"""
    )]
    // A list, a list of texts, a text in JSON, plain text, Cloudflare, another spelling.
    [InlineData("seed", 400, """[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]""")]
    [InlineData("seed", 400, """["seed is not supported"]""")]
    [InlineData("seed", 400, "\"seed is not a supported parameter: seed is not allowed\"")]
    [InlineData("seed", 400, "Unsupported parameter: seed")]
    [InlineData(
        "seed",
        400,
        """{"errors":[{"code":5006,"message":"Error: oneOf at '/' not met: unknown property 'seed'"}],"success":false}"""
    )]
    [InlineData(
        "stop",
        400,
        """{"error":{"message":"stopSequences is not supported","param":"generation_config.stopSequences","code":"unsupported_parameter"}}"""
    )]
    [InlineData(
        "stream_options",
        400,
        """{"error":{"message":"Unknown parameter: 'stream_options'.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}"""
    )]
    public async Task Parameter_is_left_out_from_then_on_whatever_the_refusal_looks_like(string parameter, int status, string refusal)
    {
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).TryGetProperty(parameter, out _) ? Replies.Json(status, refusal)(context) : Replies.Ok(context)
        );

        var first = ModelCallerFaultTests.Answered(await harness.CallAsync(Sampling));
        var second = ModelCallerFaultTests.Answered(await harness.CallAsync(Sampling));

        Assert.Equal((2, 1), (first.Attempts, second.Attempts));
        Assert.Equal([parameter], first.LeftOut);
        Assert.Equal([parameter], second.LeftOut);
        Assert.Single(harness.Log.Lines, line => line.StartsWith("3002 ", StringComparison.Ordinal));
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

        var completion = ModelCallerFaultTests.Answered(await harness.CallAsync(Sampling));

        Assert.Equal(["logprobs"], completion.LeftOut);
        Assert.Equal(2, completion.Attempts);
        Assert.True(harness.Server.Ledger[^1].Body.TryGetProperty("max_tokens", out _));
    }

    /// <summary>Anthropic, TGI and vLLM say by the beginning of the text what it is about.</summary>
    [Theory]
    [InlineData(
        """{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: 9000 > 8192, which is the maximum allowed number of output tokens for this model"}}""",
        "max_tokens",
        "sampling.maxOutputTokens"
    )]
    [InlineData(
        """{"object":"error","message":"temperature must be strictly positive","type":"BadRequestError","param":null,"code":400}""",
        "temperature",
        "sampling.temperature"
    )]
    [InlineData("""{"error":{"message":"`top_p` must be in (0, 1]"}}""", "top_p", "sampling.topP")]
    public async Task Value_that_the_beginning_of_a_text_refuses_names_parameter_and_field(string refusal, string parameter, string field)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(400, refusal));

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync(new SamplingSpec { Temperature = 0.5, TopP = 0.9 }));

        Assert.Contains($"parameter '{parameter}'", failed.Message, StringComparison.Ordinal);
        Assert.Contains($"Change {field} in the spec", failed.Message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
    }

    /// <summary>A judge is asked by its metric: <c>sampling</c> changes nothing of what it gets.</summary>
    [Theory]
    [InlineData("max_tokens", "max_output_tokens of metric 'judge'")]
    [InlineData("temperature", "model of metric 'judge'")]
    public async Task Value_that_a_judges_endpoint_refuses_is_told_by_the_metrics_option(string parameter, string field)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, "invalid_value", parameter));

        var result = await harness.CallAsync("m", CallHarness.Request() with { Grader = "judge" }, TestContext.Current.CancellationToken);

        Assert.StartsWith($"{field}: ", Assert.IsType<ModelCallResult.Misconfigured>(result).Message, StringComparison.Ordinal);
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

        var completion = ModelCallerFaultTests.Answered(await harness.CallAsync(Sampling));

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

        var completion = ModelCallerFaultTests.Answered(await harness.CallAsync(new SamplingSpec { Stop = ["END", "\n"] }));

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

        var completion = ModelCallerFaultTests.Answered(
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

    [Theory]
    [InlineData("You may only set one of temperature or top_p")]
    [InlineData("temperature and top_p are mutually exclusive")]
    [InlineData("Specify either `temperature` or `top_p`, but not both.")]
    [InlineData("temperature and top_p cannot be set at the same time")]
    [InlineData("Setting both temperature and top_p is not supported.")]
    [InlineData("Please use temperature or top_p, not both")]
    [InlineData("Cannot specify temperature when top_p is set")]
    public async Task Temperature_with_top_p_is_known_in_many_words(string message)
    {
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).TryGetProperty("temperature", out _) && ModelServer.BodyOf(context).TryGetProperty("top_p", out _)
                ? Replies.Json(400, JsonSerializer.Serialize(new { error = new { message } }))(context)
                : Replies.Ok(context)
        );

        Assert.Equal(
            ["top_p"],
            ModelCallerFaultTests.Answered(await harness.CallAsync(new SamplingSpec { Temperature = 0, TopP = 0.9 })).LeftOut
        );
    }

    [Theory]
    [InlineData(0.0, 0.9, "top_p")]
    [InlineData(0.7, 1.0, "top_p")]
    [InlineData(1.0, 0.9, "temperature")]
    [InlineData(0.7, 0.9, null)]
    public async Task Temperature_with_top_p_keeps_the_one_that_decides_and_is_an_error_where_both_do(
        double temperature,
        double topP,
        string? leftOut
    )
    {
        var refusal = Replies.Json(
            400,
            """{"type":"error","error":{"type":"invalid_request_error","message":"`temperature` and `top_p` cannot both be specified for this model. Please use only one."}}"""
        );
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).TryGetProperty("temperature", out _) && ModelServer.BodyOf(context).TryGetProperty("top_p", out _)
                ? refusal(context)
                : Replies.Ok(context)
        );

        var result = await harness.CallAsync(new SamplingSpec { Temperature = temperature, TopP = topP });

        if (leftOut is null)
        {
            Assert.StartsWith(
                "sampling.temperature and sampling.topP: the endpoint of model 'm' does not take",
                Assert.IsType<ModelCallResult.Misconfigured>(result).Message,
                StringComparison.Ordinal
            );
        }
        else
        {
            Assert.Equal([leftOut], ModelCallerFaultTests.Answered(result).LeftOut);
        }
    }

    [Theory]
    [InlineData("max_tokens", "invalid_value", "sampling.maxOutputTokens")]
    [InlineData("temperature", "invalid_value", "sampling.temperature")]
    public async Task Value_that_every_request_has_and_the_endpoint_refuses_ends_the_run_by_the_specs_field(
        string parameter,
        string code,
        string field
    )
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, code, parameter));

        var message = Assert.IsType<ModelCallResult.Misconfigured>(await harness.CallAsync()).Message;

        Assert.StartsWith($"{field}: ", message, StringComparison.Ordinal);
        Assert.Contains($"parameter '{parameter}'", message, StringComparison.Ordinal);
        Assert.Single(harness.Server.Ledger);
    }

    [Theory]
    [InlineData(
        400,
        """{"error":{"message":"Unsupported value: 'messages[0].role' does not support 'system' with this model.","type":"invalid_request_error","param":"messages[0].role","code":"unsupported_value"}}""",
        "developer"
    )]
    [InlineData(
        400,
        """{"object":"error","message":"System role not supported","type":"BadRequestError","param":null,"code":400}""",
        "user"
    )]
    [InlineData(400, """{"error":{"message":"Only user and assistant roles are supported!","type":"invalid_request_error"}}""", "user")]
    [InlineData(
        400,
        """{"object":"error","message":"Conversation roles must alternate user/assistant/user/assistant/...","type":"BadRequestError","code":400}""",
        "user"
    )]
    [InlineData(500, """{"error":{"code":500,"message":"Jinja Exception: System role not supported","type":"server_error"}}""", "user")]
    [InlineData(400, """{"message":"This model doesn't support system messages. Try again without a system message."}""", "user")]
    [InlineData(
        400,
        """[{"error":{"code":400,"message":"Developer instruction is not enabled for models/gemma-3-27b-it","status":"INVALID_ARGUMENT"}}]""",
        "user"
    )]
    [InlineData(
        422,
        """{"detail":[{"type":"literal_error","loc":["body","messages",0,"role"],"msg":"Input should be 'user' or 'assistant'"}]}""",
        "user"
    )]
    [InlineData(400, "System role is not supported by this model", "user")]
    public async Task System_role_that_is_not_taken_becomes_developer_or_part_of_the_first_user_turn(
        int status,
        string refusal,
        string role
    )
    {
        await using var harness = await CallHarness.StartAsync(context =>
            RolesOf(context).Any(sent => sent != role && sent != "user") ? Replies.Json(status, refusal)(context) : Replies.Ok(context)
        );

        var completion = ModelCallerFaultTests.Answered(await harness.CallAsync());

        Assert.Equal(["system role"], completion.LeftOut);
        Assert.Equal(2, completion.Attempts);
        var messages = harness.Server.Ledger[^1].Body.GetProperty("messages");
        Assert.Equal(
            role == "user" ? "Answer with a label.\n\nSECRET-PROMPT" : "Answer with a label.",
            messages[0].GetProperty("content").GetString()
        );
    }

    [Fact]
    public async Task System_role_goes_on_to_the_user_turn_where_developer_is_refused_too()
    {
        await using var harness = await CallHarness.StartAsync(context =>
            RolesOf(context) is ["user"] ? Replies.Ok(context) : Replies.Error(400, "unsupported_value", "messages[0].role")(context)
        );

        Assert.Equal(3, ModelCallerFaultTests.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(
            ["system", "developer", "user"],
            harness.Server.Ledger.Select(seen => seen.Body.GetProperty("messages")[0].GetProperty("role").GetString())
        );
    }

    [Fact]
    public async Task Names_of_turns_are_sent_and_left_out_where_they_are_refused()
    {
        var refusal = Replies.Json(
            422,
            """{"detail":[{"type":"extra_forbidden","loc":["body","messages",1,"system","name"],"msg":"Extra inputs are not permitted"}]}"""
        );
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).GetProperty("messages").EnumerateArray().Any(turn => turn.TryGetProperty("name", out _))
                ? refusal(context)
                : Replies.Ok(context)
        );
        var request = new ModelRequest
        {
            Messages =
            [
                new ChatMessage("system", "Rules."),
                new ChatMessage("system", "2+2") { Name = "example_user" },
                new ChatMessage("user", "3+3"),
            ],
        };

        var completion = ModelCallerFaultTests.Answered(await harness.CallAsync("m", request, TestContext.Current.CancellationToken));

        Assert.Equal("example_user", harness.Server.Ledger[0].Body.GetProperty("messages")[1].GetProperty("name").GetString());
        Assert.Equal(["name"], completion.LeftOut);
    }

    [Fact]
    public void Example_turns_among_the_instructions_keep_their_roles_where_there_is_no_system_role()
    {
        var turns = RequestMessages.Prepare(
            [
                new ChatMessage("system", "Rules."),
                new ChatMessage("system", "2+2") { Name = "example_user" },
                new ChatMessage("system", "4") { Name = "example_assistant" },
                new ChatMessage("user", "3+3"),
                new ChatMessage("developer", "Brief."),
            ],
            Quirks.NoSystemRole
        );

        Assert.Equal(
            [
                new ChatMessage("user", "Rules.\n\n2+2"),
                new ChatMessage("assistant", "4"),
                new ChatMessage("user", "3+3"),
                new ChatMessage("user", "Brief."),
            ],
            turns
        );
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
        Assert.Empty(ModelCallerFaultTests.Answered(await harness.CallAsync(new SamplingSpec { Seed = 1 })).LeftOut);
        Assert.Equal([true, false, true], harness.Server.Ledger.Select(seen => seen.Body.TryGetProperty("seed", out _)));
    }

    private static string[] RolesOf(HttpContext context) =>
        [.. ModelServer.BodyOf(context).GetProperty("messages").EnumerateArray().Select(turn => turn.GetProperty("role").GetString()!)];
}
