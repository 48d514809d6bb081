using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Which numbers get an interval, and what it holds. The benchmark <c>coverage</c> simulates the same at length.</summary>
public sealed class IntervalRulesTests
{
    private static readonly string[] Names = ["accuracy", "balanced_accuracy", "f1", "cohen_kappa", "mcc", "unparsable_rate"];

    [Theory]
    [InlineData(2, 30)]
    [InlineData(10, 120)]
    [InlineData(77, 150)]
    [InlineData(77, 900)]
    public void No_interval_excludes_its_estimate(int labels, int samples)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var report = Report(labels, samples, accuracy: seed / 11.0, seed, answersPerSample: 1 + (seed % 3));
            Assert.All(report.Results.Where(result => result.Lower is not null), result => Assert.InRange(result.Value!.Value, result.Lower!.Value, result.Upper!.Value));
            Assert.All(
                report.Comparisons.Where(comparison => comparison.Lower is not null),
                comparison => Assert.InRange(comparison.Difference!.Value, comparison.Lower!.Value, comparison.Upper!.Value));
        }
    }

    [Fact]
    public void Every_number_has_an_interval_above_width_zero_or_a_reason()
    {
        foreach (var accuracy in new[] { 0.0, 0.6, 1.0 })
        {
            var report = Report(5, 200, accuracy, seed: 1);
            Assert.All(report.Results, result => Assert.True(
                result.ValueMissing != UndefinedReason.None || (result.Lower is null ? result.IntervalMissing != UndefinedReason.None : result.Lower < result.Upper), result.Definition.Name));
            Assert.All(report.Comparisons, comparison => Assert.True(
                comparison.DifferenceMissing != UndefinedReason.None || (comparison.Lower is null ? comparison.IntervalMissing != UndefinedReason.None : comparison.Lower < comparison.Upper),
                comparison.Definition.Name));
        }
    }

    /// <summary>The fault that this guards against: labels that a replicate did not draw counted as F1 0, and the interval lay below the estimate.</summary>
    [Fact]
    public void Macro_average_over_labels_of_two_samples_has_no_interval_and_says_why()
    {
        var results = Report(77, 150, accuracy: 0.77, seed: 3).Results;
        var macro = results.First(result => result.Definition.Name == "f1_macro");
        Assert.Equal((null, UndefinedReason.TooFewPerLabel), (macro.Lower, macro.IntervalMissing));
        Assert.All(results.Where(result => result.Definition.Name.StartsWith("recall[", StringComparison.Ordinal) && result.Value is not null), recall =>
            Assert.Equal(UndefinedReason.TooFewSamples, recall.IntervalMissing));
        Assert.NotNull(results.First(result => result.Definition.Name == "accuracy").Lower);
    }

    /// <summary>The exact numbers are those of the process that the samples are drawn from. 300 intervals of 95 %: fewer than 91 % or more than 99 % hold with a probability below 1 in 500.</summary>
    [Fact]
    public void Intervals_of_class_averages_hold_the_true_number_as_often_as_they_say()
    {
        int f1 = 0, recall = 0, difference = 0;
        const int Sets = 300;
        for (var seed = 0; seed < Sets; seed++)
        {
            var report = Report(10, 200, accuracy: 0.8, seed, replicates: 300);
            f1 += Holds(report.Results.First(result => result.Definition.Name == "f1_macro"));
            recall += Holds(report.Results.First(result => result.Definition.Name == "balanced_accuracy"));
            var comparison = report.Comparisons.First(comparison => comparison.Definition.Name == "f1_macro");
            difference += comparison.Lower <= 0 && comparison.Upper >= 0 ? 1 : 0;
        }

        Assert.All([f1, recall, difference], covered => Assert.InRange((double)covered / Sets, 0.91, 0.99));

        // Every label is recognised with 0.8 and claimed wrongly with 0.2 ÷ 9 by each of the nine others.
        static int Holds(MetricResult result) => result.Lower <= 0.8 && result.Upper >= 0.8 ? 1 : 0;
    }

    /// <summary>Two labels of three samples each out of three: the third is named and takes no part.</summary>
    [Fact]
    public void Labels_without_samples_are_named_and_left_out_of_macro_averages()
    {
        var metrics = MetricCatalog.Create(EvaluationTask.Classification, [new MetricSpec { Name = "f1" }], ["a", "b", "c"], null);
        var board = new Scoreboard(metrics, new IntervalSpec(), hasBaseline: false);
        for (var i = 0; i < 6; i++)
        {
            var label = i % 2 == 0 ? "a" : "b";
            board.Add((ulong)i, [], Scoreboard.Measure(metrics, new MetricSample { References = [label], Prediction = label }), []);
        }

        var report = board.Finish();
        Assert.Equal(["c"], report.LabelsWithoutSamples);
        Assert.Equal(1, report.Results.First(result => result.Definition.Name == "f1_macro").Value);
    }

    private static MetricReport Report(int labelCount, int samples, double accuracy, int seed, int answersPerSample = 1, int replicates = 200)
    {
        string[] labels = [.. Enumerable.Range(0, labelCount).Select(label => string.Create(CultureInfo.InvariantCulture, $"l{label}"))];
        var metrics = MetricCatalog.Create(EvaluationTask.Classification, [.. Names.Select(name => new MetricSpec { Name = name })], labels, null);
        var board = new Scoreboard(metrics, new IntervalSpec { Replicates = replicates }, hasBaseline: true, answersPerSample: answersPerSample);
        var random = new Random(seed);
        for (var i = 0; i < samples; i++)
        {
            var label = random.Next(labelCount);
            for (var answer = 0; answer < answersPerSample; answer++)
            {
                board.Add(Scoreboard.SampleKey($"{seed}", i), [], Answer(label), Answer(label));
            }
        }

        return board.Finish();

        long[] Answer(int label)
        {
            var isRight = random.NextDouble() < accuracy;
            var prediction = isRight ? label : (label + 1 + random.Next(labelCount - 1)) % labelCount;
            return Scoreboard.Measure(metrics, new MetricSample { References = [labels[label]], Prediction = labels[prediction] });
        }
    }
}
