using System.Text;
using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

public sealed class ShardPlannerTests
{
    private static readonly Gen<string> Line = Gen.OneOf(
        Gen.Int[0, 40].Select(n => $$"""{"input":"{{new string('i', n)}}é","expected":"r"}"""),
        Gen.Int[200, 2000].Select(n => $$"""{"id":"long{{n}}","input":"{{new string('x', n)}}","expected":"r"}"""),
        Gen.OneOf("", "  ", "not json", "{\"input\":\"i\"}", "\0", "{}")
    );

    private static readonly Gen<string> CsvLine = Gen.OneOf(
        Gen.Int[0, 40].Select(n => $"{new string('i', n)}é,r"),
        Gen.Int[0, 20].Select(n => $"\"{new string('q', n)}\n\n\"\"{new string('q', n)}\r\n\",\"r,r\""),
        Gen.Int[200, 2000].Select(n => $"\"{new string('x', n)}\",r"),
        Gen.OneOf("", "one field", "a,\"b\"c", "5\" pipe,r", "a,b,c")
    );

    /// <summary>
    /// Rows of which some have stray quotes; a blank line or a ragged row makes one that takes in rows a text of several lines.
    /// </summary>
    private static readonly Gen<string> TsvLine = Gen.OneOf(
        Gen.Int[0, 40].Select(n => $"{new string('i', n)}é\tr"),
        Gen.OneOf("\"open\tr", "said \"\tr", "a\"\t\"b", "\"well quoted\"\tr", "\"two\n\nlines\"\tr", "", "one field", "a\t\"b\"c")
    );

    private static Gen<byte[]> File(Gen<string> line, string? header) =>
        Gen.Select(
            line.Array[0, 60],
            Gen.Bool,
            Gen.OneOf("\n", "\r\n"),
            Gen.Bool,
            (lines, bom, end, final) =>
            {
                var all = header is null ? lines : [header, .. lines];
                return Encoding.UTF8.GetBytes((bom ? "\uFEFF" : "") + string.Join(end, all) + (final ? end : ""));
            }
        );

    private static readonly Gen<ShardPlanOptions> Sizes = Gen.Select(
        Gen.Int[1, 5],
        Gen.Int[1, 20],
        Gen.Int[1, 10_000],
        Gen.Int[1, 3000],
        Gen.Int[1, 4],
        (min, more, bytes, head, concurrency) =>
            new ShardPlanOptions
            {
                Format = JsonlFormat.Instance,
                MinRows = min,
                MaxRows = min + more,
                MaxBytes = bytes,
                HeadBytes = head,
                Concurrency = concurrency,
            }
    );

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tsv")]
    public Task Shards_of_any_size_have_the_rows_of_the_whole(string name)
    {
        var format = Format(name);
        var file =
            format == JsonlFormat.Instance ? File(Line, null)
            : format == CsvFormat.Csv ? File(CsvLine, "input,expected")
            : File(TsvLine, "input\texpected");
        return Gen.Select(file, Sizes)
            .SampleAsync(
                async (bytes, sizes) =>
                {
                    var options = Options(format);
                    var (whole, wholeLines) = await ReadWithLinesAsync(bytes, options);
                    ShardPlan plan;
                    try
                    {
                        plan = await ShardPlanner.PlanAsync(Range(bytes), bytes.Length, sizes with { Format = format });
                    }
                    catch (DatasetException e) when (format == CsvFormat.Tsv)
                    {
                        Assert.Contains(whole, row => row is MalformedRow bad && bad.Reason == e.Code && bad.Line == e.Line);
                        return;
                    }

                    var expectedStart = plan.HeaderEnd;
                    var lines = plan.HeaderLines;
                    var ordinal = 0;
                    List<string> rows = [];
                    foreach (var shard in plan.Shards)
                    {
                        Assert.Equal(expectedStart, shard.Start);
                        Assert.True(shard.End > shard.Start);
                        expectedStart = shard.End;
                        var part = bytes[(int)shard.Start..(int)shard.End];
                        var (shardRows, shardLines) = await ReadWithLinesAsync(
                            part,
                            options with
                            {
                                StartOffset = shard.Start,
                                CsvHeader = plan.CsvHeader,
                            }
                        );
                        rows.AddRange(shardRows.Select(row => Describe(row, lines, ordinal)));
                        lines += shardLines;
                        ordinal += shardRows.Count;
                    }

                    Assert.Equal(bytes.Length, expectedStart);
                    Assert.Equal(whole.Select(row => Describe(row, 0, 0)), rows);
                    Assert.Equal(wholeLines, lines);
                },
                iter: 400
            );
    }

    [Fact]
    public async Task Small_dataset_is_one_read()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"input\":\"i\",\"expected\":\"r\"}\n", 1000)));
        var reads = 0;
        var plan = await ShardPlanner.PlanAsync(
            (offset, length, token) =>
            {
                reads++;
                return Range(bytes)(offset, length, token);
            },
            bytes.Length,
            new ShardPlanOptions { Format = JsonlFormat.Instance }
        );
        Assert.Equal(1, reads);
        Assert.Equal(1000, plan.EstimatedRows);
        Assert.Equal(5, plan.Shards.Count);
    }

    [Theory]
    [InlineData("jsonl", "{}\n\n{}\r\n \t\r\n{}\n\n", 3)]
    [InlineData("jsonl", "{}\n{}", 2)]
    [InlineData("csv", "input,expected\n\na,b\n\nc,d\n\n", 2)]
    public async Task Row_count_of_a_dataset_that_was_read_whole_is_exact(string name, string text, long rows)
    {
        var format = Format(name);
        var bytes = Encoding.UTF8.GetBytes(text);
        var plan = await ShardPlanner.PlanAsync(Range(bytes), bytes.Length, new ShardPlanOptions { Format = format });
        Assert.Equal((rows, true), (plan.EstimatedRows, plan.IsRowCountExact));
    }

    [Fact]
    public async Task Row_count_of_a_dataset_whose_beginning_was_read_is_an_estimate()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{}\n", 100)));
        var plan = await ShardPlanner.PlanAsync(
            Range(bytes),
            bytes.Length,
            new ShardPlanOptions { Format = JsonlFormat.Instance, HeadBytes = 30 }
        );
        Assert.Equal((100, false), (plan.EstimatedRows, plan.IsRowCountExact));
    }

    [Fact]
    public async Task Large_dataset_is_read_by_less_than_a_hundredth()
    {
        var file = new GeneratedFile(1_000_000_000);
        var plan = await ShardPlanner.PlanAsync(file.ReadAsync, file.Length, new ShardPlanOptions { Format = JsonlFormat.Instance });
        Assert.InRange(plan.BytesRead, 1, file.Length / 100);
        Assert.All(plan.Shards, shard => Assert.InRange(shard.Length, 1, 4 * 1024 * 1024));
        Assert.Equal(file.Length, plan.Shards.Sum(shard => shard.Length));
    }

    [Theory]
    [InlineData(100, 200)]
    [InlineData(64_000, 1000)]
    [InlineData(1_000_000, 2000)]
    public async Task Shards_hold_a_64th_of_the_rows_within_the_bounds(int rows, int perShard)
    {
        const int RowBytes = 100;
        var file = new GeneratedFile((long)rows * RowBytes);
        var plan = await ShardPlanner.PlanAsync(file.ReadAsync, file.Length, new ShardPlanOptions { Format = JsonlFormat.Instance });
        Assert.InRange(plan.EstimatedRows, rows * 0.99, rows * 1.01);
        Assert.InRange(plan.Shards[0].Length / (double)RowBytes, Math.Min(rows, perShard) * 0.95, perShard * 1.05);
    }

    [Fact]
    public async Task Stride_that_falls_on_a_row_start_cuts_there()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("123456789\n", 1000)));
        var plan = await ShardPlanner.PlanAsync(
            Range(bytes),
            bytes.Length,
            new ShardPlanOptions
            {
                Format = JsonlFormat.Instance,
                MinRows = 100,
                MaxRows = 100,
                HeadBytes = 50,
            }
        );
        Assert.Equal(Enumerable.Repeat(1000L, 10), plan.Shards.Select(shard => shard.Length));
    }

    [Fact]
    public async Task Line_over_several_strides_leaves_no_empty_shard()
    {
        var bytes = Encoding.UTF8.GetBytes("{}\n" + new string('x', 5000) + "\n{}\n");
        var plan = await ShardPlanner.PlanAsync(
            Range(bytes),
            bytes.Length,
            new ShardPlanOptions
            {
                Format = JsonlFormat.Instance,
                MinRows = 1,
                MaxRows = 1,
                HeadBytes = 9,
            }
        );
        Assert.Equal([5004, 3], plan.Shards.Select(shard => shard.Length));
        Assert.Equal([0, 1], plan.Shards.Select(shard => shard.Index));
    }

    [Fact]
    public async Task Line_over_many_strides_is_read_once()
    {
        var content = Encoding.UTF8.GetBytes("short\n" + new string('x', 20_000_000) + "\nshort\n");

        var plan = await ShardPlanner.PlanAsync(
            Range(content),
            content.Length,
            new ShardPlanOptions { Format = JsonlFormat.Instance, MaxBytes = 100_000 }
        );

        Assert.Equal(content.Length, plan.Shards.Sum(shard => shard.Length));
        Assert.InRange(plan.BytesRead, 1, content.Length + 200_000);
    }

    [Fact]
    public async Task Csv_header_is_kept_apart_from_the_shards()
    {
        var bytes = Encoding.UTF8.GetBytes("\uFEFF\"in\nput\",expected\r\na,b\r\n");
        var plan = await ShardPlanner.PlanAsync(Range(bytes), bytes.Length, new ShardPlanOptions { Format = CsvFormat.Csv });
        Assert.Equal(("\"in\nput\",expected", 2, 1), (plan.CsvHeader, plan.HeaderLines, (int)plan.EstimatedRows));
        Assert.Equal("a,b\r\n", Encoding.UTF8.GetString(bytes[(int)Assert.Single(plan.Shards).Start..]));
    }

    [Fact]
    public async Task Csv_quote_that_takes_in_the_rest_of_the_dataset_is_told_with_its_line()
    {
        var bytes = Encoding.UTF8.GetBytes("input,expected\na,b\nc,\"d\ne,f\ng,h\n");
        var e = await Assert.ThrowsAsync<DatasetException>(() =>
            ShardPlanner.PlanAsync(Range(bytes), bytes.Length, new ShardPlanOptions { Format = CsvFormat.Csv })
        );
        Assert.Equal((MalformedReasons.UnterminatedQuote, (int?)3), (e.Code, e.Line));
    }

    [Fact]
    public async Task Empty_dataset_has_no_shard() =>
        Assert.Empty((await ShardPlanner.PlanAsync(Range([]), 0, new ShardPlanOptions { Format = JsonlFormat.Instance })).Shards);

    [Fact]
    public async Task Read_that_returns_too_little_throws()
    {
        RangeRead broken = (_, length, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[length - 1]);
        await Assert.ThrowsAsync<EndOfStreamException>(() =>
            ShardPlanner.PlanAsync(broken, 100, new ShardPlanOptions { Format = JsonlFormat.Instance })
        );
    }

    private static string Describe(DatasetRow row, int linesBefore, int rowsBefore)
    {
        var what = row switch
        {
            ValidRow valid => $"{valid.Sample.Id} {valid.Sample.Input} {valid.Sample.References[0]}",
            MalformedRow bad => $"{bad.Reason} {bad.Column} {bad.Message}",
            _ => throw new InvalidOperationException(),
        };
        return $"line {row.Line + linesBefore} offset {row.Offset} row {row.Ordinal + rowsBefore}: {what}";
    }

    /// <summary>Lines of 50 to 149 bytes, 100 in the mean, made where they are read.</summary>
    private sealed class GeneratedFile(long length)
    {
        private const int Period = 10_000;

        private static readonly byte[] Content = CreateContent();

        public long Length => length;

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync(long offset, int count, CancellationToken cancellationToken)
        {
            Assert.True(offset + count <= length);
            var bytes = new byte[count];
            for (var i = 0; i < count; i++)
            {
                bytes[i] = Content[(offset + i) % Period];
            }

            return ValueTask.FromResult<ReadOnlyMemory<byte>>(bytes);
        }

        private static byte[] CreateContent()
        {
            var content = new byte[Period];
            content.AsSpan().Fill((byte)'x');
            var end = 0;
            for (var line = 0; line < 100; line++)
            {
                end += line == 99 ? Period - end : 50 + line * 37 % 100;
                content[end - 1] = (byte)'\n';
            }

            return content;
        }
    }
}
