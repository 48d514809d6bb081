using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Functions.Probing;

/// <summary>
/// The features without which a spec cannot be evaluated with a model. What a run leaves out and tells of, such as a seed, is none of them,
/// and other models that a spec names, such as judges, are probed by themselves.
/// </summary>
internal static class SpecNeeds
{
    /// <summary>The features that a spec needs of the model that it evaluates.</summary>
    /// <param name="spec">The spec.</param>
    /// <exception cref="OptionException">A metric or option is unknown, has a wrong value, or does not fit the task.</exception>
    public static IReadOnlyList<ProbeFeature> Of(EvaluationSpec spec)
    {
        var details = MetricCatalog
            .Create(spec.Task, spec.Metrics, spec.MetricSettings)
            .Aggregate(AnswerDetail.None, (all, metric) => all | metric.Needs);
        List<ProbeFeature> needs = [.. ProbeConsequences.NeedsOf(spec.Task)];
        if (spec.Tools == ToolUse.Send)
        {
            needs.Add(ProbeFeature.Tools);
        }

        if (!spec.Task.ScoresGivenTexts && details.HasFlag(AnswerDetail.LogProbabilities))
        {
            needs.Add(ProbeFeature.LogProbabilities);
        }

        if (details.HasFlag(AnswerDetail.LabelProbabilities))
        {
            needs.Add(
                spec.LabelProbabilities == LabelProbabilityMethod.Exact ? ProbeFeature.ScoredChoices : ProbeFeature.LabelProbabilities
            );
        }

        if (details.HasFlag(AnswerDetail.Cost) || spec.Limits.MaxCost is not null || spec.Gate?.Rules.Any(rule => rule.NeedsPrices) == true)
        {
            needs.AddRange([ProbeFeature.Usage, ProbeFeature.Prices]);
        }

        if (spec.ResponseFormat is { Kind: var kind and not ResponseFormatKind.Text })
        {
            needs.Add(kind == ResponseFormatKind.JsonSchema ? ProbeFeature.JsonSchema : ProbeFeature.JsonObject);
        }

        return [.. needs.Distinct()];
    }

    /// <summary>Whether a model has the features that a spec needs.</summary>
    /// <param name="needs">The features.</param>
    /// <param name="probe">What was found of the model.</param>
    public static SpecProbe Check(IReadOnlyList<ProbeFeature> needs, ModelProbe probe)
    {
        if (!probe.IsUsable)
        {
            return new SpecProbe(false, needs, [probe.Problem ?? "The model is not usable."]);
        }

        ProbeFinding[] lacking =
        [
            .. probe
                .Findings.Where(finding => needs.Contains(finding.Feature))
                .Where(finding => finding.State is ProbeState.Missing or ProbeState.Unknown),
        ];
        bool? canServe =
            Array.Exists(lacking, finding => finding.State == ProbeState.Missing) ? false
            : lacking.Length > 0 ? null
            : true;
        return new SpecProbe(canServe, needs, [.. lacking.Select(finding => $"{ProbeNames.NameOf(finding.Feature)}: {finding.Detail}")]);
    }
}
