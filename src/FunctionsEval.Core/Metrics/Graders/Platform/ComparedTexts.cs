namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>The two texts that a platform's grader compares.</summary>
/// <param name="Input">The text that is graded.</param>
/// <param name="Reference">The text it is held against.</param>
public sealed record ComparedTexts(GraderTemplate Input, GraderTemplate Reference);

/// <summary>A turn of a platform's model grader.</summary>
/// <param name="Role">The turn's role.</param>
/// <param name="Content">The turn's text.</param>
public sealed record GraderTurn(string Role, GraderTemplate Content);
