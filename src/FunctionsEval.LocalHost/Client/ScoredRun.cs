using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.LocalHost.Client;

/// <summary>The score of a file as the run that it could have been, so that it is printed as one.</summary>
/// <param name="Run">The run, without an id.</param>
/// <param name="Summary">Its summary.</param>
internal sealed record ScoredRun(Run Run, RunSummary Summary)
{
    /// <summary>The run of a score.</summary>
    /// <param name="file">The file.</param>
    /// <param name="spec">The spec that it was scored by.</param>
    /// <param name="result">The score.</param>
    /// <param name="failure">Why there is no verdict; null where there may be one.</param>
    public static ScoredRun From(string file, EvaluationSpec spec, EvaluationResult result, RunFailure? failure)
    {
        using var written = JsonDocument.Parse(SpecReader.Canonical(spec));
        var (name, baseline) = (
            spec.Name ?? Path.GetFileName(file),
            result.Outcomes.ContainsKey(Roles.Baseline) ? spec.Baseline ?? Roles.Baseline : null
        );
        var candidate = result.Outcomes[Roles.Candidate];
        var models = new Dictionary<string, string> { [Roles.Candidate] = spec.Model };
        if (baseline is not null)
        {
            models[Roles.Baseline] = baseline;
        }

        var run = new Run
        {
            RunId = "",
            Name = name,
            Dataset = Path.GetFileName(file),
            Status = failure is null ? RunStatus.Completed : RunStatus.Failed,
            Model = spec.Model,
            Baseline = baseline,
            Samples = candidate.Total,
            CandidateFigures = new ModelFigures { Outcomes = candidate },
            BaselineFigures = new ModelFigures { Outcomes = result.Outcomes.GetValueOrDefault(Roles.Baseline) },
            Verdict = failure is null ? result.Verdict?.Result : null,
            VerdictReasons = failure is null ? result.Verdict?.Rules ?? [] : [],
            ErrorCode = failure?.Code,
            ErrorMessage = failure?.Message,
            Warnings = result.Warnings,
        };
        return new ScoredRun(
            run,
            new RunSummary
            {
                RunId = "",
                Name = name,
                Task = spec.Task,
                Dataset = new DatasetSummary(run.Dataset, "", new FileInfo(file).Length, candidate.Total),
                Models = models,
                IsComplete = true,
                Verdict = failure is null ? result.Verdict : null,
                Failure = failure,
                Warnings = result.Warnings,
                Outcomes = result.Outcomes,
                Coverage = result.Coverage,
                UnparsableRate = result.Outcomes.ToDictionary(role => role.Key, role => role.Value.UnparsableShare, StringComparer.Ordinal),
                Usage = new Dictionary<string, UsageSummary>(),
                Metrics = result.Metrics,
                Tables = result.Tables,
                Spec = written.RootElement.Clone(),
                CodeVersion = "",
            }
        );
    }
}
