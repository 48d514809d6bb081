namespace FunctionsEval.Core.Results;

/// <summary>A page of a run's samples: <c>GET /api/evaluations/{runId}/samples</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Against">The run that it is compared with; null for none.</param>
/// <param name="Samples">The samples, in the order that was asked for.</param>
/// <param name="Next">Offset of the next page; null behind the last.</param>
public sealed record SamplePage(string RunId, string? Against, IReadOnlyList<SampleResult> Samples, long? Next)
{
    /// <summary>Offset of the page before; null for the first, and where two runs are compared.</summary>
    public long? Previous { get; init; }

    /// <summary>Position of the page's first sample among those that match, from 1; null for an empty page.</summary>
    public long? First { get; init; }

    /// <summary>How many samples match; null where two runs are compared.</summary>
    public long? Total { get; init; }

    /// <summary>How many samples the run has; null where two runs are compared.</summary>
    public long? Of { get; init; }

    /// <summary>The metric that <see cref="SampleResult.Scores"/> are of; null where none was asked for.</summary>
    public string? Metric { get; init; }

    /// <summary>What to know about the answer, a sentence each: a value that no sample has, a search that was not finished. Null for
    /// nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}
