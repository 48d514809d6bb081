using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>How tools, calls, images and forms of answers go over the wire, by OpenAI's reference of chat completions.</summary>
public sealed class ToolRequestTests
{
    [Fact]
    public async Task Tools_are_sent_as_the_row_writes_them()
    {
        const string Tools = """[{"type":"function","function":{"name":"f","parameters":{"type":"object","z":1,"a":1.50}},"extra":null}]""";
        var body = await SendAsync(
            new ModelRequest
            {
                Messages = [new ChatMessage("user", "SECRET")],
                Tools = new ToolSet { Tools = Json(Tools), ParallelToolCalls = false },
                ToolChoice = new ToolChoice(ToolChoiceKind.Required),
            }
        );

        Assert.Equal(Tools, body.GetProperty("tools").GetRawText());
        Assert.False(body.GetProperty("parallel_tool_calls").GetBoolean());
        Assert.Equal("required", body.GetProperty("tool_choice").GetString());
    }

    [Fact]
    public async Task Functions_of_the_older_form_are_sent_with_function_call()
    {
        var body = await SendAsync(
            new ModelRequest
            {
                Messages = [new ChatMessage("user", "SECRET")],
                Tools = new ToolSet { Functions = Json("""[{"name":"f"}]""") },
                ToolChoice = new ToolChoice(ToolChoiceKind.Function, "f"),
            }
        );

        Assert.Equal("""[{"name":"f"}]""", body.GetProperty("functions").GetRawText());
        Assert.Equal("""{"name":"f"}""", body.GetProperty("function_call").GetRawText());
        Assert.False(body.TryGetProperty("tool_choice", out _));
        Assert.False(body.TryGetProperty("tools", out _));
    }

    [Fact]
    public async Task Choice_of_tools_is_not_sent_where_a_row_has_none()
    {
        var body = await SendAsync(
            new ModelRequest { Messages = [new ChatMessage("user", "SECRET")], ToolChoice = new ToolChoice(ToolChoiceKind.Auto) }
        );

        Assert.Equal(["model", "messages", "max_tokens", "temperature"], body.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task Turns_with_calls_and_results_are_sent_whole()
    {
        var body = await SendAsync(
            new ModelRequest
            {
                Messages =
                [
                    new ChatMessage("user", "SECRET"),
                    new ChatMessage("assistant", "") { ToolCalls = [new ToolCall("f", """{"a":1}""") { Id = "c1" }] },
                    new ChatMessage("tool", "22") { ToolCallId = "c1" },
                    new ChatMessage("assistant", "One more.") { ToolCalls = [new ToolCall("g", "{}") { IsFunctionCall = true }] },
                    new ChatMessage("function", "23") { Name = "g" },
                ],
            }
        );

        Assert.Equal(
            """[{"role":"user","content":"SECRET"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"22"},{"role":"assistant","content":"One more.","function_call":{"name":"g","arguments":"{}"}},{"role":"function","name":"g","content":"23"}]""",
            body.GetProperty("messages").GetRawText()
        );
    }

    [Fact]
    public async Task Images_are_sent_as_parts()
    {
        var body = await SendAsync(
            new ModelRequest
            {
                Messages =
                [
                    new ChatMessage("user", "SECRET")
                    {
                        Parts = [new TextPart("SECRET"), new ImagePart("data:image/png;base64,AAAA") { Detail = "low" }],
                    },
                ],
            }
        );

        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"SECRET"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]}]""",
            body.GetProperty("messages").GetRawText()
        );
    }

    [Fact]
    public async Task Form_of_answers_is_sent_with_its_schema()
    {
        const string Schema = """{"type":"object","properties":{"z":{"type":"string"},"a":{"type":"number"}}}""";
        var body = await SendAsync(
            CallHarness.Request() with
            {
                ResponseFormat = new ResponseFormat(ResponseFormatKind.JsonSchema)
                {
                    Name = "answer",
                    Schema = Json(Schema),
                    IsStrict = true,
                },
            }
        );

        Assert.Equal(
            $$$"""{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{{{Schema}}}}}""",
            body.GetProperty("response_format").GetRawText()
        );
    }

    [Fact]
    public async Task Form_of_answers_without_schema_is_its_type()
    {
        var body = await SendAsync(CallHarness.Request() with { ResponseFormat = new ResponseFormat(ResponseFormatKind.JsonObject) });

        Assert.Equal("""{"type":"json_object"}""", body.GetProperty("response_format").GetRawText());
    }

    [Fact]
    public async Task Instructions_that_move_into_a_turn_with_images_stand_before_its_parts()
    {
        await using var harness = await CallHarness.StartAsync(
            Replies.Json(400, """{"error":{"message":"System role not supported","type":"invalid_request_error"}}"""),
            Replies.Ok
        );
        var request = new ModelRequest
        {
            Messages =
            [
                new ChatMessage("system", "SECRET rule"),
                new ChatMessage("user", "SECRET") { Parts = [new ImagePart("data:image/png;base64,AAAA"), new TextPart("SECRET")] },
            ],
        };

        CallResults.Answered(await harness.CallAsync("m", request, TestContext.Current.CancellationToken));

        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"SECRET rule"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"SECRET"}]}]""",
            harness.Server.Ledger[^1].Body.GetProperty("messages").GetRawText()
        );
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    private static async Task<JsonElement> SendAsync(ModelRequest request)
    {
        await using var harness = await CallHarness.StartAsync(Replies.Ok);
        CallResults.Answered(await harness.CallAsync("m", request, TestContext.Current.CancellationToken));
        return Assert.Single(harness.Server.Ledger).Body;
    }
}
