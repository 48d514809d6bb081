using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Benchmarks;

/// <summary>A reference tool.</summary>
/// <param name="Name">What is printed.</param>
/// <param name="Task">What its driver is asked for.</param>
/// <param name="Samples">Samples of a round, which take it some seconds.</param>
public sealed record ReferenceTool(string Name, string Task, int Samples);

/// <summary>A metric as a spec asks for it, samples for it, and its reference tool.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Task">The task.</param>
/// <param name="Metrics">The metrics, as in a spec.</param>
/// <param name="Tokens">Words a side; 1 for labels.</param>
/// <param name="Samples">Samples of a measurement.</param>
/// <param name="Reference">Its reference tool; null where none is run.</param>
public sealed record Workload(string Name, TaskDefinition Task, string Metrics, int Tokens, int Samples, ReferenceTool? Reference = null)
{
    private const int LabelCount = 50;
    private const int Vocabulary = 5000;

    /// <summary>Whether texts have two lines; else one.</summary>
    public bool HasLines { get; init; }

    /// <summary>All workloads.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("bleu", GenerationTask.Instance, """["bleu"]""", 25, 400_000, new("sacrebleu, BLEU 13a", "bleu", 4_000)),
        new(
            "bleu_intl",
            GenerationTask.Instance,
            """[{"name":"bleu","tokenize":"intl"}]""",
            25,
            300_000,
            new("sacrebleu, BLEU intl", "bleu_intl", 2_500)
        ),
        new("chrf", GenerationTask.Instance, """["chrf"]""", 25, 300_000, new("sacrebleu, chrF2", "chrf", 2_000)),
        new(
            "chrf++",
            GenerationTask.Instance,
            """[{"name":"chrf","word_order":2}]""",
            25,
            200_000,
            new("sacrebleu, chrF2++", "chrf++", 2_000)
        ),
        new("ter", GenerationTask.Instance, """["ter"]""", 25, 300_000, new("sacrebleu, TER", "ter", 1_000)),
        new(
            "rouge",
            GenerationTask.Instance,
            """[{"name":"rouge","rouge_types":["rouge1","rouge2","rougeL"],"use_stemmer":true}]""",
            60,
            100_000,
            new("rouge_score, 1 + 2 + L with stemmer", "rouge", 750)
        ),
        new(
            "rouge_lsum",
            GenerationTask.Instance,
            """[{"name":"rouge","rouge_types":["rougeLsum"]}]""",
            60,
            100_000,
            new("rouge_score, Lsum", "rouge_lsum", 1_000)
        )
        {
            HasLines = true,
        },
        new(
            "classification",
            ClassificationTask.Instance,
            """["f1","confusion_matrix"]""",
            1,
            8_000_000,
            new("scikit-learn, report + confusion matrix, 50 string labels", "classification", 150_000)
        ),
        new("squad", GenerationTask.Instance, """["squad"]""", 25, 300_000),
        new("wer", GenerationTask.Instance, """["wer"]""", 25, 400_000),
        new("cer", GenerationTask.Instance, """["cer"]""", 25, 200_000),
        new("cer_long", GenerationTask.Instance, """["cer"]""", 2_500, 300),
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

    private string Sentence(List<string> words) =>
        string.Join(' ', words.Take(words.Count / 2)) + (HasLines ? ",\n" : ", ") + string.Join(' ', words.Skip(words.Count / 2)) + ".";

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
