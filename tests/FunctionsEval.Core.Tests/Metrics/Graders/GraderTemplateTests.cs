using System.Text.Json;
using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders.Platform;

namespace FunctionsEval.Core.Tests.Metrics.Graders;

public sealed class GraderTemplateTests
{
    private const string Row =
        """{"messages":[],"solution":"42","nested":{"list":[1,{"x":"deep"}],"dotted.name":"d"},"flag":true,"nothing":null}""";

    [Theory]
    [InlineData("{{item.solution}}", "42")]
    [InlineData("{{ item.solution }}|{{sample.output_text}}", "42|{\"expression\":\"1 + 1\",\"steps\":[1,2]}")]
    [InlineData("{{item.nested.list[1].x}}", "deep")]
    [InlineData("{{item.nested['dotted.name']}}", "d")]
    [InlineData("{{item.nested.list}}", """[1,{"x":"deep"}]""")]
    [InlineData("{{item.flag}}", "true")]
    [InlineData("{\"a\": {{item.solution}}}", "{\"a\": 42}")]
    [InlineData("{{sample.output_json.expression}}", "1 + 1")]
    [InlineData("{{sample.output_json.steps[1]}}", "2")]
    [InlineData("{{sample.output_tools[0].function.name}}({{sample.output_tools[0].function.arguments}})", """look_up({"q":1})""")]
    [InlineData("{{sample.choices[0].message.role}}", "assistant")]
    [InlineData("{{sample.choices[0].message.tool_calls[0].type}}", "function")]
    [InlineData("no variable, {single}, { { spaced } }", "no variable, {single}, { { spaced } }")]
    public void Variables_are_replaced_and_everything_else_stays(string template, string expected) =>
        Assert.Equal(expected, Parse(template).Render(Answer(Row)));

    [Fact]
    public void Item_of_an_evaluation_row_is_its_item() =>
        Assert.Equal("inner", Parse("{{item.a}}").Render(Answer("""{"item":{"a":"inner"},"a":"outer"}""")));

    [Theory]
    [InlineData("{{item.missing}}", false)]
    [InlineData("{{item.nothing}}", false)]
    [InlineData("{{item.nested.list[9]}}", false)]
    [InlineData("{{sample.output_json.missing}}", true)]
    [InlineData("{{sample.output_tools[1].function.name}}", true)]
    public void What_there_is_not_is_told_with_whose_fault_it_is(string template, bool isOfAnswer)
    {
        var missing = Assert.Throws<MissingVariableException>(() => Parse(template).Render(Answer(Row)));

        Assert.Equal(isOfAnswer, missing.IsOfAnswer);
        Assert.Equal($"There is no {template[2..^2]}.", missing.Message);
        Assert.Equal("", Parse(template).RenderRow(Answer(Row)));
    }

    /// <summary>JSON that a text cannot be made of, or that is deeper than the app reads, is none; no answer stops a run.</summary>
    [Theory]
    [InlineData("""{"x":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("65")]
    public void Answer_of_half_a_character_or_too_deep_has_no_output_json(string text)
    {
        text = text == "65" ? Nested(65) : text;
        Assert.True(Assert.Throws<MissingVariableException>(() => Parse("{{sample.output_json}}").Render(Answer(Row, text))).IsOfAnswer);
        Assert.Equal(text, Parse("{{sample.output_text}}").Render(Answer(Row, text)));
        Assert.Equal(Nested(64), Parse("{{sample.output_json}}").Render(Answer(Row, Nested(64))));

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    [Theory]
    [InlineData("Answer: {\"a\": 1}")]
    [InlineData("```json\n{\"a\": 1}\n```")]
    [InlineData("{\"a\": 1} {\"a\": 2}")]
    [InlineData("{\"a\": \"\\ud800\"}")]
    [InlineData("{\"\\ud800\": 1}")]
    [InlineData("")]
    public void Answer_that_is_not_only_JSON_has_no_output_json(string text) =>
        Assert.True(Assert.Throws<MissingVariableException>(() => Parse("{{sample.output_json}}").Render(Answer(Row, text))).IsOfAnswer);

    [Fact]
    public void Json_of_an_answer_may_be_64_deep()
    {
        var template = Parse("{{sample.output_json[0]}}");

        Assert.Equal(Nested(63), template.Render(Answer(Row, Nested(64))));
        Assert.Throws<MissingVariableException>(() => template.Render(Answer(Row, Nested(65))));

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    /// <summary>Whatever a model writes, its answer is graded.</summary>
    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1,"a":2}""")]
    [InlineData("""["\ud800"]""")]
    public void Answer_with_half_a_character_has_no_output_json(string text)
    {
        Assert.Throws<MissingVariableException>(() => Parse("{{sample.output_json}}").Render(Answer(Row, text)));
        Assert.NotEmpty(Parse("{{sample.choices}}").Render(Answer(Row, text)));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(100_000)]
    public void Answer_of_any_depth_is_graded(int depth)
    {
        var text = new string('[', depth) + new string(']', depth);

        Assert.Equal(depth <= 64 ? text : "", Parse("{{sample.output_json}}").RenderRow(Answer(Row, text)));
        Assert.Contains(text, Parse("{{sample.choices}}").Render(Answer(Row, text)), StringComparison.Ordinal);
    }

    [Fact]
    public void Row_and_answer_write_the_same_value_alike()
    {
        const string Value = """{ "city": "Z\u00fcrich", "said": "\"<b>\"", "list": [1.50, null] }""";

        var rendered = Parse("{{item.value}}|{{sample.output_json}}").Render(Answer($$"""{"value":{{Value}}}""", Value)).Split('|');

        Assert.Equal("""{"city":"Zürich","said":"\"<b>\"","list":[1.50,null]}""", rendered[0]);
        Assert.Equal(rendered[0], rendered[1]);
    }

    [Theory]
    [InlineData("{{item}}", "item")]
    [InlineData("{{item.}}", "item.")]
    [InlineData("{{sample.reasoning}}", "sample.reasoning")]
    [InlineData("{{ item.a | upcase }}", "item.a | upcase")]
    [InlineData("{{ env.SECRET }}", "env.SECRET")]
    [InlineData("{{}}", "")]
    public void What_is_no_variable_is_refused(string template, string unknown)
    {
        Assert.Null(GraderTemplate.TryParse(template, out var told));
        Assert.Equal(unknown, told);
    }

    /// <summary>What an answer or a row holds is never read as a template.</summary>
    [Fact]
    public void Values_are_not_templates()
    {
        var row = JsonSerializer.Serialize(new { solution = "{{sample.output_text}}" });

        Assert.Equal(
            "{{sample.output_text}}{{item.solution}}",
            Parse("{{item.solution}}{{sample.output_text}}").Render(Answer(row, "{{item.solution}}"))
        );
    }

    [Fact]
    public void Any_text_is_a_template_or_refused() =>
        Gen.String[Gen.Char["{}.[]'0 aeitmsl"], 0, 40]
            .Sample(text =>
            {
                var template = GraderTemplate.TryParse($"{text}{{{{item.a}}}}", out var unknown);
                return template is null
                    ? unknown is not null
                    : template.RenderRow(Answer("""{"a":1}""")).EndsWith('1') || text.Contains("{{", StringComparison.Ordinal);
            });

    private static GraderTemplate Parse(string template)
    {
        var parsed = GraderTemplate.TryParse(template, out var unknown);
        Assert.True(parsed is not null, unknown);
        return parsed;
    }

    private static GradedAnswer Answer(string row, string text = """{"expression":"1 + 1","steps":[1,2]}""") =>
        new(
            new Sample
            {
                Id = "s",
                Offset = 0,
                References = [],
                Fields = JsonDocument.Parse(row).RootElement,
            },
            text,
            [new AnsweredCall("look_up", """{"q":1}""")]
        );
}
