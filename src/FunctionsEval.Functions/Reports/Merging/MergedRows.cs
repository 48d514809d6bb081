using System.Text;
using FunctionsEval.Functions.Reports.Samples;

namespace FunctionsEval.Functions.Reports.Merging;

/// <summary>
/// What the index keeps of the samples of a range, and their numbers, one sample after the other. A text is written once and referred to by
/// its number.
/// </summary>
internal sealed class MergedRows : IDisposable
{
    private const int None = 0;
    private const int TooLong = 1;
    private const int First = 2;

    private readonly MemoryStream _stream = new();
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);
    private readonly BinaryWriter _writer;
    private readonly int _numbers;
    private long _offset;

    /// <summary>No rows.</summary>
    /// <param name="numbers">How many numbers an answer has.</param>
    public MergedRows(int numbers)
    {
        _numbers = numbers;
        _writer = new BinaryWriter(_stream, Encoding.UTF8);
    }

    /// <summary>The rows so far.</summary>
    public byte[] ToArray()
    {
        _writer.Flush();
        return _stream.ToArray();
    }

    /// <summary>Adds a sample.</summary>
    public void Add(SampleIndexRow row, ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline)
    {
        var writer = _writer;
        writer.Write7BitEncodedInt(row.LineBytes);
        row.Numbers.Write(writer, _offset);
        _offset = row.Numbers.Offset;
        writer.Write7BitEncodedInt(row.Labels.Count);
        foreach (var label in row.Labels)
        {
            Write(writer, label);
        }

        writer.Write(row.HasMoreLabels);
        Write(writer, row.Prediction);
        Write(writer, row.BaselinePrediction);
        Write(writer, row.FinishReason);
        Write(writer, row.BaselineFinishReason);
        writer.Write7BitEncodedInt(row.Tags.Count);
        foreach (var (name, value) in row.Tags)
        {
            Write(writer, name);
            Write(writer, value);
        }

        for (var number = 0; number < _numbers; number++)
        {
            writer.Write(candidate[number]);
            writer.Write(baseline[number]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>Adds the rows of a range to an index.</summary>
    public static async Task AddToAsync(
        SampleIndexWriter index,
        ReadOnlyMemory<byte> rows,
        int numbers,
        CancellationToken cancellationToken
    )
    {
        using var reader = new BinaryReader(new BinaryData(rows).ToStream(), Encoding.UTF8);
        var (texts, candidate, baseline) = (new List<string>(), new double[numbers], new double[numbers]);
        for (var offset = 0L; reader.BaseStream.Position < rows.Length; )
        {
            var row = Read(reader, offset, texts);
            offset = row.Numbers.Offset;
            for (var number = 0; number < numbers; number++)
            {
                candidate[number] = reader.ReadDouble();
                baseline[number] = reader.ReadDouble();
            }

            await index.AddAsync(row, candidate, baseline, cancellationToken);
        }
    }

    private static SampleIndexRow Read(BinaryReader reader, long before, List<string> texts) =>
        new()
        {
            LineBytes = reader.Read7BitEncodedInt(),
            Numbers = SampleIndexNumbers.Read(reader, before),
            Labels = ReadAll(reader, () => ReadText(reader, texts)!),
            HasMoreLabels = reader.ReadBoolean(),
            Prediction = ReadText(reader, texts),
            BaselinePrediction = ReadText(reader, texts),
            FinishReason = ReadText(reader, texts),
            BaselineFinishReason = ReadText(reader, texts),
            Tags = ReadAll(reader, () => KeyValuePair.Create(ReadText(reader, texts)!, ReadText(reader, texts)!)),
        };

    private static T[] ReadAll<T>(BinaryReader reader, Func<T> read)
    {
        var count = reader.Read7BitEncodedInt();
        if (count == 0)
        {
            return [];
        }

        var all = new T[count];
        for (var place = 0; place < count; place++)
        {
            all[place] = read();
        }

        return all;
    }

    private void Write(BinaryWriter writer, string? text)
    {
        if (text is null or { Length: > SampleIndexFormat.MaxValueLength })
        {
            writer.Write7BitEncodedInt(text is null ? None : TooLong);
        }
        else if (_texts.TryGetValue(text, out var known))
        {
            writer.Write7BitEncodedInt(known);
        }
        else
        {
            _texts[text] = First + _texts.Count;
            writer.Write7BitEncodedInt(_texts[text]);
            writer.Write(text);
        }
    }

    private static string? ReadText(BinaryReader reader, List<string> texts)
    {
        var number = reader.Read7BitEncodedInt();
        if (number < First)
        {
            return number == None ? null : SampleIndexRow.TooLong;
        }

        if (number - First == texts.Count)
        {
            texts.Add(reader.ReadString());
        }

        return texts[number - First];
    }
}
