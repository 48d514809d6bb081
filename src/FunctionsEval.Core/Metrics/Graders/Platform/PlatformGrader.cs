namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>A grader as the platforms define it: one, or several and a formula.</summary>
/// <param name="Type">Its type: <c>string_check</c>, <c>multi</c>, …</param>
/// <param name="Parts">The graders whose grades it consists of; one unless it is a <c>multi</c>.</param>
internal sealed record PlatformGrader(string Type, IReadOnlyList<GraderPart> Parts)
{
    /// <summary>The formula of a <c>multi</c>; null for every other.</summary>
    public ScoreFormula? Formula { get; init; }

    /// <summary>The score from which on an answer passes; null for none.</summary>
    public double? PassThreshold { get; init; }

    /// <summary>What its numbers depend on, as a text.</summary>
    public required string Definition { get; init; }

    /// <summary>Whether it says of each answer whether it passes.</summary>
    public bool HasPass => PassThreshold is not null || this is { Formula: null, Parts: [{ Spec: JudgeSpec { Labels.Count: > 0 } }] };

    /// <summary>The bounds of its score.</summary>
    public Bounds Range => Formula?.BoundsOf([.. Parts.Select(part => part.Range)]) ?? Parts[0].Range;
}

/// <summary>A grader that gives one grade.</summary>
/// <param name="Key">Its name in the formula; empty where there is none.</param>
/// <param name="Spec">What is asked or computed.</param>
/// <param name="Range">The bounds of its score.</param>
internal sealed record GraderPart(string Key, GraderSpec Spec, Bounds Range)
{
    /// <summary>The score that a grade stands for: of a label 1 where it passes, else 0.</summary>
    public double ScoreOf(Grade grade) =>
        Spec is JudgeSpec { Labels.Count: > 0 } judge
            ? judge.Pass.Contains(grade.Label, StringComparer.Ordinal)
                ? 1
                : 0
            : grade.Score ?? Range.Lowest;

    /// <summary>Whether an answer can lack what the grader looks at.</summary>
    public bool CanMissAnswer => Templates.Any(template => template.CanMissAnswer);

    private IEnumerable<GraderTemplate> Templates =>
        Spec switch
        {
            TextGraderSpec { Texts: var texts } => [texts.Input, texts.Reference],
            SimilaritySpec { Texts: { } texts } => [texts.Input, texts.Reference],
            TurnsSpec { Turns: var turns } => turns.Select(turn => turn.Content),
            _ => [],
        };
}
