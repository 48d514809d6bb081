using CsCheck;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tests.Golden.Reference;

namespace FunctionsEval.Core.Tests.Statistics;

public sealed class IntervalTests
{
    private static readonly Gen<(int Hits, int N, double Level)> Proportions = Gen.Int[1, 400]
        .SelectMany(n => Gen.Select(Gen.Int[0, n], Gen.Const(n), Gen.Double[0.5, 0.999]));

    [Fact]
    public void Proportion_intervals_contain_the_estimate_and_stay_in_bounds() =>
        Proportions.Sample(sample =>
        {
            var (hits, n, level) = sample;
            foreach (
                var (lower, upper) in new[]
                {
                    ProportionInterval.Wilson(hits, n, level),
                    ProportionIntervals.WilsonContinuityCorrected(hits, n, level),
                    ProportionIntervals.ClopperPearson(hits, n, level),
                }
            )
            {
                var estimate = (double)hits / n;
                Assert.InRange(estimate, lower - 1e-12, upper + 1e-12);
                Assert.InRange(lower, 0, 1);
                Assert.InRange(upper, 0, 1);
            }
        });

    [Fact]
    public void ClopperPearson_is_symmetric_in_hits_and_misses() =>
        Proportions.Sample(sample =>
        {
            var (hits, n, level) = sample;
            var (lower, upper) = ProportionIntervals.ClopperPearson(hits, n, level);
            var (mirroredLower, mirroredUpper) = ProportionIntervals.ClopperPearson(n - hits, n, level);
            Assert.Equal(lower, 1 - mirroredUpper, 1e-12);
            Assert.Equal(upper, 1 - mirroredLower, 1e-12);
        });

    [Fact]
    public void Percentile_interpolates_between_order_statistics() =>
        Assert.Equal((1.1, 4.9), Round(ReferenceBootstrap.PercentileInterval([5, 1, 4, 2, 3], 0.95)));

    /// <summary>Oracle: scipy.stats.t.isf.</summary>
    [Theory]
    [InlineData(0.025, 1, 12.706204736432095)]
    [InlineData(0.025, 9.5, 2.2438)]
    [InlineData(0.005, 30, 2.7499956535672)]
    [InlineData(0.025, 1e6, 1.9599664)]
    public void StudentUpperQuantile_is_the_inverse_of_the_distribution(double tail, double degrees, double expected)
    {
        var t = SpecialFunctions.StudentUpperQuantile(tail, degrees);
        Assert.Equal(2 * tail, SpecialFunctions.StudentTwoSided(t, degrees), 1e-9);
        Assert.Equal(expected, t, 1e-3);
    }

    /// <summary>Oracle: in Python, the score test solved by bisection with the restricted likelihood maximised numerically.</summary>
    [Theory]
    [InlineData(12, 2, 50, 0.0611124, 0.3447087)]
    [InlineData(7, 3, 30, -0.0806293, 0.3400447)]
    [InlineData(0, 0, 50, -0.0713476, 0.0713476)]
    [InlineData(50, 0, 50, 0.8573048, 1)]
    public void Tango_holds_the_differences_that_the_score_test_does_not_refuse(
        double onlyFirst,
        double onlySecond,
        double n,
        double lower,
        double upper
    )
    {
        var interval = PairedProportionInterval.Tango(onlyFirst, onlySecond, n, 0.95);
        Assert.Equal(lower, interval.Lower, 1e-6);
        Assert.Equal(upper, interval.Upper, 1e-6);
    }

    [Fact]
    public void Tango_mirrors_when_the_two_are_swapped() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[80, 200])
            .Sample(counts =>
            {
                var (first, second, n) = counts;
                var (lower, upper) = PairedProportionInterval.Tango(first, second, n, 0.95);
                var (mirroredLower, mirroredUpper) = PairedProportionInterval.Tango(second, first, n, 0.95);
                Assert.Equal(lower, -mirroredUpper, 1e-12);
                Assert.Equal(upper, -mirroredLower, 1e-12);
                Assert.InRange((first - second) / (double)n, lower - 1e-12, upper + 1e-12);
            });

    /// <summary>
    /// Oracle: with groups of equal size m the factor is m ÷ (m − 1) and the degrees of freedom are the groups' together.
    /// </summary>
    [Fact]
    public void Spread_of_equal_groups_is_that_of_their_means()
    {
        var spread = Spread.OfGroups([5, 5, 5, 0, 5]);
        Assert.Equal((1.25, 16, 1), (spread.Inflation, spread.DegreesOfFreedom, spread.Leverage), new NearSpread());
        Assert.Equal(double.PositiveInfinity, Spread.OfGroups([1, 1]).Inflation);
    }

    [Fact]
    public void A_difference_is_significant_exactly_where_its_interval_leaves_zero_out() =>
        Gen.Select(Gen.Double[-1, 1].Array[50], Gen.Double[-0.5, 0.5], Gen.Double[0.5, 0.95])
            .Sample(sample =>
            {
                var (replicates, estimate, level) = sample;
                var spread = Spread.OfMean(30);
                var (lower, upper) = BootstrapInterval.OfDifference(estimate, replicates, spread, level);
                Assert.InRange(estimate, lower, upper);
                Assert.Equal(lower > 0 || upper < 0, BootstrapInterval.PValue(estimate, replicates, spread) < 1 - level);
            });

    [Fact]
    public void An_interval_holds_its_estimate() =>
        Gen.Select(Gen.Double[-1, 1].Array[2, 50], Gen.Double[-2, 2])
            .Sample(sample =>
            {
                var (lower, upper) = BootstrapInterval.OfEstimate(sample.Item2, sample.Item1, Spread.OfMean(30), 0.95);
                Assert.InRange(sample.Item2, lower, upper);
            });

    /// <summary>Oracle: worked by hand, 3 × 0.01, 2 × 0.04 and then never smaller than the one before.</summary>
    [Fact]
    public void Holm_adjusts_step_down_and_keeps_the_order_given()
    {
        double[] expected = [0.08, 0.03, 0.08];
        var adjusted = Holm.Adjust([0.04, 0.01, 0.05]);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], adjusted[i], 1e-12);
        }
    }

    /// <summary>Oracle: worked by hand, twice the one p-value of two and the other as it is.</summary>
    [Fact]
    public void Holm_adjusts_each_family_on_its_own_and_leaves_out_what_has_no_p_value() =>
        Assert.Equal(
            [0.02, 0.3, null, 0.5],
            Holm.AdjustFamilies(
                new (string Family, double? PValue)[] { ("a", 0.01), ("b", 0.3), ("b", null), ("a", 0.5) },
                test => test.PValue,
                test => test.Family
            )
        );

    /// <summary>Oracle: exact rational arithmetic, Σ C(26, i) ÷ 2^25 for i ≤ 7.</summary>
    [Fact]
    public void McNemar_exact_equals_the_binomial_sum() => Assert.Equal(0.028959274291992188, McNemar.Exact(7, 19), 1e-15);

    [Fact]
    public void McNemar_is_symmetric() =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[0, 500])
            .Sample(
                (b, c) =>
                {
                    Assert.Equal(McNemar.Exact(b, c), McNemar.Exact(c, b));
                    Assert.InRange(McNemar.Exact(b, c), 0, 1);
                }
            );

    private static (double, double) Round((double Lower, double Upper) interval) =>
        (Math.Round(interval.Lower, 12), Math.Round(interval.Upper, 12));

    private sealed class NearSpread : IEqualityComparer<(double, double, double)>
    {
        public bool Equals((double, double, double) x, (double, double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) < 1e-12 && Math.Abs(x.Item2 - y.Item2) < 1e-9 && Math.Abs(x.Item3 - y.Item3) < 1e-12;

        public int GetHashCode((double, double, double) x) => 0;
    }
}
