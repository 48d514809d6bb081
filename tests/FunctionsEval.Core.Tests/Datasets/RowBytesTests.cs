using System.Text;
using FunctionsEval.Core.Datasets;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Line ends, encodings and limits of JSONL.</summary>
public sealed class RowBytesTests
{
    private const string Good = """{"input":"i","expected":"r"}""";

    [Theory]
    [InlineData("\n", true)]
    [InlineData("\n", false)]
    [InlineData("\r\n", true)]
    [InlineData("\r\n", false)]
    public async Task Line_ends_and_a_missing_final_one_do_not_matter(string end, bool final)
    {
        var (rows, lines) = await ReadWithLinesAsync(Encoding.UTF8.GetBytes(Good + end + Good + (final ? end : "")));
        Assert.Equal([1, 2], rows.Select(row => row.Line));
        Assert.Equal([0, Good.Length + end.Length], rows.Select(row => row.Offset));
        Assert.All(rows, row => Assert.IsType<ValidRow>(row));
        Assert.Equal(2, lines);
    }

    [Fact]
    public async Task Byte_order_mark_at_the_beginning_is_skipped()
    {
        var row = Assert.Single(await ReadAsync("\uFEFF" + Good));
        Assert.IsType<ValidRow>(row);
        Assert.Equal(3, row.Offset);
    }

    [Fact]
    public async Task Byte_order_mark_in_the_middle_of_a_dataset_is_malformed() =>
        Assert.Equal(
            MalformedReasons.InvalidJson,
            (await ReadMalformedAsync("\uFEFF" + Good, Options() with { StartOffset = 100 })).Reason
        );

    [Fact]
    public async Task Blank_lines_are_no_rows_but_count_as_lines()
    {
        var (rows, lines) = await ReadWithLinesAsync(Encoding.UTF8.GetBytes($"\n \t\r\n{Good}\n\n{Good}\n\n"));
        Assert.Equal([3, 5], rows.Select(row => row.Line));
        Assert.Equal([0, 1], rows.Select(row => row.Ordinal));
        Assert.Equal(6, lines);
    }

    [Fact]
    public async Task Offsets_start_at_the_ranges_own() =>
        Assert.Equal("1000", (await ReadSampleAsync(Good, Options() with { StartOffset = 1000 })).Id);

    [Theory]
    [InlineData("{\"input\":\"é\u00fc\", oops}", 16)]
    [InlineData("{\"input\":1", 11)]
    [InlineData("nope", 2)]
    [InlineData("oops", 1)]
    public async Task Invalid_json_gives_the_character_it_fails_at(string line, int column)
    {
        var row = await ReadMalformedAsync(line);
        Assert.Equal((MalformedReasons.InvalidJson, (int?)column), (row.Reason, row.Column));
    }

    [Theory]
    [InlineData("[1]", "a list")]
    [InlineData("\"x\"", "a string")]
    [InlineData("null", "null")]
    public async Task Json_that_is_no_object_says_what_it_is(string line, string found)
    {
        var row = await ReadMalformedAsync(line);
        Assert.Equal(MalformedReasons.NotAnObject, row.Reason);
        Assert.Contains(found, row.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_utf8_gives_the_column()
    {
        byte[] line = [.. "{\"a\":\"é"u8, 0xFF, .. "\"}"u8];
        var row = Assert.IsType<MalformedRow>(Assert.Single(await ReadAsync(line)));
        Assert.Equal((MalformedReasons.InvalidUtf8, (int?)8), (row.Reason, row.Column));
    }

    [Fact]
    public async Task Nul_byte_gives_the_column()
    {
        var row = await ReadMalformedAsync("{\"input\":\"a\0b\"}");
        Assert.Equal((MalformedReasons.NulByte, (int?)12), (row.Reason, row.Column));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_invalid_escape()
    {
        var row = await ReadMalformedAsync("""{"input":"\ud83d","expected":"r"}""");
        Assert.Equal((MalformedReasons.InvalidEscape, (int?)10), (row.Reason, row.Column));
    }

    [Fact]
    public async Task Nesting_beyond_64_levels_is_too_deep()
    {
        var row = await ReadMalformedAsync("{\"a\":" + new string('[', 100) + new string(']', 100) + "}");
        Assert.Equal(MalformedReasons.TooDeep, row.Reason);
    }

    [Fact]
    public async Task Line_over_the_limit_is_malformed_and_the_next_one_is_read()
    {
        var longLine = $$"""{"input":"{{new string('x', 100_000)}}","expected":"r"}""";
        var rows = await ReadAsync($"{longLine}\n{Good}\n", Options() with { MaxRowBytes = 1000 });
        Assert.Equal(MalformedReasons.LineTooLong, Assert.IsType<MalformedRow>(rows[0]).Reason);
        Assert.IsType<ValidRow>(rows[1]);
        Assert.Equal((longLine.Length + 1, 2), (rows[1].Offset, rows[1].Line));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("")]
    public async Task Line_of_exactly_the_limit_is_read(string end) =>
        Assert.IsType<ValidRow>(Assert.Single(await ReadAsync(Good + end, Options() with { MaxRowBytes = Good.Length })));

    [Fact]
    public async Task Line_one_byte_over_the_limit_is_too_long() =>
        Assert.Equal(
            MalformedReasons.LineTooLong,
            (await ReadMalformedAsync(Good, Options() with { MaxRowBytes = Good.Length - 1 })).Reason
        );

    [Fact]
    public async Task Endless_line_does_not_fill_memory()
    {
        const long Length = 256 * 1024 * 1024;
        RangeRead zeros = (_, count, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(Shared.AsMemory(0, count));
        await using var stream = new RangeStream(zeros, Length, Shared.Length);
        // Nothing here waits, so that one thread does it all.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = Options().CreateReader();
        await foreach (var row in reader.ReadAsync(stream))
        {
            Assert.Equal(MalformedReasons.LineTooLong, Assert.IsType<MalformedRow>(row).Reason);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 32 * 1024 * 1024);
    }

    [Fact]
    public async Task Malformed_rows_never_quote_the_row()
    {
        string[] lines =
        [
            "secretword",
            "[\"secretword\"]",
            "{\"input\":\"secretword\"}",
            "{\"input\":{\"secretword\":1},\"expected\":\"r\"}",
            "{\"messages\":[{\"role\":\"secretword\",\"content\":\"x\"}]}",
            "{\"input\":\"secretword\\ud800\",\"expected\":\"r\"}",
            "{\"input\":\"i\",\"expected\":\"r\",\"tags\":{\"secretword\":[]}}",
        ];
        var rows = await ReadAsync(string.Join('\n', lines));
        Assert.Equal(lines.Length, rows.Count);
        Assert.All(rows, row => Assert.DoesNotContain("secretword", Assert.IsType<MalformedRow>(row).Message, StringComparison.Ordinal));
    }

    private static readonly byte[] Shared = CreateShared();

    private static byte[] CreateShared()
    {
        var bytes = new byte[1024 * 1024];
        bytes.AsSpan().Fill((byte)'x');
        return bytes;
    }
}
