using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.LanguageModelling;

namespace FunctionsEval.Benchmarks;

/// <summary>A population of samples for <see cref="CoverageCommand"/>.</summary>
internal sealed partial class CoverageFamily
{
    private const int Rows = 20_000;

    private readonly Func<Random, IEnumerable<MetricSample[]>> _samples;

    private CoverageFamily(
        string name,
        IReadOnlyList<Metric> metrics,
        Func<Random, IEnumerable<MetricSample[]>> samples,
        int answersPerSample = 1,
        bool hasTurns = false
    )
    {
        Name = name;
        Metrics = metrics;
        AnswersPerSample = answersPerSample;
        HasTurns = hasTurns;
        this._samples = samples;
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CoverageFamily> All { get; } =
    [
        Labels("2 labels", 2, isSkewed: false, accuracy: 0.85),
        Labels("2 labels, skewed", 2, isSkewed: true, accuracy: 0.85),
        Labels("10 labels", 10, isSkewed: false, accuracy: 0.77),
        Labels("10 labels, skewed", 10, isSkewed: true, accuracy: 0.77),
        Labels("77 labels", 77, isSkewed: false, accuracy: 0.77),
        Labels("77 labels, skewed", 77, isSkewed: true, accuracy: 0.77),
        Labels("10 labels, answered 3 times", 10, isSkewed: false, accuracy: 0.77, answersPerSample: 3),
        Repeats("rows answered 5 times", answersPerSample: 5),
        Probabilities("label probabilities", 3),
        Texts("texts"),
        Likelihoods("likelihoods"),
        LabelSets("label sets, 6 labels", 6, isSkewed: false),
        LabelSets("label sets, 30 labels, skewed", 30, isSkewed: true),
        Numbers("numbers", isSkewed: false),
        Numbers("numbers, skewed", isSkewed: true),
        Pairs("pairs"),
        PairLikelihoods("pair likelihoods"),
        Labels("turns, 2 labels", 2, isSkewed: false, accuracy: 0.85, turnsOf: random => random.Next(1, 8)),
        Labels("turns, 10 labels, some long", 10, isSkewed: false, accuracy: 0.77, turnsOf: LongTailed),
    ];

    /// <summary>What is printed in the table.</summary>
    public string Name { get; }

    /// <summary>The metrics.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>How many answers a sample has.</summary>
    public int AnswersPerSample { get; }

    /// <summary>Whether the answers of a row are those to the turns of a conversation, each of which is a sample.</summary>
    public bool HasTurns { get; }

    /// <summary>The population: for each row the statistics of its answers, the candidate's and the baseline's in turn.</summary>
    public IReadOnlyList<long[][]> CreatePopulation(Random random) =>
        [.. _samples(random).Take(Rows).Select(answers => Array.ConvertAll(answers, answer => Scoreboard.Measure(Metrics, answer)))];

    private static MetricSpec Spec(string name, params (string Name, object Value)[] options) =>
        new()
        {
            Name = name,
            Options = options.ToDictionary(option => option.Name, option => JsonSerializer.SerializeToElement(option.Value)),
        };

    /// <summary>
    /// Each label has a difficulty of its own, and is mostly confused with two others. Candidate and baseline agree more than by chance, as
    /// models of one family do; answers to one row agree too, whether they are to one question or to the turns of a conversation.
    /// </summary>
    private static CoverageFamily Labels(
        string name,
        int count,
        bool isSkewed,
        double accuracy,
        int answersPerSample = 1,
        Func<Random, int>? turnsOf = null
    )
    {
        string[] labels = [.. Enumerable.Range(0, count).Select(label => $"l{label}")];
        var metrics = MetricCatalog.Create(
            ClassificationTask.Instance,
            [.. new[] { "accuracy", "balanced_accuracy", "f1", "cohen_kappa", "mcc" }.Select(metric => Spec(metric))],
            new MetricSettings { Labels = labels }
        );
        return new CoverageFamily(name, metrics, Draw, answersPerSample, hasTurns: turnsOf is not null);

        IEnumerable<MetricSample[]> Draw(Random random)
        {
            var weights = Array.ConvertAll(labels, label => isSkewed ? 1.0 / (1 + Array.IndexOf(labels, label)) : 1);
            var models = Enumerable
                .Range(0, 2)
                .Select(model =>
                    labels
                        .Select(
                            (_, label) =>
                                new Confusion(
                                    Math.Clamp(accuracy - (0.02 * model) + (0.15 * ((2 * random.NextDouble()) - 1)), 0.05, 0.99),
                                    [(label + 1 + random.Next(count - 1)) % count, (label + 1 + random.Next(count - 1)) % count]
                                )
                        )
                        .ToArray()
                )
                .ToArray();
            while (true)
            {
                var label = Pick(weights, random.NextDouble());
                var difficulty = random.NextDouble();
                var answers = new MetricSample[2 * (turnsOf?.Invoke(random) ?? answersPerSample)];
                for (var answer = 0; answer < answers.Length; answer++)
                {
                    label = turnsOf is not null && answer > 0 && answer % 2 == 0 ? Pick(weights, random.NextDouble()) : label;
                    var confusion = models[answer % 2][label];
                    var isRight = (random.NextDouble() < 0.6 ? difficulty : random.NextDouble()) < confusion.Accuracy;
                    answers[answer] = new MetricSample
                    {
                        References = [labels[label]],
                        Prediction = labels[isRight ? label : confusion.Wrong(label, count, random)],
                    };
                }

                yield return answers;
            }
        }
    }

    /// <summary>Most probabilities are sure and right, some are sure and wrong: what makes log loss hard.</summary>
    private static CoverageFamily Probabilities(string name, int count)
    {
        string[] labels = [.. Enumerable.Range(0, count).Select(label => $"l{label}")];
        MetricSpec[] specs =
        [
            Spec("log_loss"),
            Spec("brier"),
            Spec("calibration"),
            Spec("roc_auc"),
            Spec("average_precision"),
            Spec("top_k_accuracy", ("k", 2)),
        ];
        return new CoverageFamily(
            name,
            MetricCatalog.Create(ClassificationTask.Instance, specs, new MetricSettings { Labels = labels }),
            Draw
        );

        IEnumerable<MetricSample[]> Draw(Random random)
        {
            while (true)
            {
                var label = random.Next(count);
                var ease = Normal(random);
                yield return [Answer(2 + ease + Normal(random)), Answer(1.8 + ease + Normal(random))];

                MetricSample Answer(double margin)
                {
                    var scores = labels
                        .Select((_, other) => Math.Exp((other == label ? 1.5 * margin : 0) + (0.5 * Normal(random))))
                        .ToArray();
                    var sum = scores.Sum();
                    return new MetricSample
                    {
                        References = [labels[label]],
                        Prediction = labels[Array.IndexOf(scores, scores.Max())],
                        LabelProbabilities = labels.Zip(scores).ToDictionary(pair => pair.First, pair => pair.Second / sum),
                    };
                }
            }
        }
    }

    /// <summary>Sentences of 5 to 30 words, of which the model gets some wrong, leaves some out and swaps some.</summary>
    private static CoverageFamily Texts(string name)
    {
        MetricSpec[] specs = [Spec("exact_match"), Spec("bleu"), Spec("chrf"), Spec("ter"), Spec("rouge"), Spec("squad"), Spec("wer")];
        return new CoverageFamily(name, MetricCatalog.Create(GenerationTask.Instance, specs, new MetricSettings()), Draw);

        static IEnumerable<MetricSample[]> Draw(Random random)
        {
            string[] words =
            [
                .. Enumerable
                    .Range(0, 500)
                    .Select(_ => string.Concat(Enumerable.Range(0, random.Next(2, 9)).Select(_ => (char)('a' + random.Next(26))))),
            ];
            while (true)
            {
                var reference = Enumerable.Range(0, random.Next(5, 31)).Select(_ => words[random.Next(words.Length)]).ToArray();
                var quality = random.NextDouble();
                yield return [Answer(quality), Answer(quality * 0.95)];

                MetricSample Answer(double right)
                {
                    var answer = reference
                        .Where(_ => random.NextDouble() < 0.95)
                        .Select(word => random.NextDouble() < right + 0.2 ? word : words[random.Next(words.Length)]);
                    return new MetricSample { References = [string.Join(' ', reference)], Prediction = string.Join(' ', answer) };
                }
            }
        }
    }

    /// <summary>Texts of 5 to 200 tokens whose mean log probability differs from text to text.</summary>
    private static CoverageFamily Likelihoods(string name)
    {
        return new CoverageFamily(
            name,
            MetricCatalog.Create(LanguageModellingTask.Instance, [Spec("perplexity")], new MetricSettings()),
            Draw
        );

        static IEnumerable<MetricSample[]> Draw(Random random)
        {
            while (true)
            {
                var tokens = random.Next(5, 201);
                var mean = -2 + (0.6 * Normal(random));
                var text = string.Join(' ', Enumerable.Repeat("word", tokens * 3 / 4));
                yield return [Answer(mean), Answer(mean - 0.1)];

                MetricSample Answer(double each) =>
                    new()
                    {
                        References = [text],
                        ScoredText = text,
                        LogProbability = Math.Min(-0.01, (each * tokens) + (Normal(random) * Math.Sqrt(tokens))),
                        LogProbabilityTokens = tokens,
                    };
            }
        }
    }

    /// <summary>Mostly two or three turns, in one of eight conversations up to twenty.</summary>
    private static int LongTailed(Random random) => random.Next(8) == 0 ? random.Next(8, 21) : random.Next(1, 5);

    private static int Pick(double[] weights, double uniform)
    {
        var rest = uniform * weights.Sum();
        var index = 0;
        while (index < weights.Length - 1 && (rest -= weights[index]) > 0)
        {
            index++;
        }

        return index;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>How often a label is recognised, and the two labels that it is mostly taken for.</summary>
    private sealed record Confusion(double Accuracy, int[] Others)
    {
        public int Wrong(int label, int count, Random random)
        {
            var other = random.NextDouble() switch
            {
                < 0.5 => Others[0],
                < 0.8 => Others[1],
                _ => random.Next(count),
            };
            return other == label ? (label + 1) % count : other;
        }
    }
}
