using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients.Answers;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Tool calls in answers, whole and streamed, in the shapes of OpenAI's reference and of other servers.</summary>
public sealed class ToolCallAnswerTests
{
    [Fact]
    public async Task Calls_of_a_whole_answer_are_kept_in_their_order()
    {
        var completion = await AskAsync(
            Whole(
                """{"content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{\"a\": 2}"}}]}"""
            )
        );

        Assert.Equal(
            [new ToolCall("f", """{"a": 1}""") { Id = "c1" }, new ToolCall("f", """{"a": 2}""") { Id = "c2" }],
            completion.ToolCalls
        );
        Assert.Equal("tool_call", completion.InsteadOfText);
    }

    [Fact]
    public async Task Text_beside_a_call_is_kept()
    {
        var completion = await AskAsync(
            Whole("""{"content":"Let me look.","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}""")
        );

        Assert.Equal("Let me look.", completion.Text);
        Assert.Null(completion.InsteadOfText);
        Assert.Equal([new ToolCall("f", "{}") { Id = "c" }], completion.ToolCalls);
    }

    [Theory]
    [InlineData("""{"content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}}""", """{"a":1}""", true)]
    // Ollama: an object, and no id.
    [InlineData("""{"content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]}""", """{"a":1}""", false)]
    // A function without parameters, as vLLM and llama.cpp give it.
    [InlineData("""{"content":"","tool_calls":[{"function":{"name":"f","arguments":""}}]}""", "{}", false)]
    [InlineData("""{"content":"","tool_calls":[{"function":{"name":"f"}}]}""", "{}", false)]
    // What the model wrote is kept, even if it is no JSON.
    [InlineData("""{"content":"","tool_calls":[{"function":{"name":"f","arguments":"{\"a\":"}}]}""", "{\"a\":", false)]
    public async Task Shapes_of_other_servers_are_read(string message, string arguments, bool isFunctionCall) =>
        Assert.Equal([new ToolCall("f", arguments) { IsFunctionCall = isFunctionCall }], (await AskAsync(Whole(message))).ToolCalls);

    [Fact]
    public async Task Streamed_pieces_are_put_together_by_index()
    {
        var completion = await StreamAsync(
            """{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}""",
            """{"tool_calls":[{"index":1,"id":"c2","type":"function","function":{"name":"g","arguments":"{\"b\":"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"1}"}},{"index":1,"function":{"arguments":"2}"}}]}"""
        );

        Assert.Equal(
            [new ToolCall("f", """{"a":1}""") { Id = "c1" }, new ToolCall("g", """{"b":2}""") { Id = "c2" }],
            completion.ToolCalls
        );
    }

    [Fact]
    public async Task Streamed_calls_without_an_index_are_told_apart_by_name_and_id()
    {
        var completion = await StreamAsync(
            """{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{\"a\":"}}]}""",
            """{"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"1}"}}]}""",
            """{"tool_calls":[{"function":{"name":"f","arguments":"{\"a\""}}]}""",
            """{"tool_calls":[{"function":{"arguments":":2}"}}]}"""
        );

        Assert.Equal([new ToolCall("f", """{"a":1}""") { Id = "c1" }, new ToolCall("f", """{"a":2}""")], completion.ToolCalls);
    }

    [Fact]
    public async Task Streamed_calls_that_share_an_index_are_told_apart_by_their_ids()
    {
        var completion = await StreamAsync(
            """{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{}"}},{"index":0,"id":"c2","function":{"name":"g","arguments":"{}"}}]}"""
        );

        Assert.Equal(["f", "g"], completion.ToolCalls.Select(call => call.Name));
    }

    /// <summary>Servers of Gemini give all calls the index 0 and an empty id.</summary>
    [Theory]
    [InlineData("f", "g", "\"id\":\"\",")]
    [InlineData("f", "f", "")]
    public async Task Calls_that_share_an_index_and_have_no_ids_are_told_apart_by_their_arguments(string first, string second, string id)
    {
        var one = $$$"""{"index":0,{{{id}}}"function":{"name":"{{{first}}}","arguments":"{\"a\":1}"}}""";
        var two = $$$"""{"index":0,{{{id}}}"function":{"name":"{{{second}}}","arguments":"{\"a\":2}"}}""";
        ToolCall[] expected = [new(first, """{"a":1}"""), new(second, """{"a":2}""")];

        Assert.Equal(expected, (await AskAsync(Whole($$"""{"content":null,"tool_calls":[{{one}},{{two}}]}"""))).ToolCalls);
        Assert.Equal(expected, (await StreamAsync($$"""{"tool_calls":[{{one}},{{two}}]}""")).ToolCalls);
        Assert.Equal(expected, (await StreamAsync($$"""{"tool_calls":[{{one}}]}""", $$"""{"tool_calls":[{{two}}]}""")).ToolCalls);
    }

    [Fact]
    public async Task Name_that_is_repeated_with_each_piece_begins_no_call()
    {
        var completion = await StreamAsync(
            """{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"a\":{}"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"}"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]}"""
        );

        Assert.Equal([new ToolCall("f", """{"a":{}}""")], completion.ToolCalls);
    }

    [Fact]
    public async Task Streamed_function_call_of_the_older_form_is_one_call()
    {
        var completion = await StreamAsync(
            """{"function_call":{"name":"f","arguments":""}}""",
            """{"function_call":{"arguments":"{\"a\""}}""",
            """{"function_call":{"arguments":":1}"}}"""
        );

        Assert.Equal([new ToolCall("f", """{"a":1}""") { IsFunctionCall = true }], completion.ToolCalls);
    }

    [Fact]
    public async Task Answer_with_more_calls_than_are_kept_says_so_and_keeps_none()
    {
        var calls = Enumerable.Repeat("""{"function":{"name":"f","arguments":"{}"}}""", ToolCallPieces.MaxCalls + 1);
        var completion = await AskAsync(Whole($$"""{"content":"SECRET","tool_calls":[{{string.Join(',', calls)}}]}"""));

        Assert.Equal("too_many_tool_calls", completion.InsteadOfText);
        Assert.Empty(completion.ToolCalls);
    }

    private static RequestDelegate Whole(string message) =>
        Replies.Json(200, $$$"""{"choices":[{"message":{{{message}}},"finish_reason":"tool_calls"}],"usage":{"completion_tokens":5}}""");

    private static Task<Completion> StreamAsync(params string[] deltas) =>
        AskAsync(
            Replies.Events([
                .. deltas.Select(delta => "{\"choices\":[{\"delta\":" + delta + "}]}"),
                """{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}""",
                "[DONE]",
            ]),
            isStreamed: true
        );

    private static async Task<Completion> AskAsync(RequestDelegate reply, bool isStreamed = false)
    {
        await using var harness = await CallHarness.StartAsync(reply);
        return CallResults.Answered(await harness.CallAsync(new SamplingSpec { Stream = isStreamed }));
    }
}
