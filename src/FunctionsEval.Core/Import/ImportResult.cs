namespace FunctionsEval.Core.Import;

/// <summary>The result of an import.</summary>
/// <param name="Spec">The text of <c>evaluation.json</c>.</param>
/// <param name="Notes">What differs, what is not imported, and what is left to do.</param>
public sealed record ImportResult(string Spec, IReadOnlyList<string> Notes)
{
    /// <summary>The dataset's rows, a JSON object each; empty where what was saved holds none.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];
}

/// <summary>What is imported.</summary>
public sealed record ImportSource
{
    /// <summary>
    /// The eval, or a list that has it: what <c>POST /v1/evals</c> takes, or what it, <c>GET /v1/evals</c> and <c>GET /v1/evals/{id}</c>
    /// return.
    /// </summary>
    public required string Eval { get; init; }

    /// <summary>
    /// A run of it, or a list that has it (<c>GET /v1/evals/{id}/runs</c>, also with the run's id); null when there is none.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>
    /// The run's output items (<c>GET …/output_items</c>), which hold the rows and the recorded answers; null when there are none.
    /// </summary>
    public string? OutputItems { get; init; }

    /// <summary>Which of several evals; null for the one that there is, or that the run is of.</summary>
    public string? EvalId { get; init; }

    /// <summary>Which of several runs; null for the newest.</summary>
    public string? RunId { get; init; }

    /// <summary>The configured model to evaluate; null takes the run's model as a name.</summary>
    public string? Model { get; init; }

    /// <summary>The configured embeddings model for cosine similarity; null when there is none.</summary>
    public string? Embeddings { get; init; }
}
