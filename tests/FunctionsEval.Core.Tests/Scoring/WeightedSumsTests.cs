using CsCheck;
using FunctionsEval.Core.Scoring.Sums;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>Sums that are added many samples at a time equal those that are added one by one.</summary>
public sealed class WeightedSumsTests
{
    /// <summary>Amounts of one limb, of several, negative ones, and those whose sum leaves 64 bits.</summary>
    private static readonly Gen<long> Amounts = Gen.OneOf(
        Gen.Const(1L),
        Gen.Const(0L),
        Gen.Long[-3, 40],
        Gen.Long[-(1L << 36), 1L << 36],
        Gen.OneOf(long.MinValue, long.MaxValue, short.MinValue, short.MaxValue, 1L << 15, -(1L << 15) - 1)
    );

    [Fact]
    public void Sums_equal_those_added_one_by_one() =>
        Gen.Select(
                Gen.Int[1, 300],
                Gen.Int[1, 5],
                Gen.Select(Gen.ULong, Gen.Select(Gen.Int[0, 4], Amounts).Array[0, 4]).Array[0, 200],
                Gen.Bool
            )
            .Sample(
                (replicates, words, samples, readsBetween) =>
                {
                    var batch = new WeightBatch(replicates);
                    var (sums, beside) = (new ReplicateSums(words, batch), new ReplicateSums(words, batch));
                    var expected = new long[words * replicates];
                    foreach (var (key, terms) in samples)
                    {
                        var place = batch.Draw(key);
                        foreach (var (number, amount) in terms)
                        {
                            var word = number % words;
                            sums.Add(word, place, amount);
                            beside.Add(words - 1 - word, place, amount);
                            for (var r = 0; r < replicates; r++)
                            {
                                expected[(word * replicates) + r] += unchecked(BootstrapWeights.At(key, r) * amount);
                            }
                        }

                        if (readsBetween && key % 9 == 0)
                        {
                            Assert.Equal(expected, sums.Columns.ToArray());
                        }
                    }

                    Assert.Equal(expected, sums.Columns.ToArray());
                    Assert.Equal(
                        expected,
                        Enumerable
                            .Range(0, words)
                            .Reverse()
                            .SelectMany(word => beside.Columns.Slice(word * replicates, replicates).ToArray())
                    );
                },
                iter: 200
            );

    /// <summary>As many of the largest weights as there is room for, times the largest limbs of either sign.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(short.MaxValue, short.MaxValue)]
    [InlineData(short.MinValue, short.MinValue)]
    [InlineData(short.MaxValue, short.MaxValue - 1)]
    [InlineData(short.MinValue, short.MinValue + 1)]
    [InlineData((1L << 36) - 1, (1L << 36) - 2)]
    public void The_largest_weights_fit(long one, long other)
    {
        var weights = new ushort[WeightedSums.PaddedLength(5)];
        Array.Fill(weights, (ushort)BootstrapWeights.Max);
        long[] amounts = [one, .. Enumerable.Repeat(other, WeightBatch.Capacity - 1)];
        var sums = new long[5];
        WeightedSums.Add(sums, weights, new int[WeightBatch.Capacity], amounts);
        Assert.Equal(Enumerable.Repeat(amounts.Sum(amount => amount * BootstrapWeights.Max), 5), sums);
    }

    [Fact]
    public void The_largest_weight_is_that_of_the_largest_number() =>
        Assert.Equal((685, 685), (BootstrapWeights.Max, BootstrapWeights.Quantile(ulong.MaxValue)));
}
