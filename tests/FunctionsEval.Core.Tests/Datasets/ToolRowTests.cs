using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Rows with tools and tool calls: as OpenAI documents them for fine-tuning, and as evaluation items have them.</summary>
public sealed class ToolRowTests
{
    private const string Tools =
        """[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""";

    private const string Call =
        """{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Oslo\"}"}}]}""";

    private static readonly ToolCall Expected = new("weather", """{"city": "Oslo"}""") { Id = "c1" };

    private static readonly DatasetReadOptions Calls = Options() with { Shape = new CallShape() };

    [Fact]
    public async Task Turn_that_calls_tools_is_the_reference_of_a_shape_that_takes_calls()
    {
        var shape = new CallShape();
        var sample = await ReadSampleAsync(
            $$"""{"messages":[{"role":"user","content":"u"},{{Call}}],"tools":{{Tools}},"parallel_tool_calls":false}""",
            Options() with
            {
                Shape = shape,
            }
        );
        Assert.Equal([new("user", "u")], sample.Messages);
        Assert.Equal("messages[1]", shape.Last!.Field);
        Assert.Equal([Expected], shape.Last.Calls);
        Assert.Empty(shape.Last.Texts);
        Assert.False(shape.Last.HasNamesOnly);
        Assert.Equal(Tools, sample.Tools!.Tools!.Value.GetRawText());
        Assert.False(sample.Tools.ParallelToolCalls);
    }

    [Fact]
    public async Task Turns_with_calls_and_results_before_the_reference_are_the_prompt()
    {
        var sample = await ReadSampleAsync(
            $$"""{"messages":[{"role":"user","content":"u"},{{Call}},{"role":"tool","tool_call_id":"c1","content":"4 degrees"},{"role":"assistant","content":"Cold."}]}"""
        );
        Assert.Equal(["user", "assistant", "tool"], sample.Messages.Select(turn => turn.Role));
        Assert.Equal([Expected], sample.Messages[1].ToolCalls);
        Assert.Equal(("4 degrees", "c1"), (sample.Messages[2].Content, sample.Messages[2].ToolCallId));
        Assert.Equal("u", sample.Input);
        Assert.Equal(["Cold."], sample.References);
        Assert.Null(sample.Tools);
    }

    [Fact]
    public async Task Older_form_of_calls_is_read_and_marked()
    {
        var sample = await ReadSampleAsync(
            """{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"7"},{"role":"assistant","content":"7"}],"functions":[{"name":"f"}]}""",
            Options() with
            {
                Tools = ToolUse.Send,
            }
        );
        Assert.Equal([new ToolCall("f", "{}") { IsFunctionCall = true }], sample.Messages[1].ToolCalls);
        Assert.Equal(("function", "f"), (sample.Messages[2].Role, sample.Messages[2].Name));
        Assert.Equal("""[{"name":"f"}]""", sample.Tools!.Functions!.Value.GetRawText());
        Assert.Null(sample.Tools.Tools);
    }

    [Fact]
    public async Task Text_task_that_gets_a_call_as_reference_names_the_task_for_it()
    {
        var row = await ReadMalformedAsync($$"""{"messages":[{"role":"user","content":"u"},{{Call}}]}""");
        Assert.Equal(MalformedReasons.UnsupportedContent, row.Reason);
        Assert.Equal("The reference in messages[1] calls tools. Use the task tool_calls for such rows.", row.Message);
    }

    [Theory]
    [InlineData("tools", """[{"type":"function","function":{"name":"f"}}]""")]
    [InlineData("functions", """[{"name":"f"}]""")]
    [InlineData("tools", """ "[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]" """)]
    public async Task Text_task_with_tools_asks_whether_to_send_them(string field, string tools)
    {
        var text = $$"""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}],"{{field}}":{{tools}}}""";
        var refused = await ReadMalformedAsync(text);
        Assert.Equal(MalformedReasons.Ambiguous, refused.Reason);
        Assert.Contains("\"tools\": \"send\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"ignore\"", refused.Message, StringComparison.Ordinal);

        Assert.NotNull((await ReadSampleAsync(text, Options() with { Tools = ToolUse.Send })).Tools);
        Assert.Null((await ReadSampleAsync(text, Options() with { Tools = ToolUse.Ignore })).Tools);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}],"tools":[]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}],"parallel_tool_calls":true}""")]
    [InlineData("""{"input":"Which tools?","tools":"hammer, saw","output":"two"}""")]
    [InlineData("""{"input":"Which tools?","tools":["hammer"],"output":"one"}""")]
    public async Task Row_that_offers_no_tool_is_an_ordinary_row(string row) => Assert.Null((await ReadSampleAsync(row)).Tools);

    [Theory]
    [InlineData("""[{"id":"1"}]""", "messages[1].tool_calls[0].name is missing; it must be a string.")]
    [InlineData("""[{"function":{"name":1}}]""", "messages[1].tool_calls[0].function.name must be a string; it is a number.")]
    [InlineData(
        """[{"function":{"name":"f","arguments":1}}]""",
        "messages[1].tool_calls[0].function.arguments must be a string or an object; it is a number."
    )]
    [InlineData("\"f\"", "messages[1].tool_calls must be a list of calls; it is a string.")]
    [InlineData("""["f"]""", "messages[1].tool_calls[0] must be an object with a function; it is a string.")]
    public async Task Calls_of_the_wrong_type_name_the_place(string calls, string message)
    {
        var row = await ReadMalformedAsync(
            $$"""{"messages":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":{{calls}}},{"role":"assistant","content":"a"}]}"""
        );
        Assert.Equal(MalformedReasons.WrongType, row.Reason);
        Assert.Equal(message, row.Message);
    }

    [Theory]
    [InlineData("5", "tools must be a list of tools, or the JSON of one as a string; it is a number.")]
    [InlineData("\"[\"", "tools must be a list of tools, or the JSON of one as a string; it is a string.")]
    [InlineData(
        """
            "[{\"name\":\"f\",\"description\":\"\\ud800\"}]"
            """,
        "tools must be a list of tools, or the JSON of one as a string; it is a string."
    )]
    [InlineData("""["f"]""", "tools[0] must be an object; it is a string.")]
    [InlineData("""[{"type":"function","function":{}}]""", "tools[0].function.name is missing; it must be a string.")]
    public async Task Tools_of_the_wrong_type_name_the_place(string tools, string message)
    {
        var row = await ReadMalformedAsync(
            $$"""{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}],"tools":{{tools}}}"""
        );
        Assert.Equal((MalformedReasons.WrongType, message), (row.Reason, row.Message));
    }

    [Theory]
    [InlineData("""{"role":"user","content":"u","tool_calls":[{"function":{"name":"f"}}]}""", "unsupported_content")]
    [InlineData("""{"role":"assistant","tool_calls":[{"function":{"name":"f"}}],"function_call":{"name":"f"}}""", "ambiguous")]
    [InlineData("""{"role":"assistant","tool_calls":[{"type":"custom","custom":{"name":"f"}}]}""", "unsupported_content")]
    [InlineData("""{"role":"tool","tool_call_id":1,"content":"x"}""", "wrong_type")]
    [InlineData("""{"role":"assistant","content":null,"tool_calls":[]}""", "wrong_type")]
    public async Task Turn_whose_calls_fit_nothing_is_malformed(string turn, string reason) =>
        Assert.Equal(
            reason,
            (
                await ReadMalformedAsync($$"""{"messages":[{"role":"user","content":"u"},{{turn}},{"role":"assistant","content":"a"}]}""")
            ).Reason
        );

    [Fact]
    public async Task Arguments_that_are_an_object_are_its_json()
    {
        var (_, reference) = await ReadReferenceAsync(
            """{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},{"name":"g"}]}]}"""
        );
        Assert.Equal([new("f", """{"a":1}"""), new("g", "{}")], reference.Calls);
    }

    [Fact]
    public async Task Item_with_an_expected_turn_has_it_as_reference_and_may_end_with_a_result()
    {
        var (sample, reference) = await ReadReferenceAsync(
            $$"""{"item":{"messages":[{"role":"user","content":"u"},{{Call}},{"role":"tool","tool_call_id":"c1","content":"4"}],"tools":{{Tools}},"expected_output":{{Call}} } }"""
        );
        Assert.Equal(["user", "assistant", "tool"], sample.Messages.Select(turn => turn.Role));
        Assert.Equal([Expected], reference.Calls);
        Assert.Equal("expected_output", reference.Field);
        Assert.NotNull(sample.Tools);
    }

    [Fact]
    public async Task Item_whose_expected_turn_is_text_is_a_row_of_a_text_task()
    {
        var sample = await ReadSampleAsync(
            """{"item":{"messages":[{"role":"user","content":"u"}],"expected_output":{"role":"assistant","content":"a"}}}"""
        );
        Assert.Equal(["a"], sample.References);
    }

    [Fact]
    public async Task Names_of_calls_are_names_only_and_arguments_beside_them_complete_them()
    {
        const string Row = """{"messages":[{"role":"user","content":"u"}],"reference_tool_calls":["f","g"],"reference_answer":"a"ARGS}""";
        var (_, names) = await ReadReferenceAsync(Row.Replace("ARGS", "", StringComparison.Ordinal));
        Assert.True(names.HasNamesOnly);
        Assert.Equal([new("f", ""), new("g", "")], names.Calls);

        var (_, calls) = await ReadReferenceAsync(
            Row.Replace("ARGS", """,'reference_tool_args':[{'x':1},'{}']""".Replace('\'', '"'), StringComparison.Ordinal)
        );
        Assert.False(calls.HasNamesOnly);
        Assert.Equal([new("f", """{"x":1}"""), new("g", "{}")], calls.Calls);

        var row = await ReadMalformedAsync(Row.Replace("ARGS", ",\"reference_tool_args\":[{}]", StringComparison.Ordinal), Calls);
        Assert.Equal(MalformedReasons.WrongType, row.Reason);
        Assert.Contains("each of the 2 calls in reference_tool_calls", row.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_without_names_are_read_as_no_call()
    {
        var (_, reference) = await ReadReferenceAsync("""{"messages":[{"role":"user","content":"u"}],"reference_tool_calls":[]}""");
        Assert.Empty(reference.Calls);
        Assert.Empty(reference.Texts);
    }

    [Theory]
    [InlineData("""["a","b"]""", "expected", new[] { "a", "b" }, 0)]
    [InlineData("""[{"name":"f","arguments":"{}"}]""", "expected", new string[0], 1)]
    [InlineData("\"a\"", "expected", new[] { "a" }, 0)]
    [InlineData("\"[1]\"", "expected", new[] { "[1]" }, 0)]
    [InlineData(
        """
            "[{\"name\":\"f\",\"arguments\":{\"a\":1}},{\"name\":\"g\",\"arguments\":{}}]"
            """,
        "expected",
        new string[0],
        2
    )]
    [InlineData(
        """
            "[{\"name\":\"f\"}]"
            """,
        "reference_tool_calls",
        new string[0],
        1
    )]
    [InlineData("\"[]\"", "reference_tool_calls", new string[0], 0)]
    [InlineData("""{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}""", "ideal", new string[0], 1)]
    public async Task Reference_of_a_shape_that_takes_calls_is_texts_or_calls(string json, string field, string[] texts, int calls)
    {
        var (_, reference) = await ReadReferenceAsync($$"""{"input":"i","{{field}}":{{json}}}""");
        Assert.Equal(texts, reference.Texts);
        Assert.Equal(calls, reference.Calls.Count);
    }

    [Fact]
    public async Task Names_and_arguments_of_calls_may_be_lists_written_as_texts()
    {
        var (_, reference) = await ReadReferenceAsync(
            """{"input":"i","reference_tool_calls":"[\"f\"]","reference_tool_args":"[{\"a\":1}]"}"""
        );
        Assert.Equal([new ToolCall("f", """{"a":1}""")], reference.Calls);
        Assert.False(reference.HasNamesOnly);
    }

    [Fact]
    public async Task Field_that_the_spec_names_may_list_names_of_functions()
    {
        var shape = new CallShape();
        var options = Options() with
        {
            Shape = shape,
            Columns = new ColumnSpec { Reference = "wanted" },
        };
        await ReadSampleAsync("""{"input":"i","wanted":["f"]}""", options);
        Assert.True(shape.Last!.HasNamesOnly);

        var row = await ReadMalformedAsync("""{"input":"i","wanted":["two words"]}""", options);
        Assert.Equal("wanted[0] is no name of a function.", row.Message);
    }

    [Fact]
    public async Task Text_task_with_the_names_of_calls_only_is_told_of_the_task_for_them()
    {
        var row = await ReadMalformedAsync("""{"messages":[{"role":"user","content":"u"}],"reference_tool_calls":["f"]}""");
        Assert.Equal(MalformedReasons.MissingReference, row.Reason);
        Assert.Contains("task tool_calls", row.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_hash_depends_on_tools_calls_and_results()
    {
        const string Row =
            """{"messages":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"r"},{"role":"assistant","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}}]}""";
        var contents = new SampleContent(new PromptSpec());
        var options = Options() with { Tools = ToolUse.Send };
        List<string> hashes = [];
        foreach (
            var (old, changed) in new[]
            {
                ("u", "u"),
                ("c1", "c2"),
                ("\"name\":\"f\"", "\"name\":\"g\""),
                ("{}", "{ }"),
                ("\"f\"}}]}", "\"g\"}}]}"),
            }
        )
        {
            hashes.Add(contents.HashOf(await ReadSampleAsync(Row.Replace(old, changed, StringComparison.Ordinal), options)));
        }

        hashes.Add(contents.HashOf(await ReadSampleAsync(Row, Options() with { Tools = ToolUse.Ignore })));
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    [Fact]
    public async Task Templates_see_the_calls_of_a_turn()
    {
        var sample = await ReadSampleAsync(
            $$"""{"messages":[{"role":"user","content":"u"},{{Call}},{"role":"tool","tool_call_id":"c1","content":"4"},{"role":"assistant","content":"a"}]}"""
        );
        var renderer = new PromptRenderer(
            new PromptSpec
            {
                User =
                    "{% for m in messages %}{{ m.role }}{% for c in m.tool_calls %} {{ c.name }}({{ c.arguments }}) {{ c.id }}{% endfor %} {{ m.tool_call_id }};{% endfor %}",
            }
        );
        Assert.Equal("user ;assistant weather({\"city\": \"Oslo\"}) c1 ;tool c1;", renderer.Render(sample)[0].Content);
    }

    private static async Task<(Sample Sample, ReferenceTurn Reference)> ReadReferenceAsync(string row)
    {
        var shape = new CallShape();
        return (await ReadSampleAsync(row, Options() with { Shape = shape }), shape.Last!);
    }
}
