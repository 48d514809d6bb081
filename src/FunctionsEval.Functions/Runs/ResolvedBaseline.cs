using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>A spec whose baseline is a model that is called, none, or a run that is known by its id.</summary>
/// <param name="Written">The spec as it was written: its baseline may be <c>run:latest</c>.</param>
/// <param name="Spec">The spec with the run's id in its place.</param>
/// <param name="Stored">The run whose answers are the baseline's; null where the baseline is called, and without a baseline.</param>
internal sealed record ResolvedBaseline(EvaluationSpec Written, EvaluationSpec Spec, StoredBaseline? Stored)
{
    /// <summary>A run with the baseline's run and model.</summary>
    public Run Apply(Run run) => Stored is null ? run : run with { Baseline = Stored.Model, BaselineRun = Stored.RunId };
}
