namespace FunctionsEval.Functions.Runs;

/// <summary>What a start request asks for.</summary>
/// <param name="Dataset">Blob name in the <c>datasets</c> container.</param>
/// <param name="Spec">The spec's text; null to look it up beside the dataset.</param>
/// <param name="Attempt">0, or a higher number to evaluate the same dataset with the same spec once more.</param>
/// <param name="Source">What started it: <c>blob</c>, <c>http</c>, …</param>
internal sealed record StartRequest(string Dataset, string? Spec, int Attempt, string Source)
{
    /// <summary>Whether an upload starts it: a suite that the dataset belongs to then tells of it.</summary>
    public bool IsUpload { get; init; }

    /// <summary>What the caller wants back with the notification of the run's end; null for nothing.</summary>
    public string? Context { get; init; }

    /// <summary>What holds in place of the spec.</summary>
    public SpecOverrides Overrides { get; init; } = new();
}
