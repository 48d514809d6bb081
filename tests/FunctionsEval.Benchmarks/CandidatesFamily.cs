using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Regression;

namespace FunctionsEval.Benchmarks;

/// <summary>
/// A population of samples for <see cref="CandidatesCommand"/>, each answered by a baseline and by candidates that agree with each other
/// more than by chance, as the checkpoints of one job do.
/// </summary>
internal sealed class CandidatesFamily
{
    /// <summary>How many candidates there are beside the baseline.</summary>
    public const int Candidates = 8;

    private const int Rows = 20_000;

    private readonly Func<Random, double[], MetricSample[]> _draw;

    private CandidatesFamily(string name, EvaluationSpec spec, IReadOnlyList<string> numbers, Func<Random, double[], MetricSample[]> draw)
    {
        Name = name;
        Spec = spec with
        {
            Gate = new GateSpec
            {
                Rules = [.. numbers.Select(number => new BetterThanBaselineRule { Metric = number, BetterThanBaselineAtAlpha = 0.05 })],
            },
        };
        Numbers = numbers;
        Measurer = new RowMeasurer(Spec);
        _draw = draw;
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CandidatesFamily> All { get; } = [Labels(), Errors()];

    /// <summary>What is printed in the table.</summary>
    public string Name { get; }

    /// <summary>The spec, with a rule that each of <see cref="Numbers"/> must be better than the baseline's.</summary>
    public EvaluationSpec Spec { get; }

    /// <summary>The numbers that are printed.</summary>
    public IReadOnlyList<string> Numbers { get; }

    /// <summary>Its metrics.</summary>
    public RowMeasurer Measurer { get; }

    /// <summary>The population: for each row the statistics of the baseline's answer and of each candidate's.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="skills">By model, the baseline first: how good it is, around 0.</param>
    public IReadOnlyList<long[][]> CreatePopulation(Random random, double[] skills) =>
        [
            .. Enumerable
                .Range(0, Rows)
                .Select(_ => Array.ConvertAll(_draw(random, skills), answer => Scoreboard.Measure(Measurer.Metrics, answer))),
        ];

    /// <summary>Four labels of different difficulty, of which each model gets about 80 % right.</summary>
    private static CandidatesFamily Labels()
    {
        string[] labels = [.. Enumerable.Range(0, 4).Select(label => string.Create(CultureInfo.InvariantCulture, $"l{label}"))];
        var spec = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "any",
            Labels = labels,
            Metrics = [new MetricSpec { Name = "accuracy" }, new MetricSpec { Name = "f1" }],
        };
        return new CandidatesFamily("4 labels", spec, ["accuracy", "f1_macro"], Draw);

        MetricSample[] Draw(Random random, double[] skills)
        {
            var label = random.Next(labels.Length);
            var (difficulty, other) = (random.NextDouble(), random.Next(1, labels.Length));
            return Array.ConvertAll(
                skills,
                skill =>
                {
                    var isRight = (random.NextDouble() < 0.7 ? difficulty : random.NextDouble()) < 0.8 + skill + (0.04 * (label - 1.5));
                    var wrong = (label + (random.NextDouble() < 0.6 ? other : random.Next(1, labels.Length))) % labels.Length;
                    return new MetricSample { References = [labels[label]], Prediction = labels[isRight ? label : wrong] };
                }
            );
        }
    }

    /// <summary>Numbers whose errors are partly those of all models; fewer is better.</summary>
    private static CandidatesFamily Errors()
    {
        var spec = new EvaluationSpec
        {
            Task = RegressionTask.Instance,
            Model = "any",
            Metrics = [new MetricSpec { Name = "mae" }],
        };
        return new CandidatesFamily("numbers", spec, ["mae"], Draw);

        static MetricSample[] Draw(Random random, double[] skills)
        {
            var (reference, common) = (50 + (20 * Normal(random)), Normal(random));
            return Array.ConvertAll(
                skills,
                skill => new MetricSample
                {
                    References = [Write(reference)],
                    Prediction = Write(reference + ((6 - (10 * skill)) * ((0.8 * common) + (0.6 * Normal(random))))),
                }
            );
        }

        static string Write(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
