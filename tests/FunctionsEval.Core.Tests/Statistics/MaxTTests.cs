using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Statistics;

public sealed class MaxTTests
{
    private const double Error = 0.05;
    private static readonly double[] Values = [0.80, 0.79, 0.74, 0.80];

    /// <summary>Oracle: a script in Python 3.11 that follows the definition by the standard library (fsum, erfc).</summary>
    [Fact]
    public void The_error_of_each_comparison_is_that_of_an_independent_implementation()
    {
        var replicates = ReplicatedData.Create(12345, Values, 4000);

        Assert.Equal(0.016728774754957085, MaxT.TwoSided(replicates, Error), 12);
        Assert.Equal(0.015206757531701412, MaxT.OneSided(replicates, Error), 12);
    }

    [Fact]
    public void One_comparison_keeps_its_error() => Assert.Equal(Error, MaxT.TwoSided([ReplicatedData.Create(1, [0.5], 400)[0]], Error));

    [Fact]
    public void Comparisons_that_vary_together_need_no_correction_and_independent_ones_do()
    {
        var together = MaxT.TwoSided(ReplicatedData.Create(1, Values, 4000, common: 1), Error);
        var independent = MaxT.TwoSided(ReplicatedData.Create(1, Values, 4000, common: 0), Error);

        Assert.InRange(together, 0.04, Error);
        Assert.InRange(independent, Error / 4, 0.025);
    }

    [Fact]
    public void Neither_the_order_nor_the_scale_nor_the_direction_of_comparisons_matters()
    {
        var replicates = ReplicatedData.Create(12345, Values, 4000);
        var error = MaxT.TwoSided(replicates, Error);

        Assert.Equal(error, MaxT.TwoSided([.. replicates.Reverse()], Error), 12);
        Assert.Equal(error, MaxT.TwoSided([.. replicates.Select(column => Array.ConvertAll(column, one => -7 * one))], Error), 12);
    }

    [Fact]
    public void More_comparisons_never_leave_more_error_to_each()
    {
        var replicates = ReplicatedData.Create(5, [.. Enumerable.Repeat(0.5, 20)], 500);
        var errors = Enumerable.Range(1, 20).Select(count => MaxT.TwoSided([.. replicates.Take(count)], Error)).ToList();

        Assert.Equal(errors.OrderDescending(), errors);
        Assert.All(errors.Index(), error => Assert.InRange(error.Item, Error / (error.Index + 1), Error));
    }

    [Fact]
    public void A_copy_of_a_comparison_changes_nothing()
    {
        var replicates = ReplicatedData.Create(12345, Values, 4000);

        Assert.Equal(MaxT.TwoSided(replicates, Error), MaxT.TwoSided([.. replicates, replicates[2]], Error), 12);
    }

    [Fact]
    public void Few_replicates_and_many_undefined_ones_fall_back_to_Bonferroni()
    {
        var few = ReplicatedData.Create(12345, Values, 39);
        var undefined = ReplicatedData.Create(12345, Values, 4000);
        for (var r = 0; r < 3000; r++)
        {
            undefined[r % 4][r] = double.NaN;
        }

        Assert.Equal(Error / 4, MaxT.TwoSided(few, Error));
        Assert.Equal(Error / 4, MaxT.TwoSided(undefined, Error));
    }

    [Fact]
    public void Replicates_in_which_a_comparison_is_undefined_do_not_count()
    {
        var replicates = ReplicatedData.Create(12345, Values, 4000);
        var undefined = ReplicatedData.Create(12345, Values, 4000);
        undefined[1][7] = double.NaN;

        Assert.Equal(MaxT.TwoSided(replicates, Error), MaxT.TwoSided(undefined, Error), 0.002);
    }
}
