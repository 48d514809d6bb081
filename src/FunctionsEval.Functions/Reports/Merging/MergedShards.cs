using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Merging;

/// <summary>
/// What a range of shards merges to: everything that the run's results need of it. Its lines of <c>samples.jsonl</c> are staged as blocks of
/// that blob. It is kept as a blob until the run has ended.
/// </summary>
internal sealed record MergedShards
{
    /// <summary>Of the form and of what the parts are made of; another version merges again.</summary>
    public const int Form = 2;

    /// <summary>The first shard.</summary>
    public required int First { get; init; }

    /// <summary>How many shards.</summary>
    public required int Count { get; init; }

    /// <summary>Their physical lines.</summary>
    public required long Lines { get; init; }

    /// <summary>Bytes of their lines in <c>samples.jsonl</c>.</summary>
    public required long Bytes { get; init; }

    /// <summary>The blocks that these are staged as.</summary>
    public required IReadOnlyList<string> Blocks { get; init; }

    /// <summary>Their totals by role, in the plan's order, with lines of the dataset.</summary>
    public required IReadOnlyList<ShardState> Totals { get; init; }

    /// <summary>The samples that a report may show.</summary>
    public required IReadOnlyList<HighlightLine> Highlights { get; init; }

    /// <summary>The stored scoreboard; empty where it would be larger than the statistics that it is made of.</summary>
    public required ReadOnlyMemory<byte> Scoreboard { get; init; }

    /// <summary>By sample that is no further answer or turn: the hash of its id, and its line.</summary>
    public required ReadOnlyMemory<byte> Ids { get; init; }

    /// <summary>By sample what the index keeps of it, and the numbers of both answers.</summary>
    public required ReadOnlyMemory<byte> Rows { get; init; }

    /// <summary>The form in which it is kept.</summary>
    public BinaryData Write()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write7BitEncodedInt(Form);
        writer.Write7BitEncodedInt(First);
        writer.Write7BitEncodedInt(Count);
        writer.Write7BitEncodedInt64(Lines);
        writer.Write7BitEncodedInt64(Bytes);
        Write(writer, JsonSerializer.SerializeToUtf8Bytes(Blocks, RunJson.Options));
        Write(writer, JsonSerializer.SerializeToUtf8Bytes(Totals, RunJson.Options));
        writer.Write7BitEncodedInt(Highlights.Count);
        foreach (var line in Highlights)
        {
            Write(writer, line);
        }

        Write(writer, Scoreboard.Span);
        Write(writer, Ids.Span);
        Write(writer, Rows.Span);
        writer.Flush();
        return new BinaryData(stream.ToArray());
    }

    /// <summary>Reads what <see cref="Write()"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another form.</exception>
    public static MergedShards Read(BinaryData stored)
    {
        using var reader = new BinaryReader(stored.ToStream(), Encoding.UTF8);
        if (reader.Read7BitEncodedInt() != Form)
        {
            throw new InvalidDataException("Not merged shards of this version.");
        }

        return new MergedShards
        {
            First = reader.Read7BitEncodedInt(),
            Count = reader.Read7BitEncodedInt(),
            Lines = reader.Read7BitEncodedInt64(),
            Bytes = reader.Read7BitEncodedInt64(),
            Blocks = ReadJson<List<string>>(reader),
            Totals = ReadJson<List<ShardState>>(reader),
            Highlights = ReadLines(reader),
            Scoreboard = ReadBytes(reader),
            Ids = ReadBytes(reader),
            Rows = ReadBytes(reader),
        };
    }

    private static void Write(BinaryWriter writer, HighlightLine line)
    {
        Write(writer, line.Line.Span);
        writer.Write7BitEncodedInt64(line.Number);
        writer.Write7BitEncodedInt(line.Flip is { } flip ? (int)flip + 1 : 0);
        writer.Write(line.Pair is not null);
        if (line.Pair is { } pair)
        {
            writer.Write(pair.Reference);
            writer.Write(pair.Prediction is not null);
            writer.Write(pair.Prediction ?? "");
        }

        writer.Write7BitEncodedInt(line.Scores.Length);
        foreach (var score in line.Scores)
        {
            writer.Write(score);
        }
    }

    private static List<HighlightLine> ReadLines(BinaryReader reader)
    {
        var lines = new List<HighlightLine>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var line = ReadBytes(reader);
            var number = reader.Read7BitEncodedInt64();
            Flip? flip = reader.Read7BitEncodedInt() is > 0 and var known ? (Flip)(known - 1) : null;
            (string, string?)? pair = null;
            if (reader.ReadBoolean())
            {
                var reference = reader.ReadString();
                var isKnown = reader.ReadBoolean();
                var prediction = reader.ReadString();
                pair = (reference, isKnown ? prediction : null);
            }

            var scores = new double[reader.Read7BitEncodedInt()];
            for (var place = 0; place < scores.Length; place++)
            {
                scores[place] = reader.ReadDouble();
            }

            lines.Add(new HighlightLine(line, number, flip, pair, scores));
        }

        return lines;
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write7BitEncodedInt(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.Read7BitEncodedInt());

    private static T ReadJson<T>(BinaryReader reader) =>
        JsonSerializer.Deserialize<T>(ReadBytes(reader), RunJson.Options) ?? throw new InvalidDataException("Merged shards lack a part.");
}
