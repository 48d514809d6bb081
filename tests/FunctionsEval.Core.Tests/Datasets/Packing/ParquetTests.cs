using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Packing;
using Parquet;
using Parquet.Schema;
using Parquet.Serialization;

namespace FunctionsEval.Core.Tests.Datasets.Packing;

/// <summary>Files are written by the library's serializer; what it was given, as JSON without nulls, is the oracle.</summary>
public sealed class ParquetTests
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Gen<string?> Texts = Among<string?>(
        null,
        null,
        "",
        "user",
        "a \"quoted\" text\nof two lines",
        "Ünïcode 漢字 🙂",
        new string('x', 300)
    );

    private static readonly Gen<Row> Rows =
        from id in Texts
        from number in Gen.Int.Nullable()
        from score in Among<double?>(null, 0.5, -1e9, 3)
        from isRight in Gen.Bool
        from tags in Texts.List[0, 4].Null()
        from turns in (
            from role in Texts
            from content in Texts
            from weight in Gen.Int[0, 1].Nullable()
            from calls in (
                from name in Texts
                from arguments in Texts.List[0, 3].Null()
                select new Call { name = name, arguments = arguments }
            )
                .List[0, 3]
                .Null()
            select new Turn
            {
                role = role,
                content = content,
                weight = weight,
                tool_calls = calls,
            }
        )
            .List[0, 4]
            .Null()
        select new Row
        {
            id = id,
            number = number,
            score = score,
            is_right = isRight,
            tags = tags,
            messages = turns,
        };

    [Fact]
    public void Rows_are_those_that_were_written_whatever_is_nested_absent_or_empty() =>
        Rows.Array[1, 60]
            .Select(Gen.Int[1, 40], Gen.Bool, (rows, groupSize, isZstd) => (rows, groupSize, isZstd))
            .Sample(
                t =>
                {
                    var file = Write(t.rows, t.groupSize, t.isZstd ? CompressionMethod.Zstd : CompressionMethod.Snappy);
                    Assert.Equal(
                        t.rows.Select(row => JsonSerializer.Serialize(row, Json)),
                        Encoding.UTF8.GetString(Unpack(file)).Split('\n')[..^1]
                    );
                },
                iter: 200
            );

    [Fact]
    public async Task Conversations_of_a_parquet_file_are_samples()
    {
        var file = Write(
            [
                new Row
                {
                    id = "a",
                    messages =
                    [
                        new Turn { role = "system", content = "Be brief." },
                        new Turn { role = "user", content = "2+2?" },
                        new Turn { role = "assistant", content = "4" },
                    ],
                },
            ],
            100
        );

        var sample = await DatasetText.ReadSampleAsync(Encoding.UTF8.GetString(Unpack(file)).TrimEnd());

        Assert.Equal(("a", "2+2?", "4"), (sample.Id, sample.Input, sample.References[0]));
        Assert.Equal(["system", "user"], sample.Messages.Select(message => message.Role));
    }

    [Fact]
    public async Task Metadata_of_Hugging_Face_with_half_a_character_count_as_absent()
    {
        using var file = new MemoryStream();
        var schema = new ParquetSchema(new DataField<long>("label"));
        await using (var writer = await ParquetWriter.CreateAsync(schema, file, cancellationToken: TestContext.Current.CancellationToken))
        {
            writer.CustomMetadata = new Dictionary<string, string>
            {
                ["huggingface"] = """{"info": {"features": {"label": {"names": ["\ud800", "pos"], "_type": "ClassLabel"}}}}""",
            };
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<long>(schema.DataFields[0], new long[] { 1 });
        }

        Assert.Equal("{\"label\":1}\n", Encoding.UTF8.GetString(Unpack(file.ToArray())));
    }

    [Fact]
    public async Task Class_numbers_become_the_names_in_the_metadata_of_Hugging_Face()
    {
        using var file = new MemoryStream();
        var schema = new ParquetSchema(new DataField<string>("text"), new DataField<long>("label"), new DataField<long>("n"));
        await using (var writer = await ParquetWriter.CreateAsync(schema, file, cancellationToken: TestContext.Current.CancellationToken))
        {
            writer.CustomMetadata = new Dictionary<string, string>
            {
                ["huggingface"] =
                    """{"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}""",
            };
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(schema.DataFields[0], new[] { "a", "b", "c", "d" });
            await group.WriteAsync<long>(schema.DataFields[1], new long[] { 1, 0, -1, 7 });
            await group.WriteAsync<long>(schema.DataFields[2], new long[] { 1, 0, -1, 7 });
        }

        Assert.Equal(
            """
            {"text":"a","label":"pos","n":1}
            {"text":"b","label":"neg","n":0}
            {"text":"c","n":-1}
            {"text":"d","label":7,"n":7}

            """,
            Encoding.UTF8.GetString(Unpack(file.ToArray()))
        );
    }

    [Fact]
    public async Task Dates_are_texts_numbers_that_are_none_are_absent_and_bytes_are_left_out()
    {
        using var file = new MemoryStream();
        await ParquetSerializer.SerializeAsync(
            [
                new Other
                {
                    at = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
                    price = 12.50m,
                    share = double.NaN,
                    image = new Image { bytes = [1, 2], path = "x.png" },
                    counts = new() { ["a"] = 1, ["b"] = 2 },
                },
            ],
            file,
            cancellationToken: TestContext.Current.CancellationToken
        );

        using var row = JsonDocument.Parse(Unpack(file.ToArray()));
        Assert.StartsWith("2026-01-02T03:04:05", row.RootElement.GetProperty("at").GetString(), StringComparison.Ordinal);
        Assert.Equal(12.5m, row.RootElement.GetProperty("price").GetDecimal());
        Assert.False(row.RootElement.TryGetProperty("share", out _));
        Assert.Equal("""{"path":"x.png"}""", row.RootElement.GetProperty("image").GetRawText());
        Assert.Equal("""{"a":1,"b":2}""", row.RootElement.GetProperty("counts").GetRawText());
    }

    [Fact]
    public void Row_that_is_too_long_is_too_long_in_jsonl_too_and_the_next_is_read()
    {
        var file = Write(
            [
                new Row { id = "a" },
                new Row { id = "b", tags = [.. Enumerable.Repeat<string?>(new string('x', 50_000), 100)] },
                new Row { id = "c", tags = ["d"] },
            ],
            10
        );

        var lines = Encoding.UTF8.GetString(Unpack(file)).Split('\n');

        Assert.Equal("""{"id":"a","is_right":false}""", lines[0]);
        Assert.InRange(lines[1].Length, DatasetReadOptions.DefaultMaxRowBytes + 1, DatasetReadOptions.DefaultMaxRowBytes + 10);
        Assert.Equal("""{"id":"c","is_right":false,"tags":["d"]}""", lines[2]);
    }

    [Fact]
    public async Task Row_group_of_more_values_than_are_held_is_refused_with_the_fix()
    {
        using var file = new MemoryStream();
        await WriteNumbersAsync(file, (4 << 20) + 1);

        var refused = Assert.Throws<DatasetException>(() => Unpack(file.ToArray()));
        Assert.Equal(DatasetProblems.TooLarge, refused.Code);
        Assert.Contains("row_group_size", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever a file holds: it is read, or refused, in bounded time and memory.</summary>
    [Fact]
    public void Changed_and_shortened_files_are_refused_or_read()
    {
        var file = Write(Rows.Array[40].Single(), 15);
        Gen.Select(Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte).Array[1, 4], Gen.Int[0, file.Length], Gen.Int[0, 3])
            .Sample(
                (changes, cut, kind) =>
                {
                    var bytes = (byte[])file.Clone();
                    foreach (var (at, value) in changes)
                    {
                        // The metadata at the end matter most.
                        bytes[kind < 2 ? bytes.Length - 1 - (at % Math.Min(bytes.Length, 3000)) : at] = value;
                    }

                    bytes = kind == 3 ? [.. bytes[..cut], .. file[Math.Min(file.Length, cut + 7)..]] : bytes;
                    try
                    {
                        Unpack(bytes, maxBytes: 16 << 20);
                    }
                    catch (DatasetException refused)
                    {
                        Assert.DoesNotContain("quoted", refused.Message, StringComparison.Ordinal);
                    }
                },
                iter: 3000
            );
    }

    [Fact]
    public void Truncated_file_and_other_content_is_damaged()
    {
        var file = Write([new Row { id = "a" }], 1);
        foreach (
            var bytes in new[]
            {
                file[..^1],
                file[..(file.Length / 2)],
                "PAR1"u8.ToArray(),
                new byte[100],
                Encoding.UTF8.GetBytes("{\"a\":1}\n{\"a\":2}\n"),
            }
        )
        {
            Assert.Equal(DatasetProblems.Damaged, Assert.Throws<DatasetException>(() => Unpack(bytes)).Code);
        }
    }

    /// <summary>The library takes its memory from the shared pool as it is; there a text of another dataset may lie.</summary>
    [Fact]
    public void Dictionary_that_announces_more_than_it_has_shows_nothing_of_another_dataset()
    {
        var file = Write([.. Enumerable.Range(0, 64).Select(i => new Row { id = $"id {i % 4}" })], 64);
        for (var at = 4; at < 400; at++)
        {
            foreach (var value in new byte[] { 6, 7, 14, 16, 30 })
            {
                Leave("a text of another dataset");
                var changed = (byte[])file.Clone();
                changed[at] = value;
                try
                {
                    Assert.DoesNotContain("another dataset", Encoding.UTF8.GetString(Unpack(changed)), StringComparison.Ordinal);
                }
                catch (DatasetException)
                {
                    // Most are damaged.
                }
            }
        }

        static void Leave(string text)
        {
            for (var size = 16; size <= 64; size *= 2)
            {
                var pooled = ArrayPool<ReadOnlyMemory<char>>.Shared.Rent(size);
                pooled.AsSpan().Fill(text.AsMemory());
                ArrayPool<ReadOnlyMemory<char>>.Shared.Return(pooled);
            }
        }
    }

    /// <summary>
    /// Nested lists in a field that nobody knows, and a number without end: one overflows the library's stack, one loops.
    /// </summary>
    [Theory]
    [InlineData(0x19)]
    [InlineData(0xFF)]
    public void Hostile_metadata_is_refused_before_the_library_reads_it(byte value)
    {
        byte[] footer = [0xF9, 0x01, .. Enumerable.Repeat(value, 1 << 20)];
        byte[] file = [.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];
        Assert.Throws<DatasetException>(() => Unpack(file));
    }

    private static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static async Task WriteNumbersAsync(Stream file, int count)
    {
        var schema = new ParquetSchema(new DataField<int>("n"));
        await using var writer = await ParquetWriter.CreateAsync(schema, file);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<int>(schema.DataFields[0], new int[count]);
    }

    private static byte[] Write(Row[] rows, int groupSize, CompressionMethod compression = CompressionMethod.Snappy)
    {
        using var file = new MemoryStream();
        ParquetSerializer
            .SerializeAsync(rows, file, new ParquetOptions { RowGroupSize = groupSize, CompressionMethod = compression })
            .GetAwaiter()
            .GetResult();
        return file.ToArray();
    }

    private static byte[] Unpack(byte[] packed, long maxBytes = long.MaxValue)
    {
        RangeRead read = (offset, length, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(packed.AsMemory((int)offset, length));
        using var text = DatasetPackingCatalog.Find(".parquet")!.Unpack(read, packed.Length, maxBytes);
        using var unpacked = new MemoryStream();
        text.CopyToAsync(unpacked).GetAwaiter().GetResult();
        return unpacked.ToArray();
    }

#pragma warning disable IDE1006, SA1300 // The names of the columns.
    private sealed class Row
    {
        public string? id { get; set; }
        public int? number { get; set; }
        public double? score { get; set; }
        public bool is_right { get; set; }
        public List<string?>? tags { get; set; }
        public List<Turn>? messages { get; set; }
    }

    private sealed class Turn
    {
        public string? role { get; set; }
        public string? content { get; set; }
        public int? weight { get; set; }
        public List<Call>? tool_calls { get; set; }
    }

    private sealed class Call
    {
        public string? name { get; set; }
        public List<string?>? arguments { get; set; }
    }

    private sealed class Other
    {
        public DateTime at { get; set; }
        public decimal price { get; set; }
        public double share { get; set; }
        public Image? image { get; set; }
        public Dictionary<string, int>? counts { get; set; }
    }

    private sealed class Image
    {
        public byte[]? bytes { get; set; }
        public string? path { get; set; }
    }
#pragma warning restore IDE1006, SA1300
}
