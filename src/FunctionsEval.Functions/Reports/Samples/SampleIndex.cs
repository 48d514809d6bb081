using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>
/// What samples are found by, in columns, in dataset order: some 50 bytes a sample. Texts are not in it; they are read from
/// <c>samples.jsonl</c>, whose positions it has.
/// </summary>
internal sealed class SampleIndex
{
    /// <summary>Maximum number of samples of an index. Those behind are not found by it.</summary>
    public const int MaxSamples = 2_000_000;

    /// <summary>The outcome of an answer that is not there.</summary>
    public const byte NoAnswer = byte.MaxValue;

    private readonly Lock _lock = new();
    private readonly LinkedList<(string Text, FoundTexts Found)> _searches = [];
    private readonly LinkedList<(int Number, SampleScoreColumn Column)> _scores = [];

    /// <summary>The file that the positions are of.</summary>
    public required SampleFile File { get; init; }

    /// <summary>How many samples the file has; those behind <see cref="MaxSamples"/> are not in the index.</summary>
    public required long SamplesOfRun { get; init; }

    /// <summary>The metrics' numbers that each sample has, and of which there are scores.</summary>
    public required IReadOnlyList<SampleNumber> Numbers { get; init; }

    /// <summary>Where each sample's line begins in the file, and the end of the last one.</summary>
    public required long[] Starts { get; init; }

    /// <summary>Where each sample begins in the dataset.</summary>
    public required long[] Offsets { get; init; }

    /// <summary>Which turn of its row each sample is; null where each row is one sample.</summary>
    public required int[]? Turns { get; init; }

    /// <summary>Which answer to its sample each one is; null where each sample has one.</summary>
    public required int[]? Repeats { get; init; }

    /// <summary>Characters of the candidate's answer.</summary>
    public required int[] Lengths { get; init; }

    /// <summary>Outcomes of the candidate; <see cref="NoAnswer"/> for none.</summary>
    public required byte[] CandidateOutcomes { get; init; }

    /// <summary>Outcomes of the baseline; <see cref="NoAnswer"/> for none.</summary>
    public required byte[] BaselineOutcomes { get; init; }

    /// <summary>What is right, as <see cref="SampleMarks"/> packs it.</summary>
    public required byte[] Marks { get; init; }

    /// <summary>References.</summary>
    public required ValueColumn Labels { get; init; }

    /// <summary>Predictions of the candidate.</summary>
    public required ValueColumn Predictions { get; init; }

    /// <summary>Predictions of the baseline.</summary>
    public required ValueColumn BaselinePredictions { get; init; }

    /// <summary>Finish reasons of the candidate.</summary>
    public required ValueColumn FinishReasons { get; init; }

    /// <summary>Finish reasons of the baseline.</summary>
    public required ValueColumn BaselineFinishReasons { get; init; }

    /// <summary>Values of tags, by the tag's name in ordinal order; null is where there are more names than are kept.</summary>
    public required IReadOnlyDictionary<string, ValueColumn> Tags { get; init; }

    /// <summary>Whether samples have tags of names that are not kept.</summary>
    public required bool HasMoreTags { get; init; }

    /// <summary>How many samples it has.</summary>
    public int Count => Offsets.Length;

    /// <summary>Whether the file has more samples.</summary>
    public bool IsCut => SamplesOfRun > Count;

    /// <summary>Approximate size in memory.</summary>
    public long Bytes =>
        (Count * (8L + 8 + 4 + 3 + (Turns is null ? 0 : 4) + (Repeats is null ? 0 : 4)))
        + Columns.Sum(column => column.Bytes)
        + (MaxSearches * Count / 8L)
        + (MaxScores * 16L * (Numbers.Count > 0 ? Count : 0));

    private IEnumerable<ValueColumn> Columns =>
        [Labels, Predictions, BaselinePredictions, FinishReasons, BaselineFinishReasons, .. Tags.Values];

    private const int MaxSearches = 8;
    private const int MaxScores = 2;

    /// <summary>Bytes of a sample's line, without its end.</summary>
    public int LengthOf(int row) => (int)(Starts[row + 1] - Starts[row] - 1);

    /// <summary>Which texts were found before; null for a text that was not searched for, or not lately.</summary>
    public FoundTexts? FindSearch(string text) => Find(_searches, text);

    /// <summary>Keeps what was found of a text.</summary>
    public void KeepSearch(string text, FoundTexts found) => Keep(_searches, text, found, MaxSearches);

    /// <summary>The scores of a number that were read before; null for others.</summary>
    public SampleScoreColumn? FindScores(int number) => Find(_scores, number);

    /// <summary>Keeps the scores of a number.</summary>
    public void KeepScores(int number, SampleScoreColumn column) => Keep(_scores, number, column, MaxScores);

    private T? Find<TKey, T>(LinkedList<(TKey Key, T Value)> kept, TKey key)
        where TKey : notnull
        where T : class
    {
        lock (_lock)
        {
            for (var node = kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Key.Equals(key))
                {
                    kept.Remove(node);
                    kept.AddFirst(node);
                    return node.Value.Value;
                }
            }

            return null;
        }
    }

    private void Keep<TKey, T>(LinkedList<(TKey Key, T Value)> kept, TKey key, T value, int max)
    {
        lock (_lock)
        {
            kept.AddFirst((key, value));
            if (kept.Count > max)
            {
                kept.RemoveLast();
            }
        }
    }
}

/// <summary>The rows in which a text was found.</summary>
/// <param name="Rows">By row: whether it has the text.</param>
/// <param name="LookedAt">How many rows were looked at, from the first.</param>
internal sealed record FoundTexts(System.Collections.BitArray Rows, int LookedAt);

/// <summary>A number of each sample; NaN where it has none.</summary>
/// <param name="Candidate">Of the candidate.</param>
/// <param name="Baseline">Of the baseline.</param>
internal sealed record SampleScoreColumn(double[] Candidate, double[] Baseline);

/// <summary>What is right of a sample, in a byte.</summary>
internal static class SampleMarks
{
    /// <summary>Packs whether the answers are right and which of them alone is.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="candidate">Whether the candidate is right by the metric that counts right answers; null where none does.</param>
    /// <param name="baseline">The same of the baseline.</param>
    /// <param name="comparesTexts">
    /// Whether an answer is right that equals a reference, where no metric says; false of free texts, which are neither right nor wrong.
    /// </param>
    public static byte From(SampleResult sample, bool? candidate, bool? baseline, bool comparesTexts)
    {
        var flip =
            candidate is null || baseline is null ? (comparesTexts ? sample.FindFlip() : null)
            : candidate == baseline ? null
            : candidate.Value ? Flip.Gained
            : Flip.Lost;
        return (byte)(
            Pack(candidate ?? Find(sample.Candidate))
            | (Pack(baseline ?? Find(sample.Baseline)) << 2)
            | (
                flip switch
                {
                    null => 0,
                    Flip.Gained => 1,
                    _ => 2,
                } << 4
            )
        );

        bool? Find(AnswerResult? answer) => comparesTexts ? sample.FindCorrect(answer) : null;
    }

    /// <summary>Whether the candidate is right.</summary>
    public static bool? CandidateOf(byte marks) => Unpack(marks & 3);

    /// <summary>Whether the baseline is right.</summary>
    public static bool? BaselineOf(byte marks) => Unpack((marks >> 2) & 3);

    /// <summary>Which of them alone is right.</summary>
    public static Flip? FlipOf(byte marks) =>
        ((marks >> 4) & 3) switch
        {
            0 => null,
            1 => Flip.Gained,
            _ => Flip.Lost,
        };

    private static int Pack(bool? isRight) =>
        isRight switch
        {
            null => 0,
            false => 1,
            true => 2,
        };

    private static bool? Unpack(int packed) =>
        packed switch
        {
            1 => false,
            2 => true,
            _ => null,
        };
}
