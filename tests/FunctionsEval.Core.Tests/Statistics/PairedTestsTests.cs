using FunctionsEval.Core.Tests.Golden.Reference;

namespace FunctionsEval.Core.Tests.Statistics;

public sealed class PairedTestsTests
{
    private static readonly double[] First = [0.8, 0.75, 0.9, 0.6, 0.7, 0.85];
    private static readonly double[] Second = [0.78, 0.77, 0.88, 0.65, 0.69, 0.84];

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
