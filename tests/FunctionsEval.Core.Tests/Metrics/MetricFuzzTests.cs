using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tests.Fuzzing;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Every text metric takes any text: halves of surrogate pairs, marks without a letter, line ends of all kinds.</summary>
public sealed class MetricFuzzTests
{
    private static readonly string[] Pieces =
    [
        "the ",
        "cat",
        " sat",
        "\n",
        "\r\n",
        "\u2028",
        " ",
        "\u00a0",
        "\u3000",
        "&quot;",
        "&amp;lt;",
        "<skipped>",
        "-\n",
        "1,234.5",
        "3.",
        ".",
        "!",
        "…",
        "猫",
        "แมว",
        "ß",
        "ẞ",
        "İ",
        "ΣΑΣ",
        "e\u0301",
        "\u0301",
        "\u200d",
        "\ufeff",
        "\ud83d",
        "\ude00",
        "😀",
        "👩‍👩‍👧",
        "\0",
        "a",
        "b",
        "ies",
        "ying",
        "\u0e33",
        "〆",
        "，",
        "(",
        ")",
        "a\u0000b",
        "\u202e",
    ];

    private static readonly IReadOnlyList<Metric> TextMetrics = MetricCatalog.Create(
        GenerationTask.Instance,
        [
            .. new[] { "13a", "intl", "zh", "char", "none" }.Select(name => Spec("bleu", $"bleu_{name}_", ("tokenize", name))),
            .. new[] { "default", "13a", "intl", "zh", "char", "none" }.Select(name =>
                Spec("rouge", $"rouge_{name}_", ("tokenizer", name), ("rouge_types", new[] { "rouge1", "rouge9", "rougeL", "rougeLsum" }))
            ),
            Spec("rouge", "stem_", ("use_stemmer", true)),
            Spec("chrf", "chrf_", ("word_order", 2)),
            Spec("chrf", "chrf_eps_", ("char_order", 20), ("eps_smoothing", true), ("lowercase", true)),
            Spec("ter", "ter_", ("normalized", true), ("no_punct", true), ("asian_support", true)),
            Spec("ter", "ter_plain_"),
            Spec("squad", "v1_"),
            Spec("squad", "v2_", ("version", "v2")),
            Spec("wer", "wer_"),
            Spec("cer", "cer_"),
            Spec("contains", "contains_", ("ignore_case", true)),
            Spec(
                "exact_match",
                "em_",
                ("ignore_case", true),
                ("ignore_punctuation", true),
                ("ignore_numbers", true),
                ("ignore_articles", true),
                ("ignore_whitespace", true)
            ),
        ],
        new MetricSettings()
    );

    [Fact]
    public void Any_text_is_measured_and_a_text_is_as_good_as_itself() =>
        Fuzz.Run(
            400,
            80_000_000,
            random =>
            {
                var reference = Text(random);
                var answer = random.Next(4) == 0 ? reference : Text(random);
                foreach (var metric in TextMetrics)
                {
                    var values = Values(metric, reference, answer);

                    Assert.All(
                        metric.Values,
                        value =>
                            Assert.True(
                                double.IsNaN(values[value.Name])
                                    || (values[value.Name] >= value.Minimum && values[value.Name] <= value.Maximum + 1e-9),
                                value.Name
                            )
                    );
                    if (answer == reference && metric.Name is ("wer" or "cer" or "ter"))
                    {
                        Assert.All(metric.Values, value => Assert.Equal(0, values[value.Name]));
                    }
                }
            }
        );

    private static Dictionary<string, double> Values(Metric metric, string reference, string answer) =>
        Samples.Values(
            metric,
            new MetricSample
            {
                References = [reference],
                Prediction = answer,
                LenientPrediction = answer,
            }
        );

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var pieces = random.Next(40); pieces > 0; pieces--)
        {
            text.Append(random.Next(8) == 0 ? ((char)random.Next(0x10000)).ToString() : Pieces[random.Next(Pieces.Length)]);
        }

        return text.ToString();
    }

    private static MetricSpec Spec(string name, string prefix, params (string Name, object Value)[] options) =>
        new()
        {
            Name = name,
            Options = options
                .Append(("prefix", prefix))
                .ToDictionary(option => option.Item1, option => JsonSerializer.SerializeToElement(option.Item2)),
        };
}
