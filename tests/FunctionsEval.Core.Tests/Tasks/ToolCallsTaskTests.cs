using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tests.Metrics;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Tasks;

/// <summary>From a row to what is logged of its answer. Oracle: the rows as a person reads them.</summary>
public sealed class ToolCallsTaskTests
{
    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"fly","parameters":{"type":"object","properties":{"height":{"type":"integer"}},"required":["height"]}}}]
        """;

    private static readonly EvaluationSpec Spec = SpecReader.Read("""{"task":"tool_calls","model":"m"}""", "evaluation.json");

    private static readonly DatasetReadOptions Options = Spec.ReadOptions(JsonlFormat.Instance);

    [Theory]
    [InlineData(
        """{"messages":[{"role":"user","content":"up"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"fly","arguments":"{\"height\": 10}"}}]}]}""",
        """[{"arguments":{"height":10},"name":"fly"}]"""
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":"up"},{"role":"assistant","content":null,"function_call":{"name":"fly","arguments":"{}"}}]}""",
        """[{"arguments":{},"name":"fly"}]"""
    )]
    [InlineData("""{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Hello."}]}""", "\"Hello.\"")]
    [InlineData(
        """{"messages":[{"role":"user","content":"up"},{"role":"assistant","content":"[{\"name\":\"fly\"}]"}]}""",
        "\"[{\\\"name\\\":\\\"fly\\\"}]\""
    )]
    [InlineData(
        """{"item":{"messages":[{"role":"user","content":"up"}],"reference_tool_calls":["fly","land"]}}""",
        """[{"name":"fly"},{"name":"land"}]"""
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":"up"}],"reference_tool_calls":["land","fly"],"reference_tool_args":[{},{"height":1.0}]}""",
        """[{"arguments":{"height":1},"name":"fly"},{"arguments":{},"name":"land"}]"""
    )]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}],"reference_tool_calls":[]}""", "[]")]
    public async Task A_row_expects_calls_or_a_text(string row, string reference) =>
        Assert.Equal(reference, Assert.Single((await ReadSampleAsync(row, Options)).References));

    [Theory]
    [InlineData("""<tool_call>\n{\"name\": \"fly\", \"arguments\": {}}\n</tool_call>""")]
    [InlineData("""I look it up. <function=fly>{}</function>""")]
    [InlineData("""[{\"name\": \"fly\", \"arguments\": {}}]""")]
    [InlineData(""" {\"name\": \"fly\", \"parameters\": {}}""")]
    [InlineData("""{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"function\":{\"name\":\"fly\",\"arguments\":\"{}\"}}]}""")]
    [InlineData("""[{\"type\":\"function\",\"function\":{\"name\":\"fly\",\"arguments\":\"{}\"}}]""")]
    public async Task A_text_that_writes_calls_is_no_text_in_their_place(string content)
    {
        var row = await ReadMalformedAsync(
            $$"""{"messages":[{"role":"user","content":"up"},{"role":"assistant","content":"{{content}}"}]}""",
            Options
        );
        Assert.Equal(MalformedReasons.UnsupportedContent, row.Reason);
        Assert.StartsWith("The reference in messages[1] is a text that writes calls.", row.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Type <b>tool_call</b>, please.")]
    [InlineData("""{\"name\":\"Ada\",\"age\":36}""")]
    [InlineData("[1, 2]")]
    public async Task A_text_that_only_looks_like_JSON_is_a_text(string content) =>
        Assert.StartsWith(
            "\"",
            Assert.Single(
                (
                    await ReadSampleAsync(
                        $$"""{"messages":[{"role":"user","content":"up"},{"role":"assistant","content":"{{content}}"}]}""",
                        Options
                    )
                ).References
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Calls_in_a_text_of_a_field_are_the_calls() =>
        Assert.Equal(
            ["""[{"arguments":{"height":3},"name":"fly"}]"""],
            (
                await ReadSampleAsync(
                    """{"query":"up","answers":"[{\"name\":\"fly\",\"arguments\":{\"height\":3}}]"}""",
                    Options with
                    {
                        Columns = new ColumnSpec { Reference = "answers" },
                    }
                )
            ).References
        );

    [Fact]
    public async Task The_tools_of_a_row_are_sent()
    {
        var sample = await ReadSampleAsync(
            $$"""{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"Hello."}],{{Tools}}}""",
            Options
        );

        var question = Assert.Single(Spec.Task.Ask(sample, new PromptRenderer(Spec.Prompt)));

        Assert.Equal("fly", question.Tools!.Tools!.Value[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("\"not json\"", "arguments of call 1")]
    [InlineData("\"[1]\"", "arguments of call 1")]
    [InlineData("\"{\\\"a\\\":1,\\\"a\\\":2}\"", "no name twice")]
    public async Task A_reference_whose_arguments_cannot_be_compared_is_no_sample(string arguments, string hint)
    {
        var row = await ReadMalformedAsync(
            """{"messages":[{"role":"user","content":"up"},{"role":"assistant","function_call":{"name":"fly","arguments":"""
                + arguments
                + "}}]}",
            Options
        );

        Assert.Contains(hint, row.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_of_too_many_calls_is_no_sample()
    {
        var names = JsonSerializer.Serialize(Enumerable.Repeat("fly", 65));

        var row = await ReadMalformedAsync($$"""{"messages":[{"role":"user","content":"up"}],"reference_tool_calls":{{names}}}""", Options);

        Assert.Contains("65 calls", row.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"task":"tool_calls","model":"m","parsing":{"method":"label"}}""", "$.parsing.method")]
    [InlineData("""{"task":"tool_calls","model":"m","labels":["a"]}""", "$.labels")]
    [InlineData("""{"task":"tool_calls","model":"m","trainingFile":"t.jsonl","prompt":{"fewShot":{"count":2}}}""", "$.prompt.fewShot")]
    [InlineData("""{"task":"tool_calls","model":"m","metrics":["f1"]}""", "$.metrics[0].name")]
    [InlineData("""{"task":"generation","model":"m","metrics":["tool_calls"]}""", "$.metrics[0].name")]
    public void A_field_that_does_not_fit_is_refused(string spec, string path)
    {
        var problem = Assert.ThrowsAny<Exception>(() =>
        {
            var read = SpecReader.Read(spec, "evaluation.json");
            _ = new RowMeasurer(read);
        });

        Assert.Contains(path[2..], problem is OptionException option ? option.Path : problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_calls_is_read_as_its_calls()
    {
        var calls = ToolTurns.Check([new("get_weather", """{"city":"Oslo"}"""), new("book_table", "")]);

        var row = CallReading.Read(Empty("[]"), new ModelText("I look.", null), calls);

        Assert.Equal(Outcome.Scored, row.Outcome);
        Assert.Equal("""[{"arguments":{"city":"Oslo"},"name":"get_weather"},{"arguments":{},"name":"book_table"}]""", row.Prediction);
        Assert.Equal("I look.", row.Text);
        Assert.False(row.IsRight);
    }

    [Fact]
    public void Arguments_that_are_no_JSON_are_a_wrong_call_and_no_failure()
    {
        var row = CallReading.Read(Empty("[]"), new ModelText("", null), ToolTurns.Check([new("get_weather", "{\"city\":")]));

        Assert.Equal(Outcome.Scored, row.Outcome);
        Assert.Equal("""[{"arguments":"{\"city\":","name":"get_weather"}]""", row.Prediction);
        Assert.False(Assert.Single(row.ToolCalls!).IsJson);
    }

    [Theory]
    [InlineData("", null, null, "empty")]
    [InlineData("", "I think", null, "reasoning_only")]
    [InlineData("", null, "too_many_tool_calls", "too_many_tool_calls")]
    public void An_answer_that_is_neither_call_nor_text_is_unparsable(string text, string? reasoning, string? instead, string reason)
    {
        var row = CallReading.Read(Empty("\"Hi.\""), new ModelText(text, reasoning), [], instead);

        Assert.Equal((Outcome.Unparsable, reason), (row.Outcome, row.Reason));
        Assert.False(row.IsRight);
    }

    [Fact]
    public void An_answer_of_too_many_calls_is_unparsable()
    {
        var calls = ToolTurns.Check([.. Enumerable.Repeat(new ToolCall("f", "{}"), 65)]);

        Assert.Equal(Outcome.Unparsable, CallReading.Read(Empty("[]"), new ModelText("", null), calls).Outcome);
    }

    [Fact]
    public void Any_text_is_right_where_no_tool_is_to_be_called() =>
        Assert.True(CallReading.Read(Empty("\"Hello.\""), new ModelText("Good morning.", null), []).IsRight);

    /// <summary>What a run logs gives the same numbers offline.</summary>
    [Fact]
    public void A_logged_answer_is_read_as_it_was_logged()
    {
        var calls = ToolTurns.Check([new("get_weather", """{"city":"Oslo","x":1}"""), new("invented", "oops")]);
        var row = CallReading.Read(Empty("""[{"arguments":{"city":"Oslo"},"name":"get_weather"}]"""), new ModelText("", null), calls);

        var read = new PredictionReader(Spec).Read(JsonSerializer.Serialize(row, JsonSerializerOptions.Web), 1)!.Candidate;

        Assert.Equal(row.Prediction, read.Prediction);
        Assert.Equal(row.References, read.References);
        Assert.Equal(JsonSerializer.Serialize(row.ToolCalls), JsonSerializer.Serialize(read.ToolCalls));
        var measurer = new RowMeasurer(Spec);
        Assert.Equal(measurer.Measure(row), measurer.Measure(read));
    }

    [Theory]
    [InlineData(
        """{"reference_tool_calls":["fly"],"reference_tool_args":[{"height":1}],"tool_calls":[{"id":"1","type":"function","function":{"name":"fly","arguments":"{\"height\":1}"}}]}""",
        null
    )]
    [InlineData(
        """{"expected_output":{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"fly","arguments":"{}"}}]},"sample":{"output_tools":[{"type":"function","function":{"name":"fly","arguments":"{}"}}]}}""",
        null
    )]
    [InlineData("""{"expected":"Hi.","text":"Hello."}""", null)]
    [InlineData($$"""{"reference_tool_calls":["fly"],"function_call":{"name":"fly","arguments":"{\"height\":1}"},{{Tools}}}""", true)]
    public void An_answer_of_any_tool_is_scored_offline(string line, bool? isValid)
    {
        var row = new PredictionReader(Spec).Read(line, 1)!.Candidate;

        Assert.True(row.IsRight, row.Reason);
        Assert.Equal(isValid, row.ToolCalls is [var call, ..] ? call.IsValid : null);
    }

    [Theory]
    [InlineData("""{"expected":"Hi.","toolCalls":[{"name":null}]}""")]
    [InlineData("""{"expected":"Hi.","tool_calls":3}""")]
    [InlineData("""{"expected":"Hi."}""")]
    public void An_offline_answer_in_another_form_is_refused(string line) =>
        Assert.Throws<PredictionException>(() => new PredictionReader(Spec).Read(line, 1));

    private static EvaluatedSample Empty(string reference) =>
        new()
        {
            Id = "1",
            Ordinal = 0,
            Line = 1,
            Offset = 0,
            Outcome = Outcome.Scored,
            References = [reference],
        };
}
