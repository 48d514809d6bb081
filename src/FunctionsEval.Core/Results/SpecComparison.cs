using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Results;

/// <summary>What two runs were asked to do differently: <c>GET /api/evaluations/compare/specs</c>.</summary>
/// <param name="Left">The run to compare with.</param>
/// <param name="Right">The run that is compared.</param>
/// <param name="Missing">The runs whose spec is not there: they failed before it was read.</param>
/// <param name="Differences">The fields that differ.</param>
public sealed record SpecComparison(string Left, string Right, IReadOnlyList<string> Missing, IReadOnlyList<SpecDifference> Differences);
