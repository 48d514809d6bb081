using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Statistics;

public sealed class PairedTestsTests
{
    private static readonly double[] First = [0.8, 0.75, 0.9, 0.6, 0.7, 0.85];
    private static readonly double[] Second = [0.78, 0.77, 0.88, 0.65, 0.69, 0.84];

    /// <summary>Oracle: the two one-sided t tests computed with mpmath 1.3.0.</summary>
    [Fact]
    public void EquivalencePValue_of_close_series_equals_mpmath() =>
        Assert.Equal(0.0040528703889792441, PairedTests.EquivalencePValue(First, Second, 0.05), 1e-12);

    [Fact]
    public void EquivalencePValue_when_the_difference_exceeds_the_margin_is_above_half() =>
        Assert.True(PairedTests.EquivalencePValue([1, 1.1, 0.9], [0.5, 0.61, 0.4], 0.1) > 0.5);

    [Fact]
    public void EquivalencePValue_of_one_pair_is_undefined() => Assert.Equal(double.NaN, PairedTests.EquivalencePValue([1], [1], 0.1));

    [Fact]
    public void PermutationPValue_when_more_pairs_than_can_be_enumerated_refuses() =>
        Assert.Throws<ArgumentException>(() => PairedTests.PermutationPValue(new double[25], new double[25], Alternative.TwoSided));

    [Fact]
    public void RandomPermutationPValue_approaches_the_exact_one()
    {
        var exact = PairedTests.PermutationPValue(First, Second, Alternative.TwoSided);
        Assert.Equal(exact, PairedTests.RandomPermutationPValue(First, Second, 100_000, seed: 1), 0.01);
    }

    [Fact]
    public void StudentT_of_equal_nonzero_differences_is_infinite_with_p_zero()
    {
        var (statistic, p) = PairedTests.StudentT([2.0, 3.0], [1.0, 2.0]);
        Assert.Equal(double.PositiveInfinity, statistic);
        Assert.Equal(0, p);
    }
}
