using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Page;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Fan-in: adds up the shards in shard order, computes metrics, intervals and comparison, applies the gate, and writes <c>summary.json</c>,
/// <c>report.html</c>, the metric rows and the run's counts. <see cref="CommitRun"/> writes how the run ends. Memory
/// does not grow with the number of samples.
/// </summary>
internal sealed class WriteSummary(
    RunPlans plans,
    RunBlobs blobs,
    RunTables tables,
    ModelRegistry models,
    PreviousRuns previousRuns,
    IOptions<EvaluationOptions> options
)
{
    [Function(nameof(WriteSummary))]
    public async Task<RunFailure?> RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        var plan = await plans.GetAsync(request.RunId, request.Resumption, cancellationToken);
        var totals = await RunTotals.ReadAsync(plan, blobs, models, cancellationToken);
        var report = await blobs.ScoreAsync(plan, cancellationToken);
        var previous = await ComparePreviousAsync(plan, totals.Candidate.Outcomes, request, cancellationToken);
        var result = EvaluationResult.Create(
            plan.Spec,
            report,
            totals.Roles.ToDictionary(role => role.Role, role => role.Outcomes, StringComparer.Ordinal),
            request.IsComplete,
            cost: (double?)totals.Cost,
            totals.Candidate.Reasons,
            previous?.Facts,
            plan.Manifest.Roles.FirstOrDefault(role => role.Role == Roles.Baseline)?.Model,
            options.Value.Currency
        );
        var failure = request.IsComplete ? MalformedLimit.Check(plan, totals.Candidate) : null;
        // An execution that outlived its run must not write over what the run's end, or a later resumption, left.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is not { } stored)
        {
            return failure;
        }

        var summary = SummaryBuilder
            .Create(plan, totals, result, request.IsComplete, stored.Run.DuplicateIds)
            .With(previous?.Summary, options.Value.Currency) with
        {
            Verdict = VerdictOf(result, failure, request.IsComplete),
            Failure = failure,
        };
        var ended = RunConclusion.Foresee(RunFigures.Apply(stored.Run, totals.Roles, summary), request, failure, summary.Verdict);
        await WriteAsync(plan, totals, summary, ended, cancellationToken);
        await tables.Metrics.WriteAsync(request.RunId, result.Metrics, cancellationToken);
        if (
            !await tables.UpdateRunAsync(
                request.RunId,
                run => RunFigures.Apply(run, totals.Roles, summary),
                cancellationToken,
                request.Resumption
            )
        )
        {
            await RemoveLateSummaryAsync(request.RunId, cancellationToken);
        }

        return failure;
    }

    private async Task WriteAsync(RunPlan plan, RunTotals totals, RunSummary summary, Run ended, CancellationToken cancellationToken)
    {
        await blobs.WriteSummaryAsync(
            summary.RunId,
            new BinaryData(JsonSerializer.SerializeToUtf8Bytes(summary, ResultJson.Indented)),
            cancellationToken
        );
        var overview = RunOverview.From(ended, summary, options.Value.Currency);
        var samples = await ReadHighlightsAsync(plan, summary, overview, cancellationToken);
        var source = new ReportSource(overview, summary, samples, totals.Latencies()) { Currency = options.Value.Currency };
        await blobs.WriteReportAsync(summary.RunId, HtmlReport.Write(source), cancellationToken);
    }

    /// <summary>
    /// The verdict of the summary: none for a failed run, and for a stopped run what a partial run may carry.
    /// </summary>
    private static Verdict? VerdictOf(EvaluationResult result, RunFailure? failure, bool isComplete) =>
        (failure?.Status ?? (isComplete ? RunStatus.Completed : RunStatus.Partial)).Permit(result.Verdict);

    /// <summary>Removes the summary of a run that failed while the summary was written.</summary>
    private async Task RemoveLateSummaryAsync(string runId, CancellationToken cancellationToken)
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is { Run: { Status.HasEnded: true, HasSummary: false } })
        {
            await blobs.DeleteSummaryAsync(runId, cancellationToken);
        }
    }

    /// <summary>Compares a complete run with the previous one; null for a stopped run, and where there is no previous one.</summary>
    private async Task<PreviousComparison?> ComparePreviousAsync(
        RunPlan plan,
        OutcomeCounts candidate,
        SummaryRequest request,
        CancellationToken cancellationToken
    ) =>
        request.IsComplete && candidate.Counted > 0 && await tables.FindRunAsync(request.RunId, cancellationToken) is { } stored
            ? await previousRuns.CompareAsync(stored.Run, plan.Spec, cancellationToken)
            : null;

    private async Task<SampleHighlights> ReadHighlightsAsync(
        RunPlan plan,
        RunSummary summary,
        RunOverview overview,
        CancellationToken cancellationToken
    )
    {
        if (await blobs.OpenSamplesForReadAsync(plan.Manifest.RunId, offset: 0, cancellationToken) is not { } samples)
        {
            return SampleHighlights.None;
        }

        await using (samples)
        {
            return await SampleHighlights.ReadAsync(
                samples,
                summary,
                overview,
                CandidateScores.Find(blobs, plan, overview),
                cancellationToken
            );
        }
    }
}
