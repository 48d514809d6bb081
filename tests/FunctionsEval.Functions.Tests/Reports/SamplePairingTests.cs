using System.Globalization;
using FunctionsEval.Functions.Reports;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>Only samples whose counterpart was not read yet are held.</summary>
public sealed class SamplePairingTests
{
    [Fact]
    public async Task Datasets_of_one_order_are_paired_in_little_memory_however_large_they_are()
    {
        var left = Numbers(100_000);
        // One in twenty thousand is another one, and three are new.
        var right = Numbers(100_000)
            .Select(number => number.EndsWith("19999", StringComparison.Ordinal) ? "edited " + number : number)
            .Prepend("a")
            .Prepend("b")
            .Prepend("c");

        var pairs = await PairAsync(left, right, mostWaiting: 20);

        Assert.Equal(99_999, pairs.Count(pair => pair.Left is not null && pair.Right is not null));
        Assert.All(pairs, pair => Assert.True(pair.Left is null || pair.Right is null || pair.Left == pair.Right));
        Assert.Equal(
            ["a", "b", "c", "edited 19999"],
            pairs.Where(pair => pair.Left is null).Select(pair => pair.Right).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Orders_that_are_too_far_apart_are_told()
    {
        Assert.Equal(200, (await PairAsync(Numbers(200), Numbers(200).Reverse(), mostWaiting: 200)).Count);
        await Assert.ThrowsAsync<UnpairableException>(() => PairAsync(Numbers(200), Numbers(200).Reverse(), mostWaiting: 199));
    }

    private static IEnumerable<string> Numbers(int count) =>
        Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture));

    private static async Task<List<(string? Left, string? Right)>> PairAsync(
        IEnumerable<string> left,
        IEnumerable<string> right,
        int mostWaiting
    ) =>
        await SamplePairing
            .PairAsync(
                left.ToAsyncEnumerable(),
                right.ToAsyncEnumerable(),
                sample => sample,
                mostWaiting,
                _ => 1,
                TestContext.Current.CancellationToken
            )
            .ToListAsync(TestContext.Current.CancellationToken);
}
