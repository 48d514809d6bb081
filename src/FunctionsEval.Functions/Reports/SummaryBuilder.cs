using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Reports;

/// <summary>Puts a run's summary together.</summary>
internal static class SummaryBuilder
{
    /// <summary>The summary, without verdict, failure and the comparison with the previous run.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="totals">The totals of its shards.</param>
    /// <param name="result">Its numbers.</param>
    /// <param name="isComplete">Whether every sample has its outcome.</param>
    /// <param name="duplicates">Samples whose id an earlier one has; null where that is not known.</param>
    public static RunSummary Create(RunPlan plan, RunTotals totals, EvaluationResult result, bool isComplete, long? duplicates)
    {
        using var spec = JsonDocument.Parse(SpecReader.Canonical(plan.Spec));
        var dataset = plan.Manifest.Dataset;
        var leakage = LeakageOf(plan, totals.Candidate);
        return new RunSummary
        {
            RunId = plan.Manifest.RunId,
            Name = plan.Spec.Name ?? DatasetNames.SuiteOf(dataset.Name),
            Task = plan.Spec.Task,
            Dataset = new DatasetSummary(dataset.Name, dataset.ETag, dataset.Length, totals.Candidate.Outcomes.Total)
            {
                DuplicateIds = duplicates > 0 ? duplicates : null,
            },
            IsComplete = isComplete,
            Warnings =
            [
                .. result.Warnings,
                .. totals.Warnings(),
                .. LeakageWarnings.From(leakage),
                .. StoredBaselineWarnings.From(plan.Manifest.BaselineRun, totals.Roles),
            ],
            BaselineRun = plan.Manifest.BaselineRun is { } source
                ? new BaselineRunSummary(source.RunId, source.Model, source.Finished)
                : null,
            AnsweredBy = totals.FindAnsweredBy(),
            Streams = totals.FindStreams(),
            Reasoning = totals.FindReasoning(),
            LeftOut = totals.FindLeftOut(),
            Models = plan.Manifest.Roles.ToDictionary(role => role.Role, role => role.Model, StringComparer.Ordinal),
            Outcomes = totals.Roles.ToDictionary(role => role.Role, role => role.Outcomes, StringComparer.Ordinal),
            Coverage = result.Coverage,
            UnparsableRate = totals.Roles.ToDictionary(role => role.Role, role => role.Outcomes.UnparsableShare, StringComparer.Ordinal),
            Leakage = leakage,
            Usage = totals.Usage,
            Metrics = result.Metrics,
            Tables = result.Tables,
            Examples = totals.Roles.ToDictionary(
                role => role.Role,
                role => (IReadOnlyList<UnscoredSample>)role.Examples,
                StringComparer.Ordinal
            ),
            Spec = spec.RootElement.Clone(),
            CodeVersion = plan.Manifest.CodeVersion,
        };
    }

    private static LeakageSummary? LeakageOf(RunPlan plan, RoleTotals candidate) =>
        plan.Manifest.Training is { } training
            ? new LeakageSummary(
                training.File,
                training.Rows,
                candidate.Leaks.GetValueOrDefault(Leak.Exact),
                candidate.Leaks.GetValueOrDefault(Leak.Ngrams),
                training.Unchecked
            )
            {
                Incomplete = training.Incomplete,
            }
            : null;
}
