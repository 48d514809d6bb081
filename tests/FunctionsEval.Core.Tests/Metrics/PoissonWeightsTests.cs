using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Tests.Metrics;

public sealed class PoissonWeightsTests
{
    /// <summary>Oracle: the Poisson distribution's probabilities e⁻¹ ÷ k!, summed as decimals.</summary>
    [Fact]
    public void Cumulative_equals_the_poisson_distribution()
    {
        var term = 0.36787944117144232159552377016m;
        var sum = 0m;
        for (var k = 0; k < PoissonWeights.Cumulative.Length; k++)
        {
            sum += term;
            term /= k + 1;
            Assert.Equal((double)sum, PoissonWeights.Cumulative[k] / Math.Pow(2, 64), 1e-15);
        }
    }

    [Fact]
    public void Fill_gives_mean_and_variance_one_and_the_right_share_of_zeros()
    {
        var weights = new long[1_000_000];
        PoissonWeights.Fill(Scoreboard.SampleKey("sample"), weights);
        var mean = weights.Average();
        Assert.Equal(1, mean, 0.005);
        Assert.Equal(1, weights.Average(weight => (weight - mean) * (weight - mean)), 0.01);
        Assert.Equal(Math.Exp(-1), weights.Count(weight => weight == 0) / (double)weights.Length, 0.002);
    }

    [Fact]
    public void Fill_of_neighbouring_keys_is_uncorrelated()
    {
        var first = new long[100_000];
        var second = new long[100_000];
        PoissonWeights.Fill(Scoreboard.SampleKey("1"), first);
        PoissonWeights.Fill(Scoreboard.SampleKey("2"), second);
        Assert.Equal(0, first.Zip(second, (a, b) => (a - 1.0) * (b - 1.0)).Average(), 0.015);
    }

    /// <summary>The weights are part of every published interval, so they must never change. Oracle: SplitMix64 and the distribution's quantiles in Python.</summary>
    [Fact]
    public void Fill_is_the_same_for_ever()
    {
        var weights = new long[24];
        PoissonWeights.Fill(42, weights);
        Assert.Equal("200002020101111001013011", string.Concat(weights));
    }

    /// <summary>Oracle: the XXH64 specification's test vector for no input.</summary>
    [Fact]
    public void SampleKey_is_xxh64_with_seed_zero() => Assert.Equal(0xEF46DB3751D8E999, Scoreboard.SampleKey(""));
}
