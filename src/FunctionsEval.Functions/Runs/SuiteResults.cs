using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Suites;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>The state of a suite run's datasets, and the verdict over them.</summary>
internal sealed class SuiteResults(RunTables tables, RunBlobs blobs, SuiteBlobs suiteBlobs)
{
    /// <summary>A suite run with its datasets: as it ended, or as its runs are now.</summary>
    public async Task<SuiteRun> ReadAsync(SuiteRun suite, CancellationToken cancellationToken) =>
        suite.Status.HasEnded && await FindEndedAsync(suite, cancellationToken) is { } ended
            ? ended
            : suite with
            {
                Datasets = await ReadDatasetsAsync(suite.SuiteRunId, withSummaries: false, cancellationToken),
            };

    /// <summary>The suite run as it ends now: with its datasets, verdict, reasons and totals.</summary>
    public async Task<SuiteRun> ConcludeAsync(
        SuiteRun suite,
        RunFailure? failure,
        DateTimeOffset finished,
        CancellationToken cancellationToken
    )
    {
        var datasets = await ReadDatasetsAsync(suite.SuiteRunId, withSummaries: true, cancellationToken);
        var status = failure?.Status ?? RunStatus.Completed;
        var candidates = SuiteCandidates.Rank(suite.Suite, datasets);
        var best = candidates is [var first, ..] ? first.Model : null;
        List<SuiteEntry> entries =
        [
            .. datasets.Select(dataset => best is null ? dataset.ToEntry(suite.Suite) : dataset.ToEntry(suite.Suite, best)),
        ];
        var verdict = status.Permit(best is null ? SuiteVerdict.Decide(entries) : SuiteCandidates.VerdictOf(candidates));
        suite = suite with
        {
            Status = status,
            Finished = finished,
            Verdict = verdict?.Result,
            VerdictReasons = verdict?.Rules ?? [],
            Warnings = SuiteVerdict.FindWarnings(entries),
            ErrorCode = failure?.Code,
            ErrorMessage = failure?.Message,
            Baseline = OnlyOne(datasets.Select(dataset => dataset.Baseline)),
            Samples = datasets.Sum(dataset => dataset.Samples ?? 0),
            Cost = datasets.Any(dataset => dataset.Cost is not null) ? datasets.Sum(dataset => dataset.Cost ?? 0) : null,
            Candidates = best is null ? null : [.. candidates.Take(SuiteCandidates.MaxCount).Select(one => Permitted(one, status))],
            Datasets = datasets,
        };
        return best is null ? WithModel(suite, datasets)
            : suite.Verdict == VerdictResult.Pass ? WithModel(suite, await RunsOfAsync(best, datasets, cancellationToken))
            : suite;
    }

    /// <summary>The suite run with the model that all its runs are of.</summary>
    private static SuiteRun WithModel(SuiteRun suite, IReadOnlyList<SuiteDataset> runs) =>
        suite with
        {
            Model = OnlyOne(runs.Select(run => run.Model)),
            Deployment = OnlyOne(runs.Select(run => run.Deployment)),
            ServedModel = OnlyOne(runs.Select(run => run.ServedModel)),
        };

    /// <summary>
    /// The datasets with what their runs of one candidate say of its model. What evaluates another model says nothing of it.
    /// </summary>
    private async Task<IReadOnlyList<SuiteDataset>> RunsOfAsync(
        string candidate,
        IReadOnlyList<SuiteDataset> datasets,
        CancellationToken cancellationToken
    )
    {
        var runs = new List<SuiteDataset>();
        foreach (var dataset in datasets)
        {
            if (dataset.Candidates is null)
            {
                runs.AddRange(string.Equals(dataset.Model, candidate, StringComparison.OrdinalIgnoreCase) ? [dataset] : []);
            }
            else if (
                dataset.FindCandidate(candidate) is { RunId: var runId }
                && await tables.FindRunAsync(runId, cancellationToken) is { Run: var run }
            )
            {
                runs.Add(WithModelOf(dataset, run));
            }
        }

        return runs;
    }

    private static SuiteCandidate Permitted(SuiteCandidate candidate, RunStatus status) =>
        candidate.Verdict is { } said && status.Permit(new Verdict(said, candidate.VerdictReasons)) is { } verdict
            ? candidate with
            {
                Verdict = verdict.Result,
            }
            : candidate with
            {
                Verdict = null,
                VerdictReasons = [],
            };

    private async Task<SuiteRun?> FindEndedAsync(SuiteRun suite, CancellationToken cancellationToken) =>
        await blobs.FindSummaryAsync(suite.SuiteRunId, cancellationToken) is { } summary
        && summary.ToObjectFromJson<SuiteRun>(ResultJson.Options) is { } ended
        && ended.Finished == suite.Finished
            ? ended
            : null;

    private async Task<IReadOnlyList<SuiteDataset>> ReadDatasetsAsync(
        string suiteRunId,
        bool withSummaries,
        CancellationToken cancellationToken
    )
    {
        var plan = await suiteBlobs.FindPlanAsync(suiteRunId, cancellationToken);
        var datasets = new List<SuiteDataset>();
        foreach (var member in plan?.Members ?? [])
        {
            datasets.Add(await ReadAsync(suiteRunId, member, withSummaries, cancellationToken));
        }

        return datasets;
    }

    private async Task<SuiteDataset> ReadAsync(
        string suiteRunId,
        SuiteMember member,
        bool withSummaries,
        CancellationToken cancellationToken
    )
    {
        var dataset = new SuiteDataset(member.Dataset, member.Tier)
        {
            RunId = member.RunId,
            ErrorCode = member.Failure?.Code,
            ErrorMessage = member.Failure?.Message,
        };
        if (member.RunId is not { } runId)
        {
            return dataset;
        }

        if (await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run })
        {
            return dataset with { ErrorCode = "run_missing", ErrorMessage = $"run {runId} does not exist" };
        }

        var summary = withSummaries && run.HasSummary ? await FindSummaryAsync(runId, cancellationToken) : null;
        return WithModelOf(dataset, run) with
        {
            IsOwnRun = run.SuiteRun == suiteRunId,
            Status = run.Status,
            Verdict = run.Verdict,
            VerdictReasons = run.VerdictReasons,
            ErrorCode = run.ErrorCode,
            ErrorMessage = run.ErrorMessage,
            Baseline = run.Baseline,
            Samples = run.Samples,
            Cost = CostOf(run, summary),
            Headline = summary is null ? null : FindHeadline(summary),
            Candidates = run.IsGroup ? CandidatesOf(run, summary) : null,
        };
    }

    private static SuiteDataset WithModelOf(SuiteDataset dataset, Run run) =>
        dataset with
        {
            Model = run.Model,
            Deployment = run.Deployment,
            ServedModel = run.CandidateFigures.AnsweredBy,
        };

    /// <summary>A group's candidates by its row, which names them before there is a summary and where there is none.</summary>
    private static IReadOnlyList<SuiteDatasetCandidate> CandidatesOf(Run group, RunSummary? summary)
    {
        var results = summary?.Candidates?.Candidates.ToDictionary(candidate => candidate.Model, StringComparer.Ordinal);
        return
        [
            .. group.Candidates.Zip(
                group.CandidateRuns,
                (model, runId) =>
                {
                    var result = results?.GetValueOrDefault(model);
                    return new SuiteDatasetCandidate(model, runId, result?.Verdict?.Result, result?.Recommended == true);
                }
            ),
        ];
    }

    private async Task<RunSummary?> FindSummaryAsync(string runId, CancellationToken cancellationToken) =>
        await blobs.FindSummaryAsync(runId, cancellationToken) is { } summary
            ? summary.ToObjectFromJson<RunSummary>(ResultJson.Options)
            : null;

    /// <summary>What all calls of a run cost, those of its graders included; null without prices.</summary>
    private static double? CostOf(Run run, RunSummary? summary)
    {
        double?[] costs = summary is null
            ? [run.CandidateFigures.Cost, run.BaselineFigures.Cost]
            : [.. summary.Usage.Values.Select(usage => (double?)usage.Cost)];
        return costs.Any(cost => cost is not null) ? costs.Sum() : null;
    }

    /// <summary>The number that a run is known by: that which decides its comparison, else the first one.</summary>
    private static MetricValue? FindHeadline(RunSummary summary)
    {
        var lines = summary.Metrics.Where(line => line is { Role: Roles.Candidate, Slice: MetricReport.AllSamples }).ToList();
        return lines.Find(line => line.Kind == MetricKind.Headline) ?? lines.FirstOrDefault();
    }

    private static string? OnlyOne(IEnumerable<string?> names) =>
        names.OfType<string>().Distinct(StringComparer.Ordinal).Take(2).ToList() is [var only] ? only : null;
}
