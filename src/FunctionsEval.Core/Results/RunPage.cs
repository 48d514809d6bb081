using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results;

/// <summary>A page of runs, latest first: <c>GET /api/evaluations</c>.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="Continuation">What asks for the next page; null behind the last.</param>
public sealed record RunPage(IReadOnlyList<Run> Runs, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Continuation);
