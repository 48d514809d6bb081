using System.Runtime.CompilerServices;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Prompts;

/// <summary>No template overflows the stack, fills the memory, or fails other than as an error of the spec or the row.</summary>
public sealed class TemplateBoundTests
{
    private static readonly Sample Row = new()
    {
        Id = "1",
        Offset = 0,
        Input = new string('x', 1_000_000),
        References = ["r"],
        Messages = [],
        Tags = new Dictionary<string, string>(),
        Fields = JsonSerializer.Deserialize<JsonElement>(
            """{"n":3,"nothing":[],"bad":"no number, secretword","list":[{"a":1},{"a":2},3,[4]],"culture":"xx-secretword"}"""
        ),
    };

    /// <summary>Each is a text that the parser, or who visits or renders what it has parsed, would descend into without end.</summary>
    public static TheoryData<string, int> Deep()
    {
        var data = new TheoryData<string, int>();
        foreach (
            var shape in new[]
            {
                "if",
                "unless",
                "for",
                "case",
                "capture",
                "ifchanged",
                "tablerow",
                "liquid",
                "index",
                "member index",
                "bracket",
                "parenthesis",
                "range",
                "filter",
                "filter argument",
                "or",
                "and",
            }
        )
        {
            data.Add(shape, 200);
            data.Add(shape, 3_000);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Deep))]
    public void Template_that_nests_without_end_is_refused_wherever_a_spec_has_one(string shape, int depth)
    {
        var template = Nested(shape, depth);

        Assert.False(PromptTemplate.TryParse(template, out _, out var error));
        Assert.InRange(error.Length, 1, 250);
        var json = JsonSerializer.Serialize(template);
        foreach (var field in new[] { "system", "user" })
        {
            var invalid = Assert.Throws<SpecException>(() =>
                SpecReader.Read($$"""{"task":"generation","model":"m","prompt":{"{{field}}":{{json}} } }""", "evaluation.json")
            );
            Assert.Equal($"$.prompt.{field}", invalid.Path);
        }

        var judge = new MetricSpec
        {
            Name = "judge",
            Options = new Dictionary<string, JsonElement>
            {
                ["model"] = JsonSerializer.SerializeToElement("m"),
                ["scale"] = JsonSerializer.SerializeToElement(new[] { 1, 5 }),
                ["rubric"] = JsonSerializer.SerializeToElement(template),
            },
        };
        Assert.Contains(
            "rubric",
            Assert.Throws<OptionException>(() => MetricCatalog.Create(GenerationTask.Instance, [judge], new MetricSettings())).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("if")]
    [InlineData("for")]
    [InlineData("index")]
    [InlineData("filter")]
    [InlineData("or")]
    public void Template_that_nests_as_far_as_is_allowed_renders_on_the_smallest_default_stack(string shape)
    {
        var depth = 0;
        while (PromptTemplate.TryParse(Nested(shape, depth + 1), out _, out _))
        {
            depth++;
        }

        Assert.InRange(depth, 30, 100);
        Exception? fault = null;
        var thread = new Thread(() => fault = Record.Exception(() => Render(Nested(shape, depth))), maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }

    [Fact]
    public void Parser_on_a_stack_that_is_almost_used_up_refuses_instead_of_overflowing_it()
    {
        var isParsed = true;
        var thread = new Thread(() => isParsed = ParseAtTheEnd(depth: 0), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.False(isParsed);

        static bool ParseAtTheEnd(int depth) =>
            RuntimeHelpers.TryEnsureSufficientExecutionStack()
                ? ParseAtTheEnd(depth + 1) && depth >= 0
                : PromptTemplate.TryParse(Nested("if", 90), out _, out _);
    }

    [Fact]
    public void Template_of_64_Ki_characters_is_read_and_a_longer_one_refused()
    {
        Assert.True(PromptTemplate.TryParse(new string('x', 64 * 1024), out _, out _));
        Assert.False(PromptTemplate.TryParse(new string('x', (64 * 1024) + 1), out _, out var error));
        Assert.Contains("65536", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("['a'][ ")]
    [InlineData("a[b][ ")]
    [InlineData("[a.b ")]
    [InlineData("(1..a[ ")]
    public void Template_that_would_have_the_parser_try_again_and_again_is_refused_soon(string part) =>
        Assert.False(PromptTemplate.TryParse("{{ " + string.Concat(Enumerable.Repeat(part, 90)) + " }}", out _, out _));

    [Theory]
    [InlineData("""{{ 1 | format_number: "N400000000" | size }}""")]
    [InlineData("""{{ 1 | format_number: "D999999999" | size }}""")]
    [InlineData("""{{ "{0,999999}" | format_string: 1 | size }}""")]
    [InlineData("""{{ "{0:N400000000}" | format_string: 1 | size }}""")]
    [InlineData("""{{ "2024-01-01" | date: "%2000000000d" | size }}""")]
    [InlineData("""{{ "2024-01-01" | date: "%999999999t" | size }}""")]
    [InlineData("""{% assign a = input %}{% for i in (1..9) %}{% assign a = a | append: a %}{% endfor %}""")]
    [InlineData("""{{ input | append: input | append: input | append: input | append: input | size }}""")]
    [InlineData("""{{ input | prepend: input | prepend: input | prepend: input | prepend: input | size }}""")]
    [InlineData("""{{ input | replace: "x", input | size }}""")]
    [InlineData("""{{ input | replace: "", "xxxxxxxxxxxx" | size }}""")]
    [InlineData("""{{ input | split: "" | size }}""")]
    [InlineData("""{{ input | replace: "x", "x " | split: " " | size }}""")]
    [InlineData("""{{ input | reverse | size }}""")]
    [InlineData("""{% assign a = "a b" | split: " " %}{{ a | concat: a | join: input | append: input | append: input | size }}""")]
    [InlineData("""{% assign a = input | split: "z" %}{% for i in (1..30) %}{% assign a = a | concat: a %}{% endfor %}{{ a | size }}""")]
    [InlineData(
        """{% assign a = input | split: "z" %}{% for i in (1..8) %}{% assign a = a | concat: a %}{% endfor %}{% if "x" == a %}{% endif %}"""
    )]
    [InlineData("""{% capture a %}{% for i in (1..5000) %}{{ input }}{% endfor %}{% endcapture %}""")]
    [InlineData("""{% ifchanged %}{% for i in (1..5000) %}{{ input }}{% endfor %}{% endifchanged %}""")]
    [InlineData("""{% for i in (1..100) %}{% capture a %}{{ input }}{% endcapture %}{% endfor %}""")]
    [InlineData("""{{ input | url_encode | url_encode | append: input | append: input | append: input | append: input }}""")]
    [InlineData("""{{ (1..1000000000) | size }}""")]
    [InlineData("""{{ list[(1..1000000000)] }}""")]
    [InlineData("""{% if (1..1000000000) contains 1 %}{% endif %}""")]
    [InlineData("""{% for i in (1..1000000000) %}{% endfor %}""")]
    [InlineData("""{% tablerow i in (1..1000000000) %}{% endtablerow %}""")]
    [InlineData("""{% case (1..1000000000) %}{% when 1 %}{% endcase %}""")]
    [InlineData("""{% if (1..1000000000) == list %}{% endif %}""")]
    [InlineData("""{{ input | handle }}""")]
    [InlineData("""{{ input | handleize }}""")]
    public void Template_that_would_fill_the_memory_is_an_error_of_the_row_before_it_does(string template)
    {
        Render("{{ n }}");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<PromptException>(() => Render(template));

        // Twice what a rendering may write, in UTF-16, and what its texts are copied into.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * sizeof(char) * PromptContext.MaxWritten);
    }

    /// <summary>None of these takes more than one step, or writes anything: what is bounded is what they read.</summary>
    [Theory]
    [InlineData("{% if big == row.big %}{% endif %}")]
    [InlineData("{% if big != big %}{% endif %}")]
    [InlineData("{% case big %}{% when row.big %}{% endcase %}")]
    [InlineData("{% for x in big limit: 1 %}{% endfor %}")]
    [InlineData("{% for x in big reversed %}{% break %}{% endfor %}")]
    [InlineData("{% tablerow x in big limit: 1 %}{% endtablerow %}")]
    [InlineData("{% assign x = 1 | default: big %}")]
    public void Template_that_reads_a_long_list_again_and_again_is_an_error_of_the_row_after_a_bounded_time(string part)
    {
        var row = Row with { Fields = JsonSerializer.SerializeToElement(new { big = Enumerable.Range(0, 100_000) }) };
        string Render(int times)
        {
            Assert.True(
                PromptTemplate.TryParse($"{{% for i in (1..{times}) %}}{part}{{% endfor %}}", out var parsed, out var error),
                error
            );
            return parsed.Render(PromptRenderer.CreateContext(row));
        }

        Render(times: 3);
        Assert.Contains("read more than", Assert.Throws<PromptException>(() => Render(times: 1_000)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ 1 | divided_by: 0 }}")]
    [InlineData("{{ 1 | modulo: 0 }}")]
    [InlineData("{{ 79228162514264337593543950335 | times: 10 }}")]
    [InlineData("{{ 79228162514264337593543950335 | plus: 1 }}")]
    [InlineData("{{ -79228162514264337593543950335 | minus: 1 }}")]
    [InlineData("{{ 1 | round: 99999999999 }}")]
    [InlineData("{{ 1 | round: 29 }}")]
    [InlineData("{{ input | truncate: 99999999999 }}")]
    [InlineData("{{ input | truncatewords: 99999999999 }}")]
    [InlineData("{{ input | slice: 99999999999 }}")]
    [InlineData("{{ input | slice: 0, 99999999999 }}")]
    [InlineData("{{ bad | base64_decode }}")]
    [InlineData("{{ 1 | format_number: 'Z' }}")]
    [InlineData("{{ 1 | format_number: 'N', culture }}")]
    [InlineData("{{ '{' | format_string: 1 }}")]
    [InlineData("{{ '{5}' | format_string: 1 }}")]
    [InlineData("{{ '{0}' | format_string: 1, culture: culture }}")]
    [InlineData("{{ '2024-01-01' | format_date: '%' }}")]
    [InlineData("{{ '2024-01-01' | format_date: 'd', culture }}")]
    [InlineData("{{ list | sort }}")]
    [InlineData("{{ list | sum: 'a' }}")]
    [InlineData("{{ list[99999999999] }}")]
    [InlineData("{% for i in (1..99999999999) %}{% endfor %}")]
    [InlineData("{% for i in (99999999999..99999999999) %}{% endfor %}")]
    [InlineData("{% for i in list limit: 99999999999 %}{% endfor %}")]
    [InlineData("{% for i in list offset: 99999999999 %}{% endfor %}")]
    [InlineData("{% tablerow i in list cols: 99999999999 %}{% endtablerow %}")]
    public void Template_that_asks_for_what_cannot_be_fails_as_an_error_of_the_row_or_not_at_all(string template)
    {
        try
        {
            Render(template);
        }
        catch (PromptException unusable)
        {
            Assert.DoesNotContain("secretword", unusable.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{{ 1 | divided_by: 0 }}", "divided_by")]
    [InlineData("{{ bad | base64_decode }}", "base64_decode")]
    [InlineData("{{ 1 | format_number: 'N', culture }}", "format_number")]
    public void Error_of_a_filter_names_the_filter(string template, string filter) =>
        Assert.Contains($"'{filter}'", Assert.Throws<PromptException>(() => Render(template)).Message, StringComparison.Ordinal);

    /// <summary>The values are Shopify's, or those that .NET's format strings are documented with.</summary>
    [Theory]
    [InlineData("{{ 7 | divided_by: 2 }}", "3")]
    [InlineData("{{ 1234.5 | format_number: 'N2' }}", "1,234.50")]
    [InlineData("{{ 1234.5 | format_number: '000000.00' }}", "001234.50")]
    [InlineData("{{ '{0,5}|{1:N1} in 20240101' | format_string: 1, 2 }}", "    1|2.0 in 20240101")]
    [InlineData("{{ '2024-03-05' | date: '%Y-%m-%d %e %010d' }}", "2024-03-05  5 0000000005")]
    [InlineData("{{ 'a,b,c' | split: ',' | reverse | join: '-' }}", "c-b-a")]
    [InlineData("{{ 'a b' | replace: ' ', '  ' | append: '!' }}", "a  b!")]
    [InlineData("{% capture a %}{{ n }}x{% endcapture %}{{ a }}{{ a }}", "3x3x")]
    [InlineData("{% for i in (1..4) %}{% ifchanged %}{{ i | divided_by: 2 }}{% endifchanged %}{% endfor %}", "012")]
    [InlineData("{% if input contains 'xx' and 'abc' contains 'b' %}yes{% endif %}", "yes")]
    [InlineData("{% unless 'abc' contains 'z' %}no{% endunless %}", "no")]
    [InlineData("{{ 'Hello World' | handleize }}", "hello-world")]
    [InlineData("{{ row.list[0].a }}{{ row.list[0].a }}", "11")]
    [InlineData("{% if list == row.list and n == 3 and input != 'x' and list != empty %}same{% endif %}", "same")]
    [InlineData(
        "{% case n %}{% when 1, 3 %}three{% else %}other{% endcase %}{% case list %}{% when row.list %}list{% endcase %}",
        "threelist"
    )]
    [InlineData(
        "{% for i in list limit: 1 %}{{ i.a }}{{ forloop.length }}{% endfor %}{% for i in list offset: continue %}+{% else %}none{% endfor %}{% for i in nothing %}{% else %}none{% endfor %}",
        "11+++none"
    )]
    [InlineData(
        "{% tablerow i in (1..2) cols: 2 %}{{ i }}{% endtablerow %}",
        "<tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2</td></tr>\n"
    )]
    public void Bounds_leave_ordinary_templates_as_they_are(string template, string expected) => Assert.Equal(expected, Render(template));

    private static string Render(string template)
    {
        Assert.True(PromptTemplate.TryParse(template, out var parsed, out var error), error);
        return parsed.Render(PromptRenderer.CreateContext(Row));
    }

    private static string Nested(string shape, int depth)
    {
        string Repeat(string text) => string.Concat(Enumerable.Repeat(text, depth));
        return shape switch
        {
            "for" => Repeat("{%for i in (1..1)%}") + Repeat("{%endfor%}"),
            "tablerow" => Repeat("{%tablerow i in (1..1)%}") + Repeat("{%endtablerow%}"),
            "case" => Repeat("{%case n%}{%when 3%}") + Repeat("{%endcase%}"),
            "capture" => Repeat("{%capture a%}") + Repeat("{%endcapture%}"),
            "ifchanged" => Repeat("{%ifchanged%}") + Repeat("{%endifchanged%}"),
            "liquid" => "{%liquid\n" + Repeat("if n\n") + Repeat("endif\n") + "%}",
            "index" => "{{" + Repeat("row[") + "'n'" + Repeat("]") + "}}",
            "member index" => "{{" + Repeat("row.list[") + "0" + Repeat("]") + "}}",
            "bracket" => "{{" + Repeat("[") + "'n'" + Repeat("]") + "}}",
            "parenthesis" => "{{" + Repeat("(") + "n" + Repeat(")") + "}}",
            "range" => "{{" + Repeat("(1..row[") + "1" + Repeat("])") + "}}",
            "filter" => "{{n" + Repeat("|raw") + "}}",
            "filter argument" => "{{n" + Repeat("|plus:row[") + "1" + Repeat("]") + "}}",
            "or" or "and" => "{%if n" + Repeat($" {shape} n") + "%}{%endif%}",
            _ => Repeat($"{{%{shape} n%}}") + Repeat($"{{%end{shape}%}}"),
        };
    }
}
