namespace FunctionsEval.Functions.Messages;

/// <summary>A work item between two calls of <c>EvaluateShard</c>.</summary>
/// <param name="Item">Number of the work item.</param>
/// <param name="NotBefore">When it is called again.</param>
/// <param name="StalledSince">When a call first ended without any progress; null while there is progress.</param>
/// <param name="Stalls">Consecutive calls that ended without any progress.</param>
/// <param name="GivesUp">Whether the next call gives up the samples that get no answer.</param>
internal sealed record PendingItem(
    int Item,
    DateTime NotBefore = default,
    DateTime? StalledSince = null,
    int Stalls = 0,
    bool GivesUp = false
)
{
    /// <summary>Consecutive calls that got no slot of the model.</summary>
    public int WithoutSlot { get; init; }
}
