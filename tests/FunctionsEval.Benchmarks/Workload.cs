using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Benchmarks;

/// <summary>A metric as a spec asks for it, samples for it, and the reference tool's rate.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Task">The task.</param>
/// <param name="Metrics">The metrics, as in a spec.</param>
/// <param name="Tokens">Words a side; 1 for labels.</param>
/// <param name="Samples">Samples of a measurement.</param>
/// <param name="ReferenceTool">The tool that computes the same numbers; null where none was measured.</param>
/// <param name="ReferenceRate">Its samples a second, a single process on two shared x64 cores.</param>
public sealed record Workload(
    string Name,
    TaskDefinition Task,
    string Metrics,
    int Tokens,
    int Samples,
    string? ReferenceTool = null,
    double? ReferenceRate = null
)
{
    private const int LabelCount = 50;
    private const int Vocabulary = 5000;

    /// <summary>All workloads.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("bleu", GenerationTask.Instance, """["bleu"]""", 25, 400_000, "sacrebleu 2.6.0, BLEU 13a", 6_200),
        new("chrf", GenerationTask.Instance, """["chrf"]""", 25, 300_000, "sacrebleu 2.6.0, chrF2", 2_300),
        new("ter", GenerationTask.Instance, """["ter"]""", 25, 100_000, "sacrebleu 2.6.0, TER", 1_000),
        new(
            "rouge",
            GenerationTask.Instance,
            """[{"name":"rouge","rouge_types":["rouge1","rouge2","rougeL"],"use_stemmer":true}]""",
            60,
            100_000,
            "rouge_score 0.1.2, 1 + 2 + L with stemmer",
            725
        ),
        new(
            "classification",
            ClassificationTask.Instance,
            """["f1","confusion_matrix"]""",
            1,
            8_000_000,
            "scikit-learn 1.2.1, report + confusion matrix, 50 string labels",
            94_000
        ),
        new("squad", GenerationTask.Instance, """["squad"]""", 25, 300_000),
        new("wer", GenerationTask.Instance, """["wer"]""", 25, 400_000),
        new("cer", GenerationTask.Instance, """["cer"]""", 25, 40_000),
    ];

    /// <summary>Creates the metrics.</summary>
    public IReadOnlyList<Metric> CreateMetrics()
    {
        using var document = JsonDocument.Parse(Metrics);
        var specs = document
            .RootElement.EnumerateArray()
            .Select(metric =>
                metric.ValueKind == JsonValueKind.String
                    ? new MetricSpec { Name = metric.GetString()! }
                    : new MetricSpec
                    {
                        Name = metric.GetProperty("name").GetString()!,
                        Options = metric
                            .EnumerateObject()
                            .Where(option => option.Name != "name")
                            .ToDictionary(option => option.Name, option => option.Value.Clone()),
                    }
            );
        return MetricCatalog.Create(Task, [.. specs], new MetricSettings { Labels = Task == ClassificationTask.Instance ? Labels() : [] });
    }

    /// <summary>
    /// Creates samples, the same for the same number: words with Zipf's frequencies, of which the answer keeps most, drops, swaps and
    /// replaces some.
    /// </summary>
    /// <param name="count">How many different samples.</param>
    public MetricSample[] CreateSamples(int count)
    {
        var random = new Random(20_26);
        var labels = Labels();
        return [.. Enumerable.Range(0, count).Select(_ => Task == ClassificationTask.Instance ? Labelled(random, labels) : Texts(random))];
    }

    private static MetricSample Labelled(Random random, string[] labels)
    {
        var reference = labels[random.Next(labels.Length)];
        // The copy is another object, as it is where both come out of a file.
        return new MetricSample
        {
            References = [reference],
            Prediction = new string(random.NextDouble() < 0.8 ? reference : labels[random.Next(labels.Length)]),
        };
    }

    private MetricSample Texts(Random random)
    {
        var reference = Enumerable.Range(0, Tokens).Select(_ => Word(random)).ToList();
        var answer = reference
            .Where(_ => random.NextDouble() > 0.08)
            .Select(word => random.NextDouble() < 0.15 ? Word(random) : word)
            .ToList();
        if (answer.Count > 4 && random.Next(2) == 0)
        {
            var from = random.Next(answer.Count - 2);
            var word = answer[from];
            answer.RemoveAt(from);
            answer.Insert(random.Next(answer.Count), word);
        }

        return new MetricSample { References = [Sentence(reference)], Prediction = Sentence(answer) };
    }

    private static string Sentence(List<string> words) =>
        string.Join(' ', words.Take(words.Count / 2)) + ", " + string.Join(' ', words.Skip(words.Count / 2)) + ".";

    private static string Word(Random random)
    {
        // The inverse of Zipf's distribution function, nearly.
        var rank = (int)Math.Exp(random.NextDouble() * Math.Log(Vocabulary));
        var letters = new Random(rank);
        string[] endings = ["", "", "", "s", "ing", "ed", "ation", "ly"];
        return string.Concat(Enumerable.Range(0, 2 + letters.Next(5)).Select(_ => (char)('a' + letters.Next(26))))
            + endings[letters.Next(endings.Length)];
    }

    private static string[] Labels() =>
        [.. Enumerable.Range(0, LabelCount).Select(label => string.Create(CultureInfo.InvariantCulture, $"category/{label:00}"))];
}
