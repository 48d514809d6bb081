using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.Tests.ModelClients.Protocols;

/// <summary>What the Responses API is sent, in the shapes of OpenAI's API description.</summary>
public sealed class ResponsesRequestTests
{
    private static readonly Quirks Lacks = ModelProtocols.Responses.Lacks;

    [Fact]
    public void Conversation_keeps_its_roles_and_nothing_is_stored() =>
        Assert.Equal(
            """{"model":"d","input":[{"type":"message","role":"system","content":"s"},{"type":"message","role":"developer","content":"d"},{"type":"message","role":"user","content":"u"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]},{"type":"message","role":"user","content":"v"}],"store":false,"max_output_tokens":256,"temperature":0}""",
            Written(
                new ModelRequest
                {
                    Messages = [new("system", "s"), new("developer", "d"), new("user", "u"), new("assistant", "a"), new("user", "v")],
                }
            )
        );

    [Fact]
    public void Every_parameter_that_the_API_has_is_sent_in_its_form()
    {
        var request = new ModelRequest
        {
            Messages = [new ChatMessage("user", "u")],
            TopLogProbabilities = true,
            ResponseFormat = new ResponseFormat(ResponseFormatKind.JsonSchema)
            {
                Name = "n",
                Description = "x",
                IsStrict = true,
                Schema = Json("""{"type":"object"}"""),
            },
            Sampling = new SamplingSpec
            {
                Temperature = 0.5,
                TopP = 0.25,
                MaxOutputTokens = 20,
                Stream = true,
                ReasoningEffort = ReasoningEffort.Low,
                ReasoningSummary = ReasoningSummary.Auto,
                Verbosity = Verbosity.High,
            },
        };

        Assert.Equal(
            """{"model":"d","input":[{"type":"message","role":"user","content":"u"}],"store":false,"max_output_tokens":20,"include":["message.output_text.logprobs"],"top_logprobs":20,"text":{"format":{"type":"json_schema","name":"n","description":"x","strict":true,"schema":{"type":"object"}},"verbosity":"high"},"reasoning":{"effort":"low","summary":"auto"},"temperature":0.5,"top_p":0.25,"stream":true}""",
            Written(request)
        );
        Assert.Empty(ModelProtocols.Responses.LeftOut(request, Lacks));
    }

    [Fact]
    public void What_the_API_does_not_have_is_left_out_and_told()
    {
        var request = new ModelRequest
        {
            Messages = [new ChatMessage("user", "u") { Name = "n" }],
            Sampling = new SamplingSpec { Seed = 7, Stop = ["."] },
        };

        Assert.Equal(
            """{"model":"d","input":[{"type":"message","role":"user","content":"u"}],"store":false,"max_output_tokens":256,"temperature":0}""",
            Written(request)
        );
        Assert.Equal(["seed", "stop", "name"], ModelProtocols.Responses.LeftOut(request, Lacks));
    }

    [Theory]
    [InlineData("Chat")]
    [InlineData("Completions")]
    public void Summary_of_reasoning_is_told_as_left_out_where_the_API_has_none(string api)
    {
        var protocol = ModelProtocols.All.Single(one => one.Name == api);
        var request = new ModelRequest
        {
            Messages = [new ChatMessage("user", "u")],
            Sampling = new SamplingSpec { ReasoningSummary = ReasoningSummary.Concise },
        };

        Assert.DoesNotContain("summary", Written(protocol, request, protocol.Lacks), StringComparison.Ordinal);
        Assert.Equal(["reasoning.summary"], protocol.LeftOut(request, protocol.Lacks));
    }

    [Fact]
    public void Calls_and_their_results_are_items_of_their_own()
    {
        var request = new ModelRequest
        {
            Messages =
            [
                new ChatMessage("user", "u"),
                new ChatMessage("assistant", "Let me look.")
                {
                    ToolCalls = [new ToolCall("f", """{"a":1}""") { Id = "c1" }, new ToolCall("g", "{}") { Id = "c2" }],
                },
                new ChatMessage("tool", "2") { ToolCallId = "c2" },
                new ChatMessage("tool", "1") { ToolCallId = "c1", Parts = [new TextPart("1")] },
            ],
        };

        Assert.Equal(
            """[{"type":"message","role":"user","content":"u"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Let me look."}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"},{"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},{"type":"function_call_output","call_id":"c2","output":"2"},{"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"1"}]}]""",
            Member(request, "input")
        );
    }

    [Fact]
    public void Calls_in_the_older_form_get_ids_by_which_their_results_are_found()
    {
        var request = new ModelRequest
        {
            Messages =
            [
                new ChatMessage("assistant", "") { ToolCalls = [new ToolCall("f", "{}") { IsFunctionCall = true }] },
                new ChatMessage("assistant", "") { ToolCalls = [new ToolCall("g", "{}") { IsFunctionCall = true }] },
                new ChatMessage("function", "of g") { Name = "g" },
                new ChatMessage("function", "of f") { Name = "f" },
            ],
        };

        Assert.Equal(
            """[{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"},{"type":"function_call","call_id":"call_2","name":"g","arguments":"{}"},{"type":"function_call_output","call_id":"call_2","output":"of g"},{"type":"function_call_output","call_id":"call_1","output":"of f"}]""",
            Member(request, "input")
        );
        Assert.Empty(ModelProtocols.Responses.LeftOut(request, Lacks));
    }

    [Fact]
    public void Images_have_their_detail_and_data()
    {
        var request = new ModelRequest
        {
            Messages =
            [
                new ChatMessage("user", "t")
                {
                    Parts = [new TextPart("t"), new ImagePart("data:image/png;base64,AA==") { Detail = "low" }, new ImagePart("data:b")],
                },
            ],
        };

        Assert.Equal(
            """[{"type":"message","role":"user","content":[{"type":"input_text","text":"t"},{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"low"},{"type":"input_image","image_url":"data:b","detail":"auto"}]}]""",
            Member(request, "input")
        );
    }

    [Theory]
    [InlineData(
        """[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}},"strict":true}}]""",
        """[{"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{}},"strict":true}]"""
    )]
    // Chat completions take a function that does not say so for one that is not strict; the Responses API takes it for one that is.
    [InlineData(
        """[{"type":"function","function":{"name":"f","parameters":{"b":1,"a":2}}}]""",
        """[{"type":"function","name":"f","parameters":{"b":1,"a":2},"strict":false}]"""
    )]
    [InlineData(
        """[{"type":"function","function":{"name":"f","strict":null}}]""",
        """[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false}]"""
    )]
    [InlineData(
        """[{"type":"function","name":"f","parameters":{},"strict":true}]""",
        """[{"type":"function","name":"f","parameters":{},"strict":true}]"""
    )]
    [InlineData("""[{"function":{"name":"f","parameters":{}}}]""", """[{"type":"function","name":"f","parameters":{},"strict":false}]""")]
    [InlineData(
        """[{"type":"custom","custom":{"name":"f","format":{"type":"text"}}},{"type":"web_search"}]""",
        """[{"type":"custom","name":"f","format":{"type":"text"}},{"type":"web_search"}]"""
    )]
    public void Tools_are_flat_and_mean_the_same(string row, string sent) =>
        Assert.Equal(sent, Member(new ModelRequest { Tools = new ToolSet { Tools = Json(row) } }, "tools"));

    [Fact]
    public void Functions_of_a_row_are_tools_and_choices_are_flat()
    {
        var request = new ModelRequest
        {
            Messages = [new ChatMessage("user", "u")],
            Tools = new ToolSet { Functions = Json("""[{"name":"f","parameters":{}}]"""), ParallelToolCalls = false },
            ToolChoice = new ToolChoice(ToolChoiceKind.Function, "f"),
        };

        Assert.Equal("""[{"type":"function","name":"f","parameters":{},"strict":false}]""", Member(request, "tools"));
        Assert.Equal("""{"type":"function","name":"f"}""", Member(request, "tool_choice"));
        Assert.Equal("false", Member(request, "parallel_tool_calls"));
        Assert.Equal("\"required\"", Member(request with { ToolChoice = new ToolChoice(ToolChoiceKind.Required) }, "tool_choice"));
    }

    [Theory]
    [InlineData("temperature", Quirks.NoTemperature)]
    [InlineData("top_p", Quirks.NoTopP)]
    [InlineData("include", Quirks.NoLogProbabilities)]
    [InlineData("include[0]", Quirks.NoLogProbabilities)]
    [InlineData("top_logprobs", Quirks.FewTopLogProbabilities)]
    [InlineData("stream", Quirks.NoStream)]
    [InlineData("reasoning.summary", Quirks.NoReasoningSummary)]
    [InlineData("input[0].role", Quirks.DeveloperRole)]
    [InlineData("reasoning.effort", Quirks.None)]
    [InlineData("text.format", Quirks.None)]
    [InlineData("max_output_tokens", Quirks.None)]
    public void Refused_parameter_is_left_out_where_that_keeps_the_meaning(string parameter, object quirk)
    {
        var request = new ModelRequest
        {
            Messages = [new ChatMessage("system", "s"), new ChatMessage("user", "u")],
            TopLogProbabilities = true,
            ResponseFormat = new ResponseFormat(ResponseFormatKind.JsonObject),
            Sampling = new SamplingSpec
            {
                TopP = 0.5,
                Stream = true,
                ReasoningEffort = ReasoningEffort.Low,
                ReasoningSummary = ReasoningSummary.Auto,
            },
        };
        var error = new EndpointError(400, ["unsupported_parameter"], [parameter], "");

        Assert.Equal((Quirks)quirk, ModelProtocols.Responses.Adapt(error, request, Lacks | Quirks.ManyTopLogProbabilities));
    }

    [Theory]
    [InlineData("AzureOpenAI", "https://r.openai.azure.com", "2024-10-21", "https://r.openai.azure.com/openai/v1/responses")]
    [InlineData(
        "AzureOpenAI",
        "https://r.openai.azure.com",
        "2025-04-01-preview",
        "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview"
    )]
    [InlineData("OpenAI", "https://api.openai.com/v1", "2024-10-21", "https://api.openai.com/v1/responses")]
    [InlineData("OpenAICompatible", "https://s/v1", "2024-10-21", "https://s/v1/responses")]
    public void Route_is_that_of_the_provider_with_the_model_in_the_body(string provider, string endpoint, string version, string route)
    {
        var model = Model(ModelProtocols.Responses) with
        {
            Provider = ModelProviders.All.Single(one => one.Name == provider),
            Endpoint = new Uri(endpoint),
            ApiVersion = version,
        };

        Assert.Equal(route, model.Provider.RouteFor(model, model.Api.Route).AbsoluteUri);
        var body = RequestBody.Write(model, new ModelRequest(), Lacks);
        Assert.StartsWith("""{"model":"d",""", Encoding.UTF8.GetString(body.Span), StringComparison.Ordinal);
    }

    private static string Member(ModelRequest request, string name) => Json(Written(request)).GetProperty(name).GetRawText();

    private static string Written(ModelRequest request) => Written(ModelProtocols.Responses, request, Lacks);

    private static string Written(ModelProtocol api, ModelRequest request, Quirks sent) =>
        Encoding.UTF8.GetString(RequestBody.Write(Model(api), request, sent).Span);

    private static ModelOptions Model(ModelProtocol api) =>
        new()
        {
            Name = "m",
            Section = "0",
            Provider = ModelProviders.OpenAICompatible,
            Endpoint = new Uri("http://127.0.0.1/v1"),
            Deployment = "d",
            Api = api,
        };

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
