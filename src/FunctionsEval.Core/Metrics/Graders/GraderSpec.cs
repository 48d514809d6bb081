using FunctionsEval.Core.Metrics.Graders.Platform;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>What a metric wants to be known of each answer before it can be measured.</summary>
/// <param name="Name">Name under which the grade is kept: the metric's, with its prefix.</param>
public abstract record GraderSpec(string Name)
{
    /// <summary>How far a score may be off its range by rounding.</summary>
    private protected const double Rounding = 1e-6;

    /// <summary>What a grade must have that this grader gave, where it does not have it; null where it does.</summary>
    /// <param name="grade">A grade with the outcome <see cref="GradeOutcome.Graded"/>.</param>
    internal abstract string? FindMisfit(Grade grade);

    /// <summary>What a score must be that is outside a range; null for one inside.</summary>
    private protected static string? FindMisfit(Grade grade, double lowest, double highest) =>
        grade.Score >= lowest - Rounding && grade.Score <= highest + Rounding
            ? null
            : FormattableString.Invariant($"must have a score from {lowest} to {highest}.");
}

/// <summary>A grader that asks another model.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Model">Name of the configured model that grades.</param>
public abstract record ModelGraderSpec(string Name, string Model) : GraderSpec(Name)
{
    /// <summary>Where the spec names the model, for messages.</summary>
    public string Place { get; init; } = "";

    /// <summary>Whether the model gives embeddings, not answers.</summary>
    public virtual bool Embeds => false;
}

/// <summary>Asks how near two texts are in meaning, by the cosine of their embeddings.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Model">Name of a configured model with the embeddings API.</param>
public sealed record SimilaritySpec(string Name, string Model) : ModelGraderSpec(Name, Model)
{
    /// <summary>
    /// The texts of a platform's grader; null where the answer is compared with each of the references, of which the nearest counts.
    /// </summary>
    public ComparedTexts? Texts { get; init; }

    /// <inheritdoc/>
    public override bool Embeds => true;

    /// <inheritdoc/>
    internal override string? FindMisfit(Grade grade) => FindMisfit(grade, -1, 1);
}

/// <summary>Asks a model to judge an answer, either with one of some labels or with a score within a scale.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Model">Name of a configured model.</param>
public abstract record JudgeSpec(string Name, string Model) : ModelGraderSpec(Name, Model)
{
    /// <summary>The labels a judge may give; empty for a score.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The labels that count as passed.</summary>
    public IReadOnlyList<string> Pass { get; init; } = [];

    /// <summary>Lowest score.</summary>
    public double Lowest { get; init; }

    /// <summary>Highest score.</summary>
    public double Highest { get; init; }

    /// <summary>
    /// Whether a score outside the scale counts as the nearest one in it, as the platforms have it; else it is no grade. Default false.
    /// </summary>
    public bool Clamps { get; init; }

    /// <summary>Upper bound of the judge's answer tokens. Default 256.</summary>
    public int MaxOutputTokens { get; init; } = 256;

    /// <inheritdoc/>
    internal override string? FindMisfit(Grade grade) =>
        Labels.Count > 0
            ? Labels.Contains(grade.Label, StringComparer.Ordinal)
                ? null
                : $"must have one of the judge's labels: {string.Join(", ", Labels)}."
            : grade.Score >= Lowest - Rounding && grade.Score <= Highest + Rounding
                ? null
                : FormattableString.Invariant($"must have a score of the judge's scale, from {Lowest} to {Highest}.");
}

/// <summary>A judge with a rubric.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Model">Name of a configured model.</param>
public sealed record RubricSpec(string Name, string Model) : JudgeSpec(Name, Model)
{
    /// <summary>
    /// Liquid template of the judge's prompt: the row's fields, <c>input</c>, <c>reference</c>, <c>references</c> and <c>answer</c>.
    /// </summary>
    public required string Rubric { get; init; }
}

/// <summary>A grader that the app computes itself, without a call.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Texts">The texts that are compared.</param>
public abstract record TextGraderSpec(string Name, ComparedTexts Texts) : GraderSpec(Name)
{
    /// <summary>The score of two texts, 0–1; null where they are too long to be compared.</summary>
    /// <param name="input">The text that is graded.</param>
    /// <param name="reference">The text it is held against.</param>
    public abstract double? Score(string input, string reference);

    /// <inheritdoc/>
    internal override string? FindMisfit(Grade grade) => FindMisfit(grade, 0, 1);
}

/// <summary>A grader behind a configured HTTP endpoint.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Endpoint">Its name in the app's settings.</param>
public sealed record HttpGraderSpec(string Name, string Endpoint) : GraderSpec(Name)
{
    /// <summary>Lowest score. Default 0.</summary>
    public double Lowest { get; init; }

    /// <summary>Highest score. Default 1.</summary>
    public double Highest { get; init; } = 1;

    /// <inheritdoc/>
    internal override string? FindMisfit(Grade grade) => FindMisfit(grade, Lowest, Highest);

    /// <summary>Where the spec names the endpoint, for messages.</summary>
    public string Place { get; init; } = "";
}
