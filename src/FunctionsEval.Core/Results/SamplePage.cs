namespace FunctionsEval.Core.Results;

/// <summary>A page of a run's samples in dataset order: <c>GET /api/evaluations/{runId}/samples</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Against">The run that it is compared with; null for none.</param>
/// <param name="Samples">The samples.</param>
/// <param name="Next">Offset of the next page; null behind the last.</param>
public sealed record SamplePage(string RunId, string? Against, IReadOnlyList<SampleResult> Samples, long? Next);
