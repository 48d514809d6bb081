using System.Text.Json.Serialization;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>What tells the answers of a shard's log apart: a position in the dataset, which does not depend on how it was cut.</summary>
/// <param name="Offset">Offset in the dataset of the sample's first byte.</param>
/// <param name="Repeat">Which of the sample's answers it is, from 1; 0 where each sample has one.</param>
/// <param name="Turn">Which of the row's trained turns it answers, from 1; 0 where the row is one sample.</param>
internal readonly record struct RowKey(
    long Offset,
    int Repeat,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Turn = 0
) : IComparable<RowKey>
{
    public static RowKey From(EvaluatedSample row) => new(row.Offset, row.Repeat, row.Turn);

    public int CompareTo(RowKey other) => (Offset, Turn, Repeat).CompareTo((other.Offset, other.Turn, other.Repeat));
}
