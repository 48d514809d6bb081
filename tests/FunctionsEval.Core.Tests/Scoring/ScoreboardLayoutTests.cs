using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

public sealed class ScoreboardLayoutTests
{
    private static readonly IReadOnlyList<Metric> Metrics = MetricCatalog.Create(
        ClassificationTask.Instance,
        [Samples.Spec("confusion_matrix"), Samples.Spec("accuracy"), Samples.Spec("mcc"), Samples.Spec("cohen_kappa")],
        new MetricSettings { Labels = Samples.Labels }
    );

    private static readonly ScoreboardLayout Layout = new(Metrics, replicates: 10);

    [Fact]
    public void Statistics_of_a_sample_stand_one_after_the_other()
    {
        long[] statistics = [.. Enumerable.Range(0, Layout.StatisticLength).Select(word => (long)word)];
        Assert.Equal([0, 1], Layout.StatisticOf(0, statistics));
        Assert.Equal([6, 7], Layout.StatisticOf(3, statistics));
        Assert.True(Layout.StatisticOf(3, []).IsEmpty);
    }

    [Fact]
    public void Metrics_with_equal_sums_share_one_copy_and_the_first_adds_to_it()
    {
        Assert.Equal(Layout.SumOffset(2), Layout.SumOffset(3));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(Layout.OwnsSums));
        Assert.Equal(Metrics.Take(3).Sum(metric => metric.SumLength), Layout.SumLength);
    }

    [Fact]
    public void Sums_that_are_not_replicated_come_last()
    {
        Assert.Equal(Layout.ReplicatedLength, Layout.SumOffset(0));
        Assert.Equal(Metrics[1].SumLength + Metrics[2].SumLength, Layout.ReplicatedLength);
    }

    [Fact]
    public void Proportions_are_found_by_metric_and_value()
    {
        Assert.Equal(new Proportion(2, 1, 0), Assert.Single(Layout.Proportions));
        Assert.Equal(0, Layout.ProportionOf(metric: 1, value: 0));
        Assert.Equal(-1, Layout.ProportionOf(metric: 2, value: 0));
    }
}
