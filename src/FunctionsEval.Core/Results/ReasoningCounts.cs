using System.Text.Json.Serialization;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>How much models wrote for themselves. Mergeable in any order.</summary>
/// <param name="Samples">Answers with reasoning, or for which the endpoint billed some.</param>
/// <param name="Characters">UTF-16 units of the reasoning that the endpoint gave.</param>
/// <param name="Tokens">Tokens of reasoning, as far as the endpoint counts them.</param>
public sealed record ReasoningCounts(long Samples, long Characters, long Tokens)
{
    /// <summary>No reasoning.</summary>
    public static ReasoningCounts None { get; } = new(0, 0, 0);

    /// <summary>Whether there is no reasoning.</summary>
    [JsonIgnore]
    public bool IsEmpty => Samples == 0;

    /// <summary>The counts of one answer.</summary>
    /// <param name="row">The sample with its answer.</param>
    public static ReasoningCounts From(EvaluatedSample row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Reasoning is null && row.ReasoningTokens == 0
            ? None
            : new ReasoningCounts(1, row.Reasoning?.Length ?? 0, row.ReasoningTokens);
    }

    /// <summary>The counts of both.</summary>
    public static ReasoningCounts operator +(ReasoningCounts left, ReasoningCounts right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new(left.Samples + right.Samples, left.Characters + right.Characters, left.Tokens + right.Tokens);
    }
}
