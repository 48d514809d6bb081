using CsCheck;
using FunctionsEval.Core.Metrics.Pairing;

namespace FunctionsEval.Core.Tests.Metrics.Pairing;

public sealed class MostPairsTests
{
    /// <summary>Oracle: the best assignment of weights that are 0 or 1.</summary>
    [Fact]
    public void No_other_pairs_are_more() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9])
            .SelectMany((rows, columns) => Gen.Bool.Array2D[rows, columns])
            .Sample(agree =>
            {
                var (rows, columns) = (agree.GetLength(0), agree.GetLength(1));
                var pairs = MostPairs.Find(rows, columns, (row, column) => agree[row, column]);

                var weights = new long[rows, columns];
                for (var cell = 0; cell < weights.Length; cell++)
                {
                    weights[cell / columns, cell % columns] = agree[cell / columns, cell % columns] ? 1 : 0;
                }

                var best = BestAssignment.Find(weights).Select((column, row) => column < 0 ? 0 : weights[row, column]).Sum();
                var found = pairs.Index().Where(pair => pair.Item >= 0).ToList();
                Assert.Equal(best, found.Count);
                Assert.All(found, pair => Assert.True(agree[pair.Index, pair.Item]));
                Assert.Equal(found.Count, found.Select(pair => pair.Item).Distinct().Count());
            });

    [Fact]
    public void Many_rows_and_columns_take_the_first_that_is_left()
    {
        var pairs = MostPairs.Find(2_000, 2_000, (row, column) => column == 0 || (row == 0 && column == 1));
        Assert.Equal((0, -1), (pairs[0], pairs[1]));
    }
}
