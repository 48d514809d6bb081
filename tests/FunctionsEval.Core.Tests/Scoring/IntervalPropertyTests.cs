using CsCheck;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>What holds of the intervals of every metric, whatever the answers, levels, replicates, repeats and slices.</summary>
public sealed class IntervalPropertyTests
{
    private static readonly Metric[] Classification = [.. Samples.AllMetrics().Where(Samples.IsClassification)];
    private static readonly Metric[] Texts = [.. Samples.AllMetrics().Where(metric => !Samples.IsClassification(metric))];

    [Fact]
    public void Intervals_of_labels_hold_their_estimate_with_a_width_or_say_why_there_is_none() =>
        Check(Classification, Samples.Classified);

    [Fact]
    public void Intervals_of_texts_hold_their_estimate_with_a_width_or_say_why_there_is_none() => Check(Texts, Samples.Texts);

    /// <summary>A few kinds of answers, drawn again and again, so that numbers without spread come up.</summary>
    private static void Check(IReadOnlyList<Metric> metrics, Gen<MetricSample> samples) =>
        Gen.Select(
                samples.Array[1, 6],
                Gen.Int[0, 400],
                Gen.Int[0, int.MaxValue],
                Gen.OneOf(0.5, 0.95, 0.999),
                Gen.OneOf(0, 1, 60),
                Gen.OneOf(1, 1, 3),
                Gen.OneOf(0.0, 0.03, 0.5)
            )
            .Sample(
                (kinds, count, seed, level, replicates, answers, unanswered) =>
                {
                    var random = new Random(seed);
                    var statistics = kinds.Select(kind => Scoreboard.Measure(metrics, kind)).ToArray();
                    var board = new Scoreboard(
                        metrics,
                        new IntervalSpec { Level = level, Replicates = replicates },
                        hasBaseline: true,
                        answersPerSample: answers
                    );
                    for (var i = 0; i < count; i++)
                    {
                        board.Add(
                            Scoreboard.SampleKey("id", i / answers),
                            i % 2 == 0 ? ["even=yes"] : ["rare=" + (i % 29)],
                            Answer(),
                            Answer()
                        );
                    }

                    AssertIntervals(board.Finish());

                    long[] Answer() => random.NextDouble() < unanswered ? [] : statistics[random.Next(statistics.Length)];
                },
                iter: 60
            );

    private static void AssertIntervals(MetricReport report)
    {
        foreach (var number in report.Results)
        {
            AssertInterval(number.Definition.Name, number.Value, number.Lower, number.Upper, number.Interval, number.IntervalMissing);
        }

        foreach (var difference in report.Comparisons)
        {
            AssertInterval(
                difference.Definition.Name,
                difference.Difference,
                difference.Lower,
                difference.Upper,
                difference.Interval,
                difference.IntervalMissing
            );
            Assert.True(difference.PValue is null or (> 0 and <= 1), $"{difference.Definition.Name}: p {difference.PValue}");
        }
    }

    private static void AssertInterval(
        string name,
        double? value,
        double? lower,
        double? upper,
        IntervalMethod method,
        UndefinedReason missing
    )
    {
        Assert.Equal((lower is null, lower is null), (upper is null, method == IntervalMethod.None));
        Assert.True(lower is null == (missing != UndefinedReason.None), $"{name}: {missing} beside {lower}");
        Assert.True(
            lower is null || (value >= lower && value <= upper && lower < upper),
            $"{name}: {value} [{lower}, {upper}] by {method}"
        );
    }
}
