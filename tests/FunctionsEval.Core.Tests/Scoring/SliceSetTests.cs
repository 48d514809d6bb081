using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Scoring;

public sealed class SliceSetTests
{
    private static readonly ScoreboardLayout Layout = new([Samples.Create(ClassificationTask.Instance, "accuracy")], replicates: 4);

    [Fact]
    public void The_whole_dataset_comes_first_and_slices_in_ordinal_order()
    {
        var slices = Create("b=1", "a=2", "B=1");
        Assert.Equal([MetricReport.AllSamples, "B=1", "a=2", "b=1"], slices.InOrder().Select(pair => pair.Slice));
    }

    [Fact]
    public void With_too_many_slices_none_has_replicates_and_the_whole_dataset_has()
    {
        var slices = Create("a=1", "a=2", "a=3");
        Assert.Equal([false, true, true, true], slices.InOrder().Select(pair => pair.Sums.HasDroppedReplicates));
        Assert.Equal(UndefinedReason.TooManySlices, slices.Find("a=1")!.WhyNoReplicates(0));
    }

    [Fact]
    public void A_merge_counts_the_slices_of_both()
    {
        var slices = Create("a=1", "a=2");
        slices.Merge(Create("a=2", "a=3"));
        Assert.Equal(4, slices.InOrder().Count());
        Assert.True(slices.Find("a=1")!.HasDroppedReplicates, "there are three slices, and two are given replicates");
    }

    [Fact]
    public void A_merge_of_sets_with_other_limits_refuses_and_changes_nothing()
    {
        var slices = Create("a=1");
        Assert.Throws<ArgumentException>(() => slices.Merge(new SliceSet(Layout, models: 1, maxSlicesWithIntervals: 3)));
        Assert.Equal(2, slices.InOrder().Count());
    }

    private static SliceSet Create(params string[] names)
    {
        var slices = new SliceSet(Layout, models: 1, maxSlicesWithIntervals: 2);
        foreach (var name in names)
        {
            slices.Ensure(name);
        }

        return slices;
    }
}
