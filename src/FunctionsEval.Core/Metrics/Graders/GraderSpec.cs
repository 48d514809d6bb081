using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>What a metric asks another model about each answer.</summary>
/// <param name="Name">Name under which the grade is kept: the metric's, with its prefix.</param>
/// <param name="Model">Name of the configured model that grades.</param>
public abstract record GraderSpec(string Name, string Model)
{
    /// <summary>Whether the grader is shown a reference, so that every row must have one. Default true.</summary>
    public virtual bool NeedsReference => true;
}

/// <summary>Asks how near an answer is to the references in meaning, by the cosine of their embeddings.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Model">Name of a configured model with the embeddings API.</param>
public sealed record SimilaritySpec(string Name, string Model) : GraderSpec(Name, Model);

/// <summary>Asks a model to judge an answer by a rubric, either with one of some labels or with a score within a scale.</summary>
/// <param name="Name">Name under which the grade is kept.</param>
/// <param name="Model">Name of a configured model.</param>
public sealed record JudgeSpec(string Name, string Model) : GraderSpec(Name, Model)
{
    /// <summary>
    /// Liquid template of the judge's prompt: the row's fields, <c>input</c>, <c>reference</c>, <c>references</c> and <c>answer</c>.
    /// </summary>
    public required string Rubric { get; init; }

    /// <inheritdoc/>
    public override bool NeedsReference => SampleContent.NamesAny(Rubric, ["reference", "references"]);

    /// <summary>The labels a judge may give; empty for a score.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The labels that count as passed.</summary>
    public IReadOnlyList<string> Pass { get; init; } = [];

    /// <summary>Lowest score.</summary>
    public double Lowest { get; init; }

    /// <summary>Highest score.</summary>
    public double Highest { get; init; }

    /// <summary>Upper bound of the judge's answer tokens. Default 256.</summary>
    public int MaxOutputTokens { get; init; } = 256;
}
