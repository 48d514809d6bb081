using System.IO.Hashing;
using System.Text;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Reads what <see cref="SampleIndexWriter"/> wrote.</summary>
internal sealed class SampleIndexReader
{
    private readonly BinaryReader _reader;
    private readonly List<long> _starts = [0];
    private readonly List<long> _offsets = [];
    private readonly List<int> _turns = [];
    private readonly List<int> _repeats = [];
    private readonly List<int> _lengths = [];
    private readonly List<byte> _candidateOutcomes = [];
    private readonly List<byte> _baselineOutcomes = [];
    private readonly List<byte> _marks = [];
    private readonly ValueColumnReader _labels = new();
    private readonly ValueColumnReader _predictions = new();
    private readonly ValueColumnReader _baselinePredictions = new();
    private readonly ValueColumnReader _finishReasons = new();
    private readonly ValueColumnReader _baselineFinishReasons = new();
    private readonly List<string> _tagNames = [];
    private readonly List<ValueColumnReader> _tags = [];

    private SampleIndexReader(BinaryReader reader) => _reader = reader;

    /// <summary>Reads an index.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="file">The samples that it must be of.</param>
    /// <returns>The index; null where it is damaged, or of another version of the samples, or of the app.</returns>
    public static SampleIndex? Read(ReadOnlyMemory<byte> bytes, SampleFile file)
    {
        var end = bytes.Length - SampleIndexFormat.HashBytes;
        if (end < sizeof(uint) || !XxHash128.Hash(bytes.Span[..end]).AsSpan().SequenceEqual(bytes.Span[end..]))
        {
            return null;
        }

        using var reader = new BinaryReader(new BinaryData(bytes[..end]).ToStream(), Encoding.UTF8);
        return reader.ReadUInt32() == SampleIndexFormat.Magic ? new SampleIndexReader(reader).Read(file) : null;
    }

    private SampleIndex? Read(SampleFile file)
    {
        var numbers = new SampleNumber[_reader.Read7BitEncodedInt()];
        for (var index = 0; index < numbers.Length; index++)
        {
            numbers[index] = new SampleNumber(_reader.ReadString(), _reader.ReadBoolean());
        }

        for (int bytes; (bytes = _reader.Read7BitEncodedInt()) > 0; )
        {
            ReadSample(bytes);
        }

        var samples = _reader.Read7BitEncodedInt64();
        var hasMoreTags = _reader.ReadBoolean();
        return _reader.ReadString() == file.ETag && _reader.ReadInt64() == file.Length ? Finish(file, numbers, samples, hasMoreTags) : null;
    }

    private void ReadSample(int bytes)
    {
        var row = _offsets.Count;
        _starts.Add(_starts[^1] + bytes);
        var numbers = SampleIndexNumbers.Read(_reader, row == 0 ? 0 : _offsets[^1]);
        _offsets.Add(numbers.Offset);
        _turns.Add(numbers.Turn);
        _repeats.Add(numbers.Repeat);
        _lengths.Add(numbers.Length);
        _candidateOutcomes.Add(numbers.CandidateOutcome);
        _baselineOutcomes.Add(numbers.BaselineOutcome);
        _marks.Add(numbers.Marks);
        for (var label = _reader.Read7BitEncodedInt(); label > 0; label--)
        {
            _labels.Read(_reader, row);
        }

        _predictions.Read(_reader, row);
        _baselinePredictions.Read(_reader, row);
        _finishReasons.Read(_reader, row);
        _baselineFinishReasons.Read(_reader, row);
        ReadTags(row);
    }

    private void ReadTags(int row)
    {
        for (int name; (name = _reader.Read7BitEncodedInt()) != ValueColumn.None; )
        {
            if (name - ValueColumn.First == _tagNames.Count)
            {
                _tagNames.Add(_reader.ReadString());
                _tags.Add(new ValueColumnReader());
            }

            _tags[name - ValueColumn.First].Read(_reader, row);
        }
    }

    private SampleIndex Finish(SampleFile file, SampleNumber[] numbers, long samples, bool hasMoreTags)
    {
        var count = _offsets.Count;
        var tags = new SortedDictionary<string, ValueColumn>(StringComparer.Ordinal);
        foreach (var (name, column) in _tagNames.Zip(_tags))
        {
            tags[name] = column.Finish(count);
        }

        return new SampleIndex
        {
            File = file,
            SamplesOfRun = samples,
            Numbers = numbers,
            Starts = [.. _starts],
            Offsets = [.. _offsets],
            Turns = _turns.Exists(turn => turn > 0) ? [.. _turns] : null,
            Repeats = _repeats.Exists(repeat => repeat > 0) ? [.. _repeats] : null,
            Lengths = [.. _lengths],
            CandidateOutcomes = [.. _candidateOutcomes],
            BaselineOutcomes = [.. _baselineOutcomes],
            Marks = [.. _marks],
            Labels = _labels.Finish(count),
            Predictions = _predictions.Finish(count),
            BaselinePredictions = _baselinePredictions.Finish(count),
            FinishReasons = _finishReasons.Finish(count),
            BaselineFinishReasons = _baselineFinishReasons.Finish(count),
            Tags = tags,
            HasMoreTags = hasMoreTags,
        };
    }

    /// <summary>A column while it is read.</summary>
    private sealed class ValueColumnReader
    {
        private readonly List<string> _values = [];
        private readonly List<int> _rows = [];
        private readonly List<int> _moreRows = [];
        private readonly List<int> _moreEnds = [];
        private readonly List<int> _more = [];

        public void Read(BinaryReader reader, int row)
        {
            var number = reader.Read7BitEncodedInt();
            if (number - ValueColumn.First == _values.Count)
            {
                _values.Add(reader.ReadString());
            }

            Fill(row);
            if (_rows.Count == row)
            {
                _rows.Add(number);
                return;
            }

            if (_moreRows.Count == 0 || _moreRows[^1] != row)
            {
                _moreRows.Add(row);
                _moreEnds.Add(_more.Count);
            }

            _more.Add(number);
            _moreEnds[^1] = _more.Count;
        }

        public ValueColumn Finish(int rows)
        {
            Fill(rows);
            return new ValueColumn(_values, [.. _rows], [.. _moreRows], [.. _moreEnds], [.. _more]);
        }

        /// <summary>The rows before have no value unless they were read.</summary>
        private void Fill(int row)
        {
            while (_rows.Count < row)
            {
                _rows.Add(ValueColumn.None);
            }
        }
    }
}
