using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>What an index keeps of a sample.</summary>
internal sealed record SampleIndexRow
{
    /// <summary>Stands for a value that no table keeps, because it is too long for one.</summary>
    public static readonly string TooLong = new(' ', SampleIndexFormat.MaxValueLength + 1);

    /// <summary>Bytes of the sample's line, with its end.</summary>
    public required int LineBytes { get; init; }

    /// <summary>What is no text.</summary>
    public required SampleIndexNumbers Numbers { get; init; }

    /// <summary>The distinct references, or the first of them.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Whether there are others.</summary>
    public required bool HasMoreLabels { get; init; }

    /// <summary>What the candidate's answer was read as.</summary>
    public required string? Prediction { get; init; }

    /// <summary>What the baseline's answer was read as.</summary>
    public required string? BaselinePrediction { get; init; }

    /// <summary>Why the candidate ended its answer.</summary>
    public required string? FinishReason { get; init; }

    /// <summary>Why the baseline ended its answer.</summary>
    public required string? BaselineFinishReason { get; init; }

    /// <summary>The sample's tags.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; }

    /// <summary>What an index keeps of a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="lineBytes">Bytes of its line, without the end.</param>
    /// <param name="isRight">Whether the candidate is right by a metric; null where none says.</param>
    /// <param name="isBaselineRight">The same of the baseline.</param>
    /// <param name="comparesTexts">Whether an answer that equals a reference is right where no metric says.</param>
    public static SampleIndexRow From(SampleResult sample, int lineBytes, bool? isRight, bool? isBaselineRight, bool comparesTexts)
    {
        List<string> labels = [.. sample.References.Distinct(StringComparer.Ordinal)];
        var hasMore = labels.Count > SampleIndexFormat.MaxLabelsOfSample;
        return new SampleIndexRow
        {
            LineBytes = lineBytes + 1,
            Numbers = new SampleIndexNumbers(
                sample.Offset,
                sample.Turn ?? 0,
                sample.Repeat ?? 0,
                sample.Candidate?.Text?.Length ?? 0,
                (byte?)sample.Candidate?.Outcome ?? SampleIndex.NoAnswer,
                (byte?)sample.Baseline?.Outcome ?? SampleIndex.NoAnswer,
                SampleMarks.From(sample, isRight, isBaselineRight, comparesTexts)
            ),
            Labels = hasMore ? labels[..SampleIndexFormat.MaxLabelsOfSample] : labels,
            HasMoreLabels = hasMore,
            Prediction = sample.Candidate?.Prediction,
            BaselinePrediction = sample.Baseline?.Prediction,
            FinishReason = sample.Candidate?.FinishReason,
            BaselineFinishReason = sample.Baseline?.FinishReason,
            Tags = [.. SampleTags.Of(sample)],
        };
    }
}
