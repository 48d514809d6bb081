using System.Numerics;
using CsCheck;
using FunctionsEval.Core.Metrics.Repeats;

namespace FunctionsEval.Core.Tests.Metrics.Repeats;

/// <summary>pass@k and pass^k of one row.</summary>
public sealed class PassEstimatorTests
{
    /// <summary>By hand: of the sets of k among n answers, those with a right one and those of right ones alone.</summary>
    [Theory]
    [InlineData(1, 1, new[] { 0, 1.0 }, new[] { 0, 1.0 })]
    [InlineData(2, 1, new[] { 0, 0.5, 1 }, new[] { 0, 0.5, 1 })]
    [InlineData(2, 2, new[] { 0, 1.0, 1 }, new[] { 0, 0, 1.0 })]
    [InlineData(3, 2, new[] { 0, 2 / 3.0, 1, 1 }, new[] { 0, 0, 1 / 3.0, 1 })]
    [InlineData(4, 2, new[] { 0, 3 / 6.0, 5 / 6.0, 1, 1 }, new[] { 0, 0, 1 / 6.0, 3 / 6.0, 1 })]
    [InlineData(4, 3, new[] { 0, 3 / 4.0, 1, 1, 1 }, new[] { 0, 0, 0, 1 / 4.0, 1 })]
    [InlineData(5, 2, new[] { 0, 4 / 10.0, 7 / 10.0, 9 / 10.0, 1, 1 }, new[] { 0, 0, 1 / 10.0, 3 / 10.0, 6 / 10.0, 1 })]
    [InlineData(5, 3, new[] { 0, 6 / 10.0, 9 / 10.0, 1, 1, 1 }, new[] { 0, 0, 0, 1 / 10.0, 4 / 10.0, 1 })]
    public void Estimates_are_those_by_hand(int answers, int draws, double[] any, double[] all)
    {
        for (var right = 0; right <= answers; right++)
        {
            Assert.Equal(any[right], new PassEstimator(draws, AreAllRight: false).Estimate(answers, right), 1e-15);
            Assert.Equal(all[right], new PassEstimator(draws, AreAllRight: true).Estimate(answers, right), 1e-15);
        }
    }

    /// <summary>The oracle goes through every set of k answers, of which the first c are right.</summary>
    [Fact]
    public void Estimates_are_the_shares_of_all_sets_of_answers()
    {
        for (var answers = 1; answers <= 12; answers++)
        {
            for (var right = 0; right <= answers; right++)
            {
                var ofRight = (1u << right) - 1;
                foreach (var sets in Enumerable.Range(0, 1 << answers).Select(set => (uint)set).GroupBy(BitOperations.PopCount))
                {
                    if (sets.Key > 0)
                    {
                        Assert.Equal(
                            sets.Average(set => (set & ofRight) != 0 ? 1.0 : 0),
                            new PassEstimator(sets.Key, AreAllRight: false).Estimate(answers, right),
                            1e-12
                        );
                        Assert.Equal(
                            sets.Average(set => (set & ~ofRight) == 0 ? 1.0 : 0),
                            new PassEstimator(sets.Key, AreAllRight: true).Estimate(answers, right),
                            1e-12
                        );
                    }
                }
            }
        }
    }

    /// <summary>Chen et al. give the estimator as 1 − ∏ (1 − k ÷ i) over i from n − c + 1 to n.</summary>
    [Fact]
    public void Any_right_is_the_product_that_Chen_et_al_give() =>
        Rows.Sample(row =>
        {
            var product = Enumerable
                .Range(row.Answers - row.Right + 1, row.Right)
                .Aggregate(1.0, (all, i) => all * (1 - ((double)row.K / i)));
            Assert.Equal(
                row.Answers - row.Right < row.K ? 1 : 1 - product,
                new PassEstimator(row.K, AreAllRight: false).Estimate(row.Answers, row.Right),
                1e-12
            );
        });

    [Fact]
    public void All_right_is_at_most_the_share_of_right_answers_and_any_right_at_least() =>
        Rows.Sample(row =>
        {
            var share = (double)row.Right / row.Answers;
            Assert.InRange(new PassEstimator(row.K, AreAllRight: true).Estimate(row.Answers, row.Right), 0, share + 1e-15);
            Assert.InRange(new PassEstimator(row.K, AreAllRight: false).Estimate(row.Answers, row.Right), share - 1e-15, 1);
        });

    /// <summary>What is right for one is wrong for the other.</summary>
    [Fact]
    public void Any_right_is_the_rest_of_all_wrong() =>
        Rows.Sample(row =>
            Assert.Equal(
                1 - new PassEstimator(row.K, AreAllRight: true).Estimate(row.Answers, row.Answers - row.Right),
                new PassEstimator(row.K, AreAllRight: false).Estimate(row.Answers, row.Right),
                1e-15
            )
        );

    private static Gen<(int Answers, int Right, int K)> Rows =>
        from answers in Gen.Int[1, 32]
        from right in Gen.Int[0, answers]
        from k in Gen.Int[1, answers]
        select (answers, right, k);
}
