using System.Globalization;
using System.Text;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class RowLimitTests
{
    [Theory]
    [InlineData("{}\n{}\n{}\n", "jsonl", 2, 6)]
    [InlineData("{}\n\n{}\n{}", "jsonl", 2, 7)]
    [InlineData("{}\n{}\n{}", "jsonl", 3, 8)]
    [InlineData("{}\n{}", "jsonl", 9, 5)]
    [InlineData("a,b\n1,2\n3,4\n", "csv", 1, 8)]
    [InlineData("a,b\n\"x\ny\",2\n3,4\n", "csv", 1, 12)]
    [InlineData("", "jsonl", 1, 0)]
    public async Task EndOf_is_the_offset_after_the_first_rows(string text, string format, long rows, long expected)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(
            expected,
            await DatasetText
                .Format(format)
                .EndOfAsync(
                    (offset, length, _) => ValueTask.FromResult(bytes.Slice((int)offset, length)),
                    bytes.Length,
                    rows,
                    TestContext.Current.CancellationToken
                )
        );
    }

    [Fact]
    public void Includes_a_share_of_the_ids_and_a_larger_share_holds_a_smaller()
    {
        var ids = Enumerable.Range(0, 10_000).Select(number => number.ToString(CultureInfo.InvariantCulture)).ToList();
        var tenth = ids.Where(id => RowLimit.Includes(id, 0.1)).ToHashSet();
        var half = ids.Where(id => RowLimit.Includes(id, 0.5)).ToHashSet();

        Assert.InRange(tenth.Count, 880, 1120); // four standard deviations
        Assert.InRange(half.Count, 4800, 5200);
        Assert.Subset(half, tenth);
        Assert.All(ids, id => Assert.True(RowLimit.Includes(id, 1)));
    }
}
