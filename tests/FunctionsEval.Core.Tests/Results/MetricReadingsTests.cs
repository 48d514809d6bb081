using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Results;

/// <summary>What a comparison says: over two models that are equally good it says worse no more often than α.</summary>
public sealed class MetricReadingsTests
{
    private const int Labels = 77;
    private const int Replicates = 100;

    private static readonly EvaluationSpec Spec = new()
    {
        Task = ClassificationTask.Instance,
        Model = "any",
        Labels = [.. Enumerable.Range(0, Labels).Select(label => string.Create(CultureInfo.InvariantCulture, $"label {label}"))],
        Metrics = [new MetricSpec { Name = "accuracy" }, new MetricSpec { Name = "f1" }],
        Intervals = new IntervalSpec { Replicates = Replicates },
    };

    [Fact]
    public void Equally_good_models_are_called_worse_in_at_most_alpha_of_simulated_comparisons_of_77_labels()
    {
        const int Simulations = 300;
        var measurer = new RowMeasurer(Spec);
        int worse = 0,
            recallsToLookAt = 0;
        for (var simulation = 0; simulation < Simulations; simulation++)
        {
            var random = new SplitMix64((ulong)simulation);
            var lines = Compare(measurer, 462, _ => (Chance() < 0.83, Chance() < 0.83));

            worse += MetricReadings.Decide(lines) == ComparisonDecision.Worse ? 1 : 0;
            recallsToLookAt += lines.Any(line =>
                line.Name.StartsWith("recall[", StringComparison.Ordinal) && line.Reading == MetricReading.ToLookAt
            )
                ? 1
                : 0;
            Assert.DoesNotContain(
                lines,
                line => line.Kind != MetricKind.Headline && line.Reading is MetricReading.Worse or MetricReading.Better
            );

            double Chance() => (random.Next() >> 11) * (1.0 / (1UL << 53));
        }

        Assert.InRange(worse, 1, MetricReadings.Alpha * Simulations);
        Assert.InRange(recallsToLookAt, 0, MetricReadings.Alpha * Simulations);
    }

    [Fact]
    public void Accuracies_of_0_830_and_0_828_over_3080_rows_and_77_labels_decide_nothing()
    {
        // 2,556 and 2,550 right, 500 of them on one side only, spread unevenly over the labels.
        var lines = Compare(
            new RowMeasurer(Spec),
            3080,
            row =>
                row < 2300 ? (true, true)
                : row < 2553 ? (true, false)
                : row < 2800 ? (false, true)
                : (false, false),
            shuffle: true
        );

        var accuracy = lines.Single(line => line is { Role: Roles.Candidate, Name: "accuracy" });
        Assert.Equal((MetricKind.Headline, MetricReading.NoClearDifference), (accuracy.Kind, accuracy.Reading));
        Assert.InRange(accuracy.PValue!.Value, 0.7, 0.9);
        Assert.Null(accuracy.AdjustedPValue);
        Assert.Equal(ComparisonDecision.NoClearDifference, MetricReadings.Decide(lines));
    }

    [Fact]
    public void Collapse_of_two_classes_is_to_be_looked_at_whatever_77_labels_there_are()
    {
        // 40 rows a label; both models get 34 right, but the candidate 14 and 16 of two labels.
        var lines = Compare(
            new RowMeasurer(Spec),
            3080,
            row =>
                (
                    (row / Labels)
                        < (
                            (row % Labels) switch
                            {
                                3 => 14,
                                5 => 16,
                                _ => 34,
                            }
                        ),
                    (row / Labels) < 34
                )
        );

        var fallen = lines
            .Where(line => line.Reading == MetricReading.ToLookAt && line.Name.StartsWith("recall[", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(["recall[label 3]", "recall[label 5]"], fallen.Select(line => line.Name));
        Assert.All(fallen, line => Assert.InRange(line.AdjustedPValue!.Value, 0, 0.001));
        Assert.All(fallen, line => Assert.Equal(PValueText.ExactTest, line.Test));
    }

    [Theory]
    [InlineData("", "accuracy|all")]
    [InlineData("f1_macro", "f1_macro|all")]
    [InlineData("f1_macro accuracy", "accuracy|all f1_macro|all")]
    [InlineData("recall[label%201]", "recall[label 1]|all")]
    [InlineData("unknown", "accuracy|all")]
    public void Headline_is_what_the_gate_names_or_the_tasks_first_number(string gate, string expected)
    {
        GateRule[] rules =
        [
            .. gate.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(metric => new MinimumRule { Metric = Uri.UnescapeDataString(metric), Minimum = 0 }),
        ];
        var spec = Spec with
        {
            Gate = rules.Length > 0 ? new GateSpec { Rules = [.. rules, new MinimumCoverageRule { MinimumCoverage = 0.9 }] } : null,
        };
        var lines = Compare(new RowMeasurer(Spec), 77, _ => (true, true));

        var headline = MetricReadings.Headline(spec, lines).Select(number => $"{number.Name}|{number.Slice}").Order(StringComparer.Ordinal);

        Assert.Equal(expected, string.Join(' ', headline));
    }

    [Fact]
    public void Headline_is_the_specs_first_number_where_the_tasks_is_not_asked_for()
    {
        var spec = Spec with
        {
            Metrics = [new MetricSpec { Name = "confusion_matrix" }, new MetricSpec { Name = "mcc" }, new MetricSpec { Name = "f1" }],
        };

        Assert.Equal([("mcc", "all")], MetricReadings.Headline(spec, Compare(new RowMeasurer(spec), 77, _ => (true, true))));
    }

    [Fact]
    public void Several_headline_numbers_share_alpha_and_a_slice_never_decides()
    {
        MetricValue[] lines =
        [
            Line("accuracy", 0.03),
            Line("f1_macro", 0.2),
            Line("mcc", 0.0001),
            Line("accuracy", 0.001, slice: "language=de"),
            Line("accuracy", 0.03, slice: "language=en"),
        ];

        var both = MetricReadings.Apply(lines, new HashSet<(string, string)> { ("accuracy", "all"), ("f1_macro", "all") }, 1000);
        Assert.Equal([0.06, 0.2, null, 0.002, 0.03], both.Select(line => line.AdjustedPValue));
        Assert.Equal(
            [MetricReading.NoClearDifference, MetricReading.NoClearDifference, null, MetricReading.ToLookAt, MetricReading.ToLookAt],
            both.Select(line => line.Reading)
        );
        Assert.Equal(ComparisonDecision.NoClearDifference, MetricReadings.Decide(both));

        var one = MetricReadings.Apply(lines, new HashSet<(string, string)> { ("accuracy", "all") }, 1000);
        Assert.Null(one[0].AdjustedPValue); // One number is no family.
        Assert.Equal(ComparisonDecision.Worse, MetricReadings.Decide(one));
        Assert.Equal(
            ComparisonDecision.Inconclusive,
            MetricReadings.Decide(
                MetricReadings.Apply([lines[0] with { PValue = null }], new HashSet<(string, string)> { ("accuracy", "all") }, 1000)
            )
        );
    }

    [Theory]
    [InlineData(1000, PValueText.BootstrapTest, 2.0 / 1001, "≤ 0.002")]
    [InlineData(10000, PValueText.BootstrapTest, 2.0 / 10001, "≤ 0.0002")]
    [InlineData(1000, PValueText.BootstrapTest, 0.004, "0.004")]
    [InlineData(1000, PValueText.ExactTest, 2.0 / 1001, "0.002")]
    [InlineData(1000, PValueText.ExactTest, 0.0, "< 0.001")]
    [InlineData(1000, PValueText.ExactTest, 0.76, "0.760")]
    public void P_at_the_bootstraps_floor_is_read_as_a_bound(int replicates, string test, double p, string expected)
    {
        var line = MetricReadings.Apply(
            [Line("accuracy", p) with { Test = test }],
            new HashSet<(string, string)> { ("accuracy", "all") },
            replicates
        )[0];

        Assert.Equal(expected, PValueText.Format(line.PValue!.Value, line.PValueIsBound == true));
    }

    /// <summary>Rows take the labels in turn; a wrong answer is the next label.</summary>
    private static IReadOnlyList<MetricValue> Compare(
        RowMeasurer measurer,
        int rows,
        Func<int, (bool Candidate, bool Baseline)> answers,
        bool shuffle = false
    )
    {
        var scoreboard = measurer.CreateScoreboard(hasBaseline: true);
        var classes = new ClassFlips(Spec.Labels);
        for (var row = 0; row < rows; row++)
        {
            // 1,117 and 77 have no common factor.
            var label = (shuffle ? row * 1117 / 7 : row) % Labels;
            var (candidate, baseline) = answers(row);
            scoreboard.Add((ulong)row * 0x9E3779B97F4A7C15, [], Words(label, candidate), Words(label, baseline));
            classes.Add(label, candidate, baseline);
        }

        var lines = classes.Apply(MetricValues.From(scoreboard.Finish()));
        return MetricReadings.Apply(lines, MetricReadings.Headline(Spec, lines), Replicates);

        long[] Words(int label, bool isRight) =>
            Scoreboard.Measure(
                measurer.Metrics,
                new MetricSample { References = [Spec.Labels[label]], Prediction = Spec.Labels[isRight ? label : (label + 1) % Labels] }
            );
    }

    private static MetricValue Line(string name, double p, string slice = "all") =>
        new()
        {
            Role = Roles.Candidate,
            Name = name,
            Slice = slice,
            Samples = 100,
            HigherIsBetter = true,
            Difference = -0.1,
            PValue = p,
            Test = PValueText.ExactTest,
            Signature = "",
        };
}
