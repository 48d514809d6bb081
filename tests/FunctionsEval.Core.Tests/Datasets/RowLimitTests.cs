using System.Globalization;
using System.Text;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class RowLimitTests
{
    [Theory]
    [InlineData("{}\n{}\n{}\n", DatasetFormat.Jsonl, 2, 6)]
    [InlineData("{}\n\n{}\n{}", DatasetFormat.Jsonl, 2, 7)]
    [InlineData("{}\n{}\n{}", DatasetFormat.Jsonl, 3, 8)]
    [InlineData("{}\n{}", DatasetFormat.Jsonl, 9, 5)]
    [InlineData("a,b\n1,2\n3,4\n", DatasetFormat.Csv, 1, 8)]
    [InlineData("a,b\n\"x\ny\",2\n3,4\n", DatasetFormat.Csv, 1, 12)]
    [InlineData("", DatasetFormat.Jsonl, 1, 0)]
    public async Task EndOf_is_the_offset_after_the_first_rows(string text, DatasetFormat format, long rows, long expected)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(
            expected,
            await RowLimit.EndOfAsync(
                (offset, length, _) => ValueTask.FromResult(bytes.Slice((int)offset, length)),
                bytes.Length,
                format,
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
