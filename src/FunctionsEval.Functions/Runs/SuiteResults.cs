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
        var entries = datasets.Select(dataset => dataset.ToEntry(suite.Suite)).ToList();
        var status = failure?.Status ?? RunStatus.Completed;
        var verdict = status.Permit(SuiteVerdict.Decide(entries));
        return suite with
        {
            Status = status,
            Finished = finished,
            Verdict = verdict?.Result,
            VerdictReasons = verdict?.Rules ?? [],
            Warnings = SuiteVerdict.FindWarnings(entries),
            ErrorCode = failure?.Code,
            ErrorMessage = failure?.Message,
            Model = OnlyOne(datasets.Select(dataset => dataset.Model)),
            Baseline = OnlyOne(datasets.Select(dataset => dataset.Baseline)),
            Deployment = OnlyOne(datasets.Select(dataset => dataset.Deployment)),
            ServedModel = OnlyOne(datasets.Select(dataset => dataset.ServedModel)),
            Samples = datasets.Sum(dataset => dataset.Samples ?? 0),
            Cost = datasets.Any(dataset => dataset.Cost is not null) ? datasets.Sum(dataset => dataset.Cost ?? 0) : null,
            Datasets = datasets,
        };
    }

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
        return dataset with
        {
            IsOwnRun = run.SuiteRun == suiteRunId,
            Status = run.Status,
            Verdict = run.Verdict,
            VerdictReasons = run.VerdictReasons,
            ErrorCode = run.ErrorCode,
            ErrorMessage = run.ErrorMessage,
            Model = run.Model,
            Baseline = run.Baseline,
            Deployment = run.Deployment,
            ServedModel = run.CandidateFigures.AnsweredBy,
            Samples = run.Samples,
            Cost = CostOf(run, summary),
            Headline = summary is null ? null : FindHeadline(summary),
        };
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
