using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>What tells the answers of a shard's log apart: a position in the dataset, which does not depend on how it was cut.</summary>
/// <param name="Offset">Offset in the dataset of the sample's first byte.</param>
/// <param name="Repeat">Which of the sample's answers it is, from 1; 0 where each sample has one.</param>
internal readonly record struct RowKey(long Offset, int Repeat) : IComparable<RowKey>
{
    public static RowKey From(EvaluatedSample row) => new(row.Offset, row.Repeat);

    public int CompareTo(RowKey other) =>
        Offset.CompareTo(other.Offset) is not 0 and var byOffset ? byOffset : Repeat.CompareTo(other.Repeat);
}
