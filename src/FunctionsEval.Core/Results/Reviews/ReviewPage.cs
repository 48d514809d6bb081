using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Results.Reviews;

/// <summary>
/// The next items for a reviewer: <c>GET /api/evaluations/{runId}/reviews/queue</c>. Nothing in it tells the models apart.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="Kind">What is graded at once.</param>
/// <param name="Matching">Items that match, graded or not.</param>
/// <param name="Done">Items among them that the reviewer has graded or skipped.</param>
/// <param name="IsCut">Whether the run has more samples than are looked at.</param>
/// <param name="Items">The next ones.</param>
public sealed record ReviewPage(string RunId, ReviewKind Kind, long Matching, long Done, bool IsCut, IReadOnlyList<ReviewQueueItem> Items);

/// <summary>An item that is to be graded.</summary>
public sealed record ReviewQueueItem
{
    /// <summary>The sample's key.</summary>
    public required string Sample { get; init; }

    /// <summary>The sample's id.</summary>
    public required string Id { get; init; }

    /// <summary>What the sample asks.</summary>
    public string? Input { get; init; }

    /// <summary>What is a right answer.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>One answer or two, in the order of their places.</summary>
    public required IReadOnlyList<BlindAnswer> Answers { get; init; }
}

/// <summary>An answer without its model.</summary>
/// <param name="Place">Its place, 1 or 2.</param>
/// <param name="Text">What the model answered; null where it only called tools.</param>
/// <param name="ToolCalls">The tools that it calls; null for none.</param>
public sealed record BlindAnswer(int Place, string? Text, IReadOnlyList<AnsweredCall>? ToolCalls);

/// <summary>What was noted: <c>POST</c> and <c>DELETE /api/evaluations/{runId}/reviews</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Sample">The sample's key.</param>
/// <param name="Place">Place of the answer that was graded; null for both.</param>
/// <param name="IsGraded">Whether there is a grade now; false for one that is taken back.</param>
public sealed record ReviewedItem(string RunId, string Sample, int? Place, bool IsGraded);
