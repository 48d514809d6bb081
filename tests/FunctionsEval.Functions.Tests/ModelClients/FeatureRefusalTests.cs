using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// A model without tools, images, forms of answers or reasoning parameters ends the run by the name of what to change: without them the
/// prompt would be another one. The bodies are those of the servers named beside them.
/// </summary>
public sealed class FeatureRefusalTests
{
    private static readonly ModelRequest WithTools = CallHarness.Request() with
    {
        Tools = new ToolSet { Tools = JsonElement.Parse("""[{"type":"function","function":{"name":"f"}}]"""), ParallelToolCalls = true },
        ToolChoice = new ToolChoice(ToolChoiceKind.Auto),
    };

    private static readonly ModelRequest WithImage = new()
    {
        Messages = [new ChatMessage("user", "SECRET") { Parts = [new ImagePart("data:image/png;base64,AAAA"), new TextPart("SECRET")] }],
    };

    private static readonly ModelRequest WithSchema = CallHarness.Request() with
    {
        ResponseFormat = new ResponseFormat(ResponseFormatKind.JsonSchema) { Name = "a", Schema = JsonElement.Parse("{}") },
    };

    [Theory]
    // OpenAI.
    [InlineData(
        400,
        """{"error":{"message":"Unsupported parameter: 'tools' is not supported with this model.","param":"tools","code":"unsupported_parameter"}}"""
    )]
    // vLLM, Ollama, llama.cpp, OpenRouter.
    [InlineData(
        400,
        """{"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set","type":"BadRequestError","param":null,"code":400}"""
    )]
    [InlineData(
        400,
        """{"error":{"message":"registry.ollama.ai/library/gemma:2b does not support tools","type":"api_error","param":null,"code":null}}"""
    )]
    [InlineData(500, """{"error":{"code":500,"message":"tools param requires --jinja flag","type":"server_error"}}""")]
    [InlineData(404, """{"error":{"message":"No endpoints found that support tool use.","code":404}}""")]
    public async Task Model_without_tools_ends_the_run_and_names_the_field(int status, string body) =>
        Assert.StartsWith("tools: ", await MisconfiguredAsync(WithTools, status, body), StringComparison.Ordinal);

    [Theory]
    // OpenAI, llama.cpp, LM Studio, Ollama, vLLM, Groq, DeepSeek, OpenRouter.
    [InlineData(
        400,
        """{"error":{"message":"Invalid content type. image_url is only supported by certain models.","type":"invalid_request_error","param":"messages.[0].content.[0].type","code":null}}"""
    )]
    [InlineData(
        500,
        """{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}"""
    )]
    [InlineData(400, """{"error":"Model does not support images. Please use a model that does."}""")]
    [InlineData(
        500,
        """{"error":{"message":"Failed to process inputs: this model is missing data required for image input","type":"api_error"}}"""
    )]
    [InlineData(
        400,
        """{"object":"error","message":"tuned-1 is not a multimodal model None","type":"BadRequestError","param":null,"code":400}"""
    )]
    [InlineData(400, """{"error":{"message":"'messages.0.content' : value must be a string","type":"invalid_request_error"}}""")]
    [InlineData(
        422,
        """{"error":{"message":"Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text` at line 1 column 97"}}"""
    )]
    [InlineData(404, """{"error":{"message":"No endpoints found that support image input","code":404}}""")]
    public async Task Model_without_vision_ends_the_run_and_names_the_deployment(int status, string body) =>
        Assert.StartsWith(
            "Models__0__Deployment: model 'm' takes no images",
            await MisconfiguredAsync(WithImage, status, body),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(
        """{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.","type":"invalid_request_error","param":"response_format","code":null}}"""
    )]
    // A schema that breaks a rule of strict mode.
    [InlineData(
        """{"error":{"message":"Invalid schema for response_format 'a': In context=(), 'additionalProperties' is required to be supplied and to be false.","type":"invalid_request_error","param":"response_format","code":null}}"""
    )]
    // DeepSeek.
    [InlineData(
        """{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}"""
    )]
    public async Task Refused_form_of_answers_ends_the_run_and_names_the_field(string body) =>
        Assert.StartsWith("responseFormat: ", await MisconfiguredAsync(WithSchema, 400, body), StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "sampling.reasoningEffort",
        """{"error":{"message":"Unsupported value: 'reasoning_effort' does not support 'minimal' with this model.","param":"reasoning_effort","code":"unsupported_value"}}"""
    )]
    [InlineData(
        "sampling.reasoningEffort",
        """{"error":{"message":"Unrecognized request argument supplied: reasoning_effort","type":"invalid_request_error","param":null,"code":null}}"""
    )]
    [InlineData(
        "sampling.verbosity",
        """{"error":{"message":"Unsupported parameter: 'verbosity' is not supported with this model.","param":"verbosity","code":"unsupported_parameter"}}"""
    )]
    public async Task Refused_parameter_of_reasoning_models_ends_the_run_and_names_the_field(string field, string body) =>
        Assert.StartsWith(
            $"{field}: ",
            await MisconfiguredAsync(
                CallHarness.Request(new SamplingSpec { ReasoningEffort = ReasoningEffort.Minimal, Verbosity = Verbosity.High }),
                400,
                body
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("tools[0].function.parameters", "invalid_function_parameters")]
    [InlineData("tool_choice", "invalid_value")]
    public async Task Tools_of_a_row_that_do_not_suit_concern_that_row_alone(string parameter, string code)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Error(400, code, parameter));

        var failed = Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync("m", WithTools, TestContext.Current.CancellationToken));

        Assert.Equal((Outcome.Rejected, code), (failed.Outcome, failed.Reason));
    }

    [Fact]
    public async Task Parallel_calls_that_a_model_does_not_know_are_left_out_and_told()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Error(400, "unsupported_parameter", "parallel_tool_calls"),
            Replies.Ok
        );

        var completion = CallResults.Answered(await harness.CallAsync("m", WithTools, TestContext.Current.CancellationToken));

        Assert.Equal(["parallel_tool_calls"], completion.LeftOut);
        Assert.False(harness.Server.Ledger[^1].Body.TryGetProperty("parallel_tool_calls", out _));
        Assert.True(harness.Server.Ledger[^1].Body.TryGetProperty("tools", out _));
    }

    [Theory]
    [InlineData("tools")]
    [InlineData("images")]
    [InlineData("responseFormat")]
    [InlineData("sampling.reasoningEffort")]
    public async Task Completions_api_sends_nothing_that_it_has_no_place_for(string what)
    {
        await using var harness = await CallHarness.StartAsync([("Models:0:Api", "Completions")], Replies.Ok);
        var request = what switch
        {
            "tools" => WithTools,
            "images" => WithImage,
            "responseFormat" => WithSchema,
            _ => CallHarness.Request(new SamplingSpec { ReasoningEffort = ReasoningEffort.Low }),
        };

        var result = await harness.CallAsync("m", request, TestContext.Current.CancellationToken);

        Assert.Matches($"^Models__0__Api: the (sample|spec) has .*{what}", Assert.IsType<ModelCallResult.Misconfigured>(result).Message);
        Assert.Empty(harness.Server.Ledger);
    }

    [Fact]
    public async Task Address_of_an_image_is_sent_only_where_the_model_allows_it()
    {
        const string Address = "https://example.com/SECRET.png";
        var request = new ModelRequest { Messages = [new ChatMessage("user", "") { Parts = [new ImagePart(Address)] }] };
        await using var closed = await CallHarness.StartAsync(Replies.Ok);
        await using var open = await CallHarness.StartAsync([("Models:0:AllowImageAddresses", "true")], Replies.Ok);

        var refused = await closed.CallAsync("m", request, TestContext.Current.CancellationToken);
        CallResults.Answered(await open.CallAsync("m", request, TestContext.Current.CancellationToken));

        Assert.StartsWith(
            "Models__0__AllowImageAddresses: ",
            Assert.IsType<ModelCallResult.Misconfigured>(refused).Message,
            StringComparison.Ordinal
        );
        Assert.Empty(closed.Server.Ledger);
        Assert.Contains(Address, Assert.Single(open.Server.Ledger).Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Older_functions_have_no_choice_required()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);
        var request = CallHarness.Request() with
        {
            Tools = new ToolSet { Functions = JsonElement.Parse("""[{"name":"f"}]""") },
            ToolChoice = new ToolChoice(ToolChoiceKind.Required),
        };

        var result = await harness.CallAsync("m", request, TestContext.Current.CancellationToken);

        Assert.StartsWith("toolChoice: ", Assert.IsType<ModelCallResult.Misconfigured>(result).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Effort_and_verbosity_are_sent_in_the_apis_words()
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);

        await harness.CallAsync(new SamplingSpec { ReasoningEffort = ReasoningEffort.ExtraHigh, Verbosity = Verbosity.Low });

        var body = Assert.Single(harness.Server.Ledger).Body;
        Assert.Equal("xhigh", body.GetProperty("reasoning_effort").GetString());
        Assert.Equal("low", body.GetProperty("verbosity").GetString());
    }

    [Fact]
    public async Task Refusal_that_quotes_such_words_further_on_is_about_its_sample()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(400, """{"error":{"message":"Bad request: SECRET this model does not support tools","code":"bad"}}""")
        );

        Assert.IsType<ModelCallResult.Failed>(await harness.CallAsync("m", WithTools, TestContext.Current.CancellationToken));
    }

    private static async Task<string> MisconfiguredAsync(ModelRequest request, int status, string body)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Json(status, body));
        var result = await harness.CallAsync("m", request, TestContext.Current.CancellationToken);
        return Assert.IsType<ModelCallResult.Misconfigured>(result).Message;
    }
}
