using CsCheck;
using FunctionsEval.Core.Metrics.Pairing;

namespace FunctionsEval.Core.Tests.Metrics.Pairing;

public sealed class BestAssignmentTests
{
    /// <summary>Oracle: all assignments, tried one by one.</summary>
    [Fact]
    public void No_other_assignment_has_a_larger_sum() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5])
            .SelectMany((rows, columns) => Gen.Long[0, 6].Array2D[rows, columns])
            .Sample(weights =>
            {
                var columns = BestAssignment.Find(weights);

                Assert.Equal(weights.GetLength(0), columns.Length);
                var assigned = columns.Where(column => column >= 0).ToList();
                Assert.Equal(Math.Min(weights.GetLength(0), weights.GetLength(1)), assigned.Count);
                Assert.Equal(assigned.Count, assigned.Distinct().Count());
                Assert.Equal(Largest(weights, 0, []), columns.Index().Where(row => row.Item >= 0).Sum(row => weights[row.Index, row.Item]));
            });

    [Fact]
    public void Without_columns_no_row_is_assigned() => Assert.Equal([-1, -1], BestAssignment.Find(new long[2, 0]));

    private static long Largest(long[,] weights, int row, HashSet<int> taken) =>
        row == weights.GetLength(0)
            ? 0
            : Enumerable
                .Range(0, weights.GetLength(1))
                .Where(column => !taken.Contains(column))
                .Select(column => weights[row, column] + Largest(weights, row + 1, [.. taken, column]))
                .Append(Largest(weights, row + 1, taken))
                .Max();
}
