using System.Text;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Fuzzing;

/// <summary>
/// A spec is read, or refused by the one exception that says where; what was read is kept in a form that reads as the same.
/// </summary>
public sealed class SpecFuzzTests
{
    private const long AllocatedBytes = 32 << 20;

    private const string Json = """
        {
          // comment
          "task": "classification", "model": "m", "baseline": "b", "labels": ["a", "b", "c"], "positiveLabel": "a", "trainingFile": "train.jsonl",
          "prompt": { "system": "Be {{ tags.x }}.", "user": "{% for m in messages %}{{ m.content | strip }}{% endfor %}", "fewShot": { "count": 2, "seed": 1 } },
          "parsing": { "method": "regex", "pattern": "answer: (\\w+)", "ignoreCase": true, "aliases": { "x": "a" } },
          "sampling": { "temperature": 0.5, "maxOutputTokens": 8, "stop": ["\n"], "logProbabilities": true },
          "columns": { "input": "i", "tags": ["t"] },
          "metrics": ["accuracy", { "name": "f1", "beta": 0.5, "labels": ["a"] }, { "name": "judge", "model": "j", "scale": [1, 5], "rubric": "{{ answer }} {{ reference }}" }],
          "slices": ["t"], "intervals": { "level": 0.9, "replicates": 100 }, "repeats": 2,
          "gate": { "rules": [{ "metric": "accuracy", "minimum": 0.5, "slice": "t=de" }, { "minimumCoverage": 0.9 }] },
          "limits": { "deadline": "PT6H", "maxRows": 10, "maxCost": 1.5 }, "notify": { "queue": true }, "onFineTune": { "baseModel": "gpt*" },
        }
        """;

    private const string Yaml = """
        %YAML 1.2
        ---
        # comment
        task: classification
        model: m
        labels: [yes, no, "null", '7']
        prompt:
          system: |
            Answer with one word.
          user: >-
            {{ input }}
        parsing: { method: label, aliases: { "y": yes } }
        metrics:
        - accuracy
        - name: f1
          beta: 1e-2
        gate:
          rules:
          - metric: accuracy
            minimum: .5
        ...
        """;

    private static readonly string[] PatternPieces =
    [
        "a",
        "b",
        ".",
        "(",
        ")",
        "(?:",
        "(?=",
        "(?<!",
        "(?<n>",
        @"\1",
        @"\k<n>",
        "*",
        "+",
        "?",
        "{2,9}",
        "{0,99}",
        "{99999}",
        "*?",
        "|",
        "^",
        "$",
        @"\b",
        @"\w+",
        @"\s*",
        "[a-z]",
        "[^a]",
        "[a-z-[b]]",
        @"\p{L}",
        @"\p{Xx}",
        "(?i)",
        "(?#",
        "(?>",
        "[",
        "]",
        "\\",
        "(?(1)a|b)",
    ];

    private static readonly string[] AnswerPieces =
    [
        "a",
        "b",
        "aaaaaaaa",
        " ",
        "answer: ",
        "\n",
        "{",
        "\"f\": ",
        "}",
        "A",
        "1",
        "😀",
        "\ud800",
    ];

    private static readonly string[] Words =
    [
        "*a",
        "&a ",
        "<<: *a",
        "<<: {a: b}",
        "!!str ",
        "!<tag:x>",
        "!!s[",
        "%TAG ! tag:x\n",
        "---\n",
        "...\n",
        "- ",
        "? ",
        ": ",
        "| ",
        ">+9\n",
        "@",
        "`",
        "\"\\ud800\"",
        "'\\ud800'",
        "\"\\U00110000\"",
        "\"\\uDFFF\\uD800\"",
        "\t",
        "\u0085",
        "\u2028",
        "\uFEFF",
        "\0",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\"",
        "'",
        "\\",
        "1e999",
        "-0",
        "0x1F",
        ".inf",
        "9999999999999999999999",
        "null",
        "~",
        "true",
        "\"a\":",
        "\"a\":1,\"a\":2,",
        "\"labels\":",
        "\"prompt\":",
        "\"metrics\":",
        "{\"name\":\"exact_match\",\"regexes_to_ignore\":[\"(\"]},",
        "{% if a %}",
        "{{ a | ",
        "[[[[[[[[",
        "((((((((",
        "(a+)+",
        "{1,99999}",
        "P1Y",
        "PT99999999999999999999S",
        "99999999.00:00:00",
        "/*",
        "*/",
        "//",
        "\"$schema\":",
        "😀",
    ];

    [Theory]
    [InlineData("evaluation.json")]
    [InlineData("evaluation.yaml")]
    public void Spec_of_any_bytes_is_read_or_refused(string name) =>
        Fuzz.Run(
            3_000,
            AllocatedBytes,
            random =>
            {
                var isYaml = name.EndsWith("yaml", StringComparison.Ordinal);
                var seed = random.Next(8) == 0 ? [] : Encoding.UTF8.GetBytes(isYaml && random.Next(4) > 0 ? Yaml : Json);
                Read(Fuzz.Mutated(random, seed, Words), name);
            }
        );

    [Fact]
    public void Spec_with_any_pattern_is_read_or_refused_and_reads_any_answer() =>
        Fuzz.Run(
            2_000,
            1 << 30,
            random =>
            {
                var pattern = Joined(random, random.Next(1, 12), PatternPieces);
                var answer = Joined(random, random.Next(40), AnswerPieces);
                var spec = new EvaluationSpec
                {
                    Task = ClassificationTask.Instance,
                    Model = "m",
                    Labels = ["a", "b"],
                    Parsing = new ParsingSpec { Method = ParsingMethod.Regex, Pattern = pattern },
                };
                if (Read(Encoding.UTF8.GetBytes(SpecReader.Canonical(spec)), "evaluation.json") is { } read)
                {
                    var parser = read.CreateParser();
                    parser.Parse(answer);
                    parser.ParseLeniently(answer);
                    parser.FindLabelLead(answer);
                    AnswerPattern.Remove(AnswerPattern.Compile(pattern), answer);
                }
            }
        );

    private static string Joined(Random random, int count, string[] pieces) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => pieces[random.Next(pieces.Length)]));

    /// <summary>Reads a spec and all that it asks for.</summary>
    private static EvaluationSpec? Read(byte[] text, string name)
    {
        try
        {
            var spec = SpecReader.Read(text, name);
            var canonical = SpecReader.Canonical(spec);
            Assert.Equal(
                canonical,
                SpecReader.Canonical(SpecReader.ReadCanonical(Encoding.UTF8.GetBytes(canonical), "runs/ev-1/spec.json"))
            );
            MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings);
            return spec;
        }
        catch (SpecException refused)
        {
            Assert.InRange(refused.Message.Length, 1, 2_000);
            return null;
        }
        catch (OptionException refused)
        {
            Assert.InRange(refused.Message.Length, 1, 2_000);
            return null;
        }
    }
}
