using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Statistics;

public sealed class BootstrapWeightsTests
{
    /// <summary>Oracle: the exponential distribution's probabilities 1 − e^(−(k + 1)/8).</summary>
    [Fact]
    public void Cumulative_equals_the_exponential_distribution()
    {
        for (var k = 0; k < BootstrapWeights.Cumulative.Length; k++)
        {
            Assert.Equal(-Math.Exp(-(k + 1) / 8.0) + 1, BootstrapWeights.Cumulative[k] / Math.Pow(2, 64), 1e-15);
        }
    }

    [Fact]
    public void Fill_gives_odd_weights_above_zero_whose_deviation_equals_their_mean()
    {
        var weights = new ushort[1_000_000];
        BootstrapWeights.Fill(Scoreboard.SampleKey("sample"), weights);
        var mean = weights.Average(weight => (double)weight);
        Assert.All(weights.Distinct(), weight => Assert.Equal((1, true), (weight % 2, weight > 0)));
        Assert.Equal(1, mean / BootstrapWeights.One, 0.005);
        Assert.Equal(1, Math.Sqrt(weights.Average(weight => (weight - mean) * (weight - mean))) / mean, 0.01);
        Assert.Equal(Math.Exp(-1), weights.Count(weight => weight > BootstrapWeights.One) / (double)weights.Length, 0.002);
    }

    [Fact]
    public void Fill_of_neighbouring_keys_is_uncorrelated()
    {
        var first = new ushort[100_000];
        var second = new ushort[100_000];
        BootstrapWeights.Fill(Scoreboard.SampleKey("1"), first);
        BootstrapWeights.Fill(Scoreboard.SampleKey("2"), second);
        Assert.Equal(0, first.Zip(second, (a, b) => ((a / 16.0) - 1) * ((b / 16.0) - 1)).Average(), 0.015);
    }

    /// <summary>
    /// The weights are part of every published interval, so they must never change. Oracle: SplitMix64 and 2 ⌊−8 ln(1 − u)⌋ + 1 in Python's
    /// decimals.
    /// </summary>
    [Fact]
    public void Fill_is_the_same_for_ever()
    {
        var weights = new ushort[24];
        BootstrapWeights.Fill(42, weights);
        Assert.Equal([21, 3, 5, 7, 1, 33, 3, 25, 7, 15, 3, 11, 11, 11, 17, 3, 1, 11, 1, 19, 51, 1, 15, 15], weights);
    }

    /// <summary>Oracle: how many of the probabilities a number reaches, beside each of them and at random.</summary>
    [Fact]
    public void A_weight_counts_the_probabilities_that_its_number_reaches()
    {
        ulong[] uniforms =
        [
            0,
            ulong.MaxValue,
            .. BootstrapWeights.Cumulative.SelectMany(step => (ulong[])[step - 1, step, step + 1]),
            .. Enumerable.Range(0, 20_000).Select(index => SplitMix64.At(7, index)),
        ];
        Assert.All(
            uniforms,
            uniform =>
                Assert.Equal((2 * BootstrapWeights.Cumulative.Count(step => step <= uniform)) + 1, BootstrapWeights.Quantile(uniform))
        );
    }

    /// <summary>With vectors and without them, whether the machine has them or not.</summary>
    [Fact]
    public void Many_numbers_are_those_drawn_one_by_one()
    {
        foreach (var length in Enumerable.Range(0, 70))
        {
            var (filled, vectors) = (new ulong[length], new ulong[length]);
            SplitMix64.Fill(99, 5, filled);
            var done = SplitMix64.FillVectors(99, 5, vectors);
            var expected = Enumerable.Range(5, length).Select(index => SplitMix64.At(99, index)).ToArray();
            Assert.Equal(expected, filled);
            Assert.Equal(length / 8 * 8, done);
            Assert.Equal(expected[..done], vectors[..done]);
        }
    }

    /// <summary>Oracle: the XXH64 specification's test vector for no input.</summary>
    [Fact]
    public void SampleKey_is_xxh64_with_seed_zero() => Assert.Equal(0xEF46DB3751D8E999, Scoreboard.SampleKey(""));
}
