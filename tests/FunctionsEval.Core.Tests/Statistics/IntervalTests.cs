using CsCheck;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Statistics;

public sealed class IntervalTests
{
    private static readonly Gen<(int Hits, int N, double Level)> Proportions =
        Gen.Int[1, 400].SelectMany(n => Gen.Select(Gen.Int[0, n], Gen.Const(n), Gen.Double[0.5, 0.999]));

    [Fact]
    public void Proportion_intervals_contain_the_estimate_and_stay_in_bounds() => Proportions.Sample(sample =>
    {
        var (hits, n, level) = sample;
        foreach (var (lower, upper) in new[]
        {
            ProportionInterval.Wilson(hits, n, level),
            ProportionInterval.WilsonContinuityCorrected(hits, n, level),
            ProportionInterval.ClopperPearson(hits, n, level),
        })
        {
            var estimate = (double)hits / n;
            Assert.InRange(estimate, lower - 1e-12, upper + 1e-12);
            Assert.InRange(lower, 0, 1);
            Assert.InRange(upper, 0, 1);
        }
    });

    [Fact]
    public void ClopperPearson_is_symmetric_in_hits_and_misses() => Proportions.Sample(sample =>
    {
        var (hits, n, level) = sample;
        var (lower, upper) = ProportionInterval.ClopperPearson(hits, n, level);
        var (mirroredLower, mirroredUpper) = ProportionInterval.ClopperPearson(n - hits, n, level);
        Assert.Equal(lower, 1 - mirroredUpper, 1e-12);
        Assert.Equal(upper, 1 - mirroredLower, 1e-12);
    });

    [Fact]
    public void Percentile_interpolates_between_order_statistics() =>
        Assert.Equal((1.1, 4.9), Round(Bootstrap.PercentileInterval([5, 1, 4, 2, 3], 0.95)));

    [Fact]
    public void TwoSidedPValue_without_replicates_is_one() => Assert.Equal(1, Bootstrap.TwoSidedPValue([]));

    [Fact]
    public void TwoSidedPValue_when_all_replicates_lie_on_one_side_is_two_over_replicates_plus_one() =>
        Assert.Equal(2.0 / 100, Bootstrap.TwoSidedPValue([.. Enumerable.Range(1, 99).Select(i => (double)i)]), 1e-15);

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

    /// <summary>Oracle: exact rational arithmetic, Σ C(26, i) ÷ 2^25 for i ≤ 7.</summary>
    [Fact]
    public void McNemar_exact_equals_the_binomial_sum() => Assert.Equal(0.028959274291992188, McNemar.Exact(7, 19), 1e-15);

    [Fact]
    public void McNemar_is_symmetric() => Gen.Select(Gen.Int[0, 500], Gen.Int[0, 500]).Sample((b, c) =>
    {
        Assert.Equal(McNemar.Exact(b, c), McNemar.Exact(c, b));
        Assert.InRange(McNemar.Exact(b, c), 0, 1);
    });

    private static (double, double) Round((double Lower, double Upper) interval) => (Math.Round(interval.Lower, 12), Math.Round(interval.Upper, 12));
}
