using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Tests.Fuzzing;

/// <summary>
/// A template is refused, renders, or fails on the row by the one exception that says so; whatever it is, it takes no more memory than is
/// stated.
/// </summary>
public sealed class TemplateFuzzTests
{
    /// <summary>What a rendering may read, in UTF-16, copied twice.</summary>
    private const long AllocatedBytes = 2 * sizeof(char) * PromptContext.MaxRead;

    private static readonly string[] Filters = [.. PromptTemplate.Options.Filters.Select(filter => filter.Key)];

    private static readonly string[] Values =
    [
        "input",
        "row",
        "n",
        "a",
        "b",
        "list",
        "row.list",
        "list[0]",
        "list[n]",
        "meta",
        "meta.x",
        "messages",
        "tags",
        "text",
        "'a,b,c'",
        "''",
        "' '",
        "'x'",
        "1",
        "0",
        "-1",
        "2.5",
        "79228162514264337593543950335",
        "99999999999",
        "-2147483648",
        "(1..3)",
        "(1..n)",
        "(0..99999999999)",
        "nil",
        "true",
        "empty",
        "'%Y-%d'",
        "'%999999d'",
        "'N2'",
        "'N99999'",
        "'{0}'",
        "'{0,9999}'",
        "'2024-02-30'",
        "'1.1.2024'",
        "'now'",
        "'UTC'",
        "'../etc'",
        "'YQ=='",
        "row[text]",
        "row[row]",
        "forloop.index",
        "forloop",
        "a.b.c",
    ];

    private static readonly string[] Tags =
    [
        "{% if ",
        "{% unless ",
        "{% case ",
        "{% for i in ",
        "{% tablerow i in ",
        "{% assign a = ",
        "{% assign b = ",
        "{% capture a %}",
        "{% cycle ",
        "{% increment a %}",
        "{% decrement n %}",
        "{% ifchanged %}",
        "{% comment %}",
        "{% raw %}",
        "{% echo ",
        "{% liquid\n echo ",
        "{% else %}",
        "{% elsif ",
        "{% when ",
        "{% break %}",
        "{% continue %}",
        "{% endif %}",
        "{% endunless %}",
        "{% endcase %}",
        "{% endfor %}",
        "{% endtablerow %}",
        "{% endcapture %}",
        "{% endifchanged %}",
        "{% endcomment %}",
        "{% endraw %}",
        "{{ ",
        "{{- ",
        " }}",
        " -}}",
        "%}",
        "{%",
    ];

    private static readonly Sample[] Rows =
    [
        Row(
            """{"n":3,"text":"a<b>&\"é漢😀 x","list":[1,"b",[2,[3]],{"x":1},null,2.5,true],"meta":{"x":{"y":[1]}}}""",
            "short input, with words"
        ),
        Row("""{"n":99999999999,"text":"","list":[],"meta":null}""", new string('a', 100_000)),
        Row(
            $$"""{"n":-1,"text":"%-9-9-9d{0,99}","list":[{{string.Join(',', Enumerable.Range(0, 5_000))}}],"meta":[[[[1]]]]}""",
            string.Concat(Enumerable.Repeat("a <script\r\n", 9_000))
        ),
    ];

    [Fact]
    public void Templates_of_any_parts_end_in_a_text_or_a_documented_error() =>
        Fuzz.Run(
            1_000,
            AllocatedBytes,
            random =>
            {
                var template = new StringBuilder();
                for (var parts = random.Next(1, 8); parts > 0; parts--)
                {
                    Statement(random, template, depth: random.Next(4));
                }

                Render(template.ToString(), Pick(random, Rows));
            }
        );

    [Fact]
    public void Templates_of_broken_parts_end_in_a_text_or_a_documented_error() =>
        Fuzz.Run(
            2_000,
            AllocatedBytes,
            random =>
            {
                var template = new StringBuilder();
                for (var parts = random.Next(1, 30); parts > 0; parts--)
                {
                    template.Append(
                        random.Next(4) switch
                        {
                            0 => Pick(random, Tags),
                            1 => Pick(random, Values) + " ",
                            2 => "| " + Pick(random, Filters) + (random.Next(2) == 0 ? ": " : " "),
                            _ => Pick(
                                random,
                                [
                                    "[",
                                    "]",
                                    "(",
                                    ")",
                                    "..",
                                    ".",
                                    ",",
                                    ":",
                                    "==",
                                    " contains ",
                                    " or ",
                                    " and ",
                                    "limit:",
                                    "offset:",
                                    "reversed",
                                    "cols:",
                                    "\"",
                                    "'",
                                    "-",
                                    "\n",
                                    "\0",
                                    "\ud800",
                                    "x",
                                ]
                            ),
                        }
                    );
                }

                Render(template.ToString(), Pick(random, Rows));
            }
        );

    private static void Statement(Random random, StringBuilder template, int depth)
    {
        var value = Value(random);
        if (depth == 0)
        {
            template.Append(
                random.Next(3) switch
                {
                    0 => $"{{{{ {Filtered(random, value)} }}}}",
                    1 => $"{{% assign {Pick(random, ["a", "b"])} = {Filtered(random, value)} %}}",
                    _ => "some text ",
                }
            );
            return;
        }

        var (open, close) = random.Next(8) switch
        {
            0 => (
                $"{{% if {value} {Pick(random, ["==", "!=", "<", ">=", "contains", "startswith", "endswith", "or", "and"])} {Value(random)} %}}",
                "{% endif %}"
            ),
            1 => ($"{{% unless {value} %}}", "{% else %}x{% endunless %}"),
            2 => (
                $"{{% for i in {value} {Pick(random, ["", "reversed", $"limit: {Value(random)}", $"offset: {Value(random)}"])} %}}",
                "{% endfor %}"
            ),
            3 => ($"{{% tablerow i in {value} cols: {Value(random)} %}}", "{% endtablerow %}"),
            4 => ($"{{% case {value} %}}{{% when {Value(random)}, {Value(random)} %}}", "{% endcase %}"),
            5 => ("{% capture a %}", "{% endcapture %}"),
            6 => ("{% ifchanged %}", "{% endifchanged %}"),
            _ => ("{% for i in (1..9) %}", $"{{% cycle {Value(random)}, {Value(random)} %}}{{% endfor %}}"),
        };
        template.Append(open);
        for (var statements = random.Next(1, 4); statements > 0; statements--)
        {
            Statement(random, template, depth - 1);
        }

        template.Append(close);
    }

    private static string Filtered(Random random, string value)
    {
        for (var filters = random.Next(5); filters > 0; filters--)
        {
            var arguments = string.Join(", ", Enumerable.Range(0, random.Next(3)).Select(_ => Value(random)));
            value += $" | {Pick(random, Filters)}{(arguments.Length > 0 ? ": " + arguments : "")}";
        }

        return value;
    }

    private static string Value(Random random) => Pick(random, Values);

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static Sample Pick(Random random, Sample[] from) => from[random.Next(from.Length)];

    private static void Render(string template, Sample row)
    {
        if (!PromptTemplate.TryParse(template, out var parsed, out _))
        {
            return;
        }

        try
        {
            Assert.InRange(parsed.Render(PromptRenderer.CreateContext(row)).Length, 0, PromptTemplate.MaxCharacters);
        }
        catch (PromptException)
        {
            // The documented end of a template that does not fit a row.
        }
    }

    private static Sample Row(string fields, string input) =>
        new()
        {
            Id = "1",
            Offset = 0,
            Input = input,
            References = ["r"],
            Messages = [new ChatMessage("user", "u")],
            Fields = JsonSerializer.Deserialize<JsonElement>(fields),
        };
}
