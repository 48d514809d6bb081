using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Pages of found samples. Their lines are copied as they are, with what is known of each sample before them.</summary>
internal sealed class SamplePages(SampleBlobs blobs)
{
    /// <summary>Maximum number of bytes of a page's samples. A larger sample is its own page.</summary>
    public const int MaxBytes = 8 << 20;

    private const int ReadsAtOnce = 8;

    /// <summary>Writes a page as JSON (<see cref="SamplePage"/>).</summary>
    /// <param name="index">The index.</param>
    /// <param name="found">The samples.</param>
    /// <param name="offset">How many of them come before the page.</param>
    /// <param name="size">Maximum number of samples of the page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SamplesChangedException">There is another version of the samples.</exception>
    public async Task<ReadOnlyMemory<byte>> WriteAsync(
        SampleIndex index,
        FoundSamples found,
        int offset,
        int size,
        CancellationToken cancellationToken
    )
    {
        var rows = PageOf(index, found.Rows, offset, size);
        var lines = await ReadAsync(index, rows, cancellationToken);
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = ResultJson.Options.Encoder, SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("runId", index.File.RunId);
        writer.WriteStartArray("samples");
        foreach (var row in rows)
        {
            writer.WriteRawValue(Compose(index, found, row, lines[row].Span), skipInputValidation: true);
        }

        writer.WriteEndArray();
        if (offset + rows.Length < found.Rows.Length)
        {
            writer.WriteNumber("next", offset + rows.Length);
        }

        if (offset > 0 && found.Rows.Length > 0)
        {
            writer.WriteNumber("previous", Math.Max(0, Math.Min(offset, found.Rows.Length) - size));
        }

        if (rows.Length > 0)
        {
            writer.WriteNumber("first", offset + 1);
        }

        writer.WriteNumber("total", found.Rows.Length);
        writer.WriteNumber("of", index.SamplesOfRun);
        if (found.Metric is { } metric)
        {
            writer.WriteString("metric", metric);
        }

        WriteNotes(writer, found.Notes);
        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenMemory;
    }

    /// <summary>The line of one sample.</summary>
    /// <exception cref="SamplesChangedException">There is another version of the samples.</exception>
    public async Task<SampleResult> ReadAsync(SampleIndex index, int row, CancellationToken cancellationToken)
    {
        var line = (await ReadAsync(index, [row], cancellationToken))[row];
        return JsonSerializer.Deserialize<SampleResult>(line.Span, ResultJson.Options)! with
        {
            Key = SampleKeys.Of(index, row),
            Correct = MarksOf(index, row),
        };
    }

    /// <summary>Whether the answers to a sample are right; null where none is right or wrong.</summary>
    public static AnswerMarks? MarksOf(SampleIndex index, int row) =>
        (SampleMarks.CandidateOf(index.Marks[row]), SampleMarks.BaselineOf(index.Marks[row])) switch
        {
            (null, null) => null,
            var (candidate, baseline) => new AnswerMarks(candidate, baseline),
        };

    private static int[] PageOf(SampleIndex index, int[] rows, int offset, int size)
    {
        var bytes = 0L;
        return [.. rows.Skip(offset).Take(size).TakeWhile((row, position) => (bytes += index.LengthOf(row)) <= MaxBytes || position == 0)];
    }

    private async Task<Dictionary<int, ReadOnlyMemory<byte>>> ReadAsync(
        SampleIndex index,
        IReadOnlyList<int> rows,
        CancellationToken cancellationToken
    )
    {
        int[] ascending = [.. rows.Order()];
        var ranges = SampleRange.Cut(index, ascending, MaxBytes);
        var buffers = new byte[ranges.Count][];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, ranges.Count),
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (number, token) =>
            {
                var start = index.Starts[ascending[ranges[number].First]];
                buffers[number] = new byte[index.Starts[ascending[ranges[number].End - 1] + 1] - start];
                await blobs.ReadAsync(index.File, start, buffers[number], token);
            }
        );
        var lines = new Dictionary<int, ReadOnlyMemory<byte>>();
        foreach (var (number, range) in ranges.Index())
        {
            var start = index.Starts[ascending[range.First]];
            for (var position = range.First; position < range.End; position++)
            {
                var row = ascending[position];
                lines[row] = buffers[number].AsMemory((int)(index.Starts[row] - start), index.LengthOf(row));
            }
        }

        return lines;
    }

    /// <summary>The sample's own line with its key, marks and scores in front.</summary>
    private static ReadOnlySpan<byte> Compose(SampleIndex index, FoundSamples found, int row, ReadOnlySpan<byte> line)
    {
        var head = new JsonObject { ["key"] = SampleKeys.Of(index, row) };
        if (MarksOf(index, row) is { } marks)
        {
            head["correct"] = JsonSerializer.SerializeToNode(marks, ResultJson.Options);
        }

        if (found.Scores is { } scores)
        {
            var values = new AnswerScores(Finite(scores.Candidate[row]), Finite(scores.Baseline[row]));
            head["scores"] = JsonSerializer.SerializeToNode(values, ResultJson.Options);
        }

        var json = Encoding.UTF8.GetBytes(head.ToJsonString());
        json[^1] = (byte)',';
        return (byte[])[.. json, .. line[1..]];
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static void WriteNotes(Utf8JsonWriter writer, IReadOnlyList<string> notes)
    {
        if (notes.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("notes");
        foreach (var note in notes)
        {
            writer.WriteStringValue(note);
        }

        writer.WriteEndArray();
    }
}
