using System.IO.Hashing;
using System.Text;
using Azure;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// Writes the index of a run's samples as they come, in dataset order. It holds a piece of each file and the tables of values: some tens of
/// megabytes at most, however many samples there are.
/// </summary>
internal sealed class SampleIndexWriter : IDisposable
{
    private const int PieceBytes = 1 << 20;
    private readonly StagedBlob _index;
    private readonly StagedBlob? _scores;
    private readonly MemoryStream _piece = new();
    private readonly XxHash128 _hash = new();
    private readonly BinaryWriter _writer;
    private readonly SampleScoreWriter _columns;
    private readonly ValueTable _labels = new(SampleIndexFormat.MaxValues);
    private readonly ValueTable _predictions = new(SampleIndexFormat.MaxValues);
    private readonly ValueTable _baselinePredictions = new(SampleIndexFormat.MaxValues);
    private readonly ValueTable _finishReasons = new(SampleIndexFormat.MaxFinishReasons);
    private readonly ValueTable _baselineFinishReasons = new(SampleIndexFormat.MaxFinishReasons);
    private readonly ValueTable _tagNames = new(SampleIndexFormat.MaxTags);
    private readonly Dictionary<int, ValueTable> _tags = [];
    private readonly bool _comparesTexts;
    private bool _hasMoreTags;
    private long _offset;
    private long _samples;

    /// <summary>Begins an index.</summary>
    /// <param name="blobs">Where to.</param>
    /// <param name="runId">The run.</param>
    /// <param name="numbers">The numbers that each sample has; none where they are not known.</param>
    /// <param name="comparesTexts">Whether an answer that equals a reference is right where no metric says.</param>
    public SampleIndexWriter(SampleBlobs blobs, string runId, IReadOnlyList<SampleNumber> numbers, bool comparesTexts)
    {
        _comparesTexts = comparesTexts;
        _index = blobs.StageIndex(runId);
        _scores = numbers.Count > 0 ? blobs.StageScores(runId) : null;
        _columns = new SampleScoreWriter(numbers.Count);
        _writer = new BinaryWriter(_piece, Encoding.UTF8, leaveOpen: true);
        _writer.Write(SampleIndexFormat.Magic);
        _writer.Write7BitEncodedInt(numbers.Count);
        foreach (var (name, higherIsBetter) in numbers)
        {
            _writer.Write(name);
            _writer.Write(higherIsBetter);
        }
    }

    /// <summary>Adds a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="lineBytes">Bytes of its line, without the end.</param>
    /// <param name="candidate">The candidate's numbers.</param>
    /// <param name="baseline">The baseline's numbers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask AddAsync(
        SampleResult sample,
        int lineBytes,
        AnswerNumbers candidate,
        AnswerNumbers baseline,
        CancellationToken cancellationToken
    ) =>
        AddAsync(
            SampleIndexRow.From(sample, lineBytes, candidate.IsRight, baseline.IsRight, _comparesTexts),
            candidate.Values,
            baseline.Values,
            cancellationToken
        );

    /// <summary>Adds a sample.</summary>
    /// <param name="row">What is kept of it.</param>
    /// <param name="candidate">The candidate's numbers.</param>
    /// <param name="baseline">The baseline's numbers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask AddAsync(
        SampleIndexRow row,
        ReadOnlyMemory<double> candidate,
        ReadOnlyMemory<double> baseline,
        CancellationToken cancellationToken
    )
    {
        if (_samples++ >= SampleIndex.MaxSamples)
        {
            return;
        }

        Write(row);
        if (_piece.Length >= PieceBytes)
        {
            await FlushAsync(cancellationToken);
        }

        if (_scores is not null && _columns.Add(candidate.Span, baseline.Span))
        {
            await _scores.WriteAsync(_columns.Take(), cancellationToken);
        }
    }

    /// <summary>
    /// Makes the index appear. Where another process wrote one at the same time, that stays: an index says what it is of, and one that is
    /// of other samples or beside other scores is made again when it is looked at.
    /// </summary>
    /// <param name="file">The samples that it is of.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CommitAsync(SampleFile file, CancellationToken cancellationToken)
    {
        _writer.Write7BitEncodedInt(0);
        _writer.Write7BitEncodedInt64(_samples);
        _writer.Write(_hasMoreTags);
        _writer.Write(file.ETag);
        _writer.Write(file.Length);
        try
        {
            if (_scores is not null)
            {
                await _scores.WriteAsync(_columns.Take(), cancellationToken);
                await _scores.CommitAsync(cancellationToken, SampleBlobs.HeadOf(file));
            }

            await FlushAsync(cancellationToken);
            await _index.WriteAsync(_hash.GetCurrentHash(), cancellationToken);
            await _index.CommitAsync(cancellationToken);
        }
        catch (RequestFailedException other) when (other.ErrorCode == StagedBlob.BlocksAreGone)
        {
            // A commit removes the blocks that others have staged for the same blob.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _index.Dispose();
        _scores?.Dispose();
        _writer.Dispose();
        _piece.Dispose();
    }

    private void Write(SampleIndexRow row)
    {
        _writer.Write7BitEncodedInt(row.LineBytes);
        row.Numbers.Write(_writer, _offset);
        _offset = row.Numbers.Offset;
        WriteLabels(row);
        _predictions.Write(row.Prediction, _writer);
        _baselinePredictions.Write(row.BaselinePrediction, _writer);
        _finishReasons.Write(row.FinishReason, _writer);
        _baselineFinishReasons.Write(row.BaselineFinishReason, _writer);
        foreach (var (name, value) in row.Tags)
        {
            WriteTag(name, value);
        }

        _writer.Write7BitEncodedInt(ValueColumn.None);
    }

    private void WriteLabels(SampleIndexRow row)
    {
        _writer.Write7BitEncodedInt(row.Labels.Count + (row.HasMoreLabels ? 1 : 0));
        foreach (var label in row.Labels)
        {
            _labels.Write(label, _writer);
        }

        if (row.HasMoreLabels)
        {
            _writer.Write7BitEncodedInt(ValueColumn.Other);
        }
    }

    /// <summary>Writes the tag's name and value, unless the name is one of those that are not kept.</summary>
    private void WriteTag(string name, string value)
    {
        if (!_tagNames.Keeps(name))
        {
            _hasMoreTags = true;
            return;
        }

        var number = _tagNames.Write(name, _writer);
        if (!_tags.TryGetValue(number, out var values))
        {
            _tags[number] = values = new ValueTable(SampleIndexFormat.MaxTagValues);
        }

        values.Write(value, _writer);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        _writer.Flush();
        var piece = _piece.GetBuffer().AsMemory(0, (int)_piece.Length);
        _hash.Append(piece.Span);
        await _index.WriteAsync(piece, cancellationToken);
        _piece.SetLength(0);
    }
}

/// <summary>What an answer adds up to by itself.</summary>
/// <param name="Values">The numbers; NaN where one is undefined.</param>
/// <param name="IsRight">Whether it is right by the metric that counts right answers; null where none does.</param>
internal readonly record struct AnswerNumbers(ReadOnlyMemory<double> Values, bool? IsRight);
