namespace FunctionsEval.Core.Gates;

/// <summary>The verdict's rules; all must hold for a pass.</summary>
public sealed record GateSpec
{
    /// <summary>The rules, at least one.</summary>
    public required IReadOnlyList<GateRule> Rules { get; init; }
}
