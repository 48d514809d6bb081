using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Repeats;

/// <summary>
/// How probably k answers to a row have a right one, and how probably all k are right, estimated from the row's repeats; in the mean over
/// rows.
/// </summary>
internal sealed class PassAtKMetric : Metric
{
    private const int Known = 0;
    private const int Right = 1;
    private const int Turn = 2;
    private const string DrawsOption = "k";
    private const string RightOption = "right";

    private readonly RightAnswer _right;

    private PassAtKMetric(IReadOnlyList<int> draws, int repeats, RightAnswer right)
    {
        _right = right;
        // All of one answer are right where one is.
        PassEstimator[] estimators =
        [
            .. draws.Select(k => new PassEstimator(k, AreAllRight: false)),
            .. draws.Where(k => k > 1).Select(k => new PassEstimator(k, AreAllRight: true)),
        ];
        SampleRule = new RepeatRule(estimators, repeats);
        Values =
        [
            .. estimators
                .Select(estimator => estimator.Name)
                .Append($"{Name}_coverage")
                .Select(name => new MetricValueDefinition(name) { IsMeanOverRows = true }),
        ];
        Signature = string.Create(
            CultureInfo.InvariantCulture,
            $"k:{string.Join('+', draws)}|repeats:{repeats}|right:{right.Signature}|version:chen-2021"
        );
    }

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("pass_at_k", MetricSubjects.Response, Create)
        {
            NeedsReferenceWith = spec => !spec.Options.ContainsKey(RightOption),
            Numbers =
            [
                new("pass_at_1", MetricUnit.Share, "pass@#"),
                new("pass_hat_1", MetricUnit.Share, "pass^#"),
                new("pass_at_k_coverage", MetricUnit.Share, "Coverage of pass@k"),
            ],
        };

    private static PassAtKMetric Create(OptionReader options, MetricContext context) =>
        new(ReadDraws(options, context.Settings.Repeats), context.Settings.Repeats, ReadRight(options, context));

    /// <inheritdoc/>
    public override string Name => "pass_at_k";

    /// <inheritdoc/>
    public override string Signature { get; }

    /// <inheritdoc/>
    public override SampleRule? SampleRule { get; }

    /// <inheritdoc/>
    public override int StatisticLength => 3;

    /// <summary>How many answers are known to be right or wrong.</summary>
    /// <inheritdoc/>
    public override int SumLength => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (_right.Measure(sample) is { } isRight)
        {
            statistic[Known] = 1;
            statistic[Right] = isRight ? 1 : 0;
        }

        statistic[Turn] = sample.Turn;
    }

    /// <inheritdoc/>
    public override int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        terms[0] = new SumTerm(0, statistic[Known]);
        return 1;
    }

    /// <summary>Not a function of the sums, which count answers only: undefined.</summary>
    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values.Fill(double.NaN);

    /// <summary>Different numbers from 1 to the repeats, ascending.</summary>
    private static IReadOnlyList<int> ReadDraws(OptionReader options, int repeats)
    {
        int[] draws = options.Read(DrawsOption) switch
        {
            null => [1, repeats],
            { ValueKind: JsonValueKind.Array } =>
            [
                .. options.List(DrawsOption, SpecLimits.MaxRepeats).Select(item => IntOf(options, item.Name, item.Element)),
            ],
            { } one => [IntOf(options, DrawsOption, one)],
        };
        if (draws.Length == 0)
        {
            throw options.Wrong(DrawsOption, "is empty; leave it out instead");
        }

        return draws.Max() <= repeats
            ? [.. draws.Distinct().Order()]
            : throw options.Error(
                DrawsOption,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"is {draws.Max()}, and each row has {repeats} {(repeats == 1 ? "answer" : "answers")}: set the spec's repeats to {draws.Max()} or more."
                )
            );
    }

    private static int IntOf(OptionReader options, string name, JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var k) && k is >= 1 and <= SpecLimits.MaxRepeats
            ? k
            : throw options.Wrong(name, $"must be a whole number from 1 to {SpecLimits.MaxRepeats}, or a list of them");

    private static RightAnswer ReadRight(OptionReader options, MetricContext context)
    {
        if (options.Text(RightOption, canBeEmpty: false) is not { } name)
        {
            return RightAnswer.Reference;
        }

        var known = context.RightAnswers;
        return known.FirstOrDefault(right => right.Name == name)
            ?? throw options.Error(
                RightOption,
                known.Count == 0
                    ? "names no number: add a metric to the spec that gives a share of samples, such as exact_match."
                    : NearestName.Unknown("share of samples among the spec's numbers", name, [.. known.Select(right => right.Name)])
            );
    }
}
