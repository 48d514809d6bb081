using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Budget;

/// <summary>The calls for one role of a run, as far as they cost something.</summary>
/// <param name="Model">The role's model.</param>
/// <param name="Graders">The models that grade its answers.</param>
/// <param name="MaxAnswerTokens">Maximum number of tokens of an answer.</param>
/// <param name="MaxCost">The run's cost ceiling; null for none.</param>
/// <param name="RequestsFor">What the model is asked about a sample.</param>
internal sealed record RoleCalls(
    string Model,
    IReadOnlyList<ModelGraderSpec> Graders,
    int MaxAnswerTokens,
    double? MaxCost,
    Func<Sample, IReadOnlyList<ModelRequest>> RequestsFor
)
{
    /// <summary>The group of runs that shares the ceiling; null where it is the run's own.</summary>
    public string? Group { get; init; }
}
