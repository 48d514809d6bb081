using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
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

        var summary = SummaryBuilder.Create(plan, totals, result, request.IsComplete, stored.Run.DuplicateIds).With(previous?.Summary) with
        {
            Verdict = VerdictOf(result, failure, request.IsComplete),
            Failure = failure,
        };
        await WriteAsync(plan, totals, summary, cancellationToken);
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

    private async Task WriteAsync(RunPlan plan, RunTotals totals, RunSummary summary, CancellationToken cancellationToken)
    {
        await blobs.WriteSummaryAsync(
            summary.RunId,
            new BinaryData(JsonSerializer.SerializeToUtf8Bytes(summary, ResultJson.Indented)),
            cancellationToken
        );
        var flips = await ReadFlipsAsync(plan, cancellationToken);
        await blobs.WriteReportAsync(summary.RunId, HtmlReport.Write(summary, flips, totals.Latencies()), cancellationToken);
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

    private async Task<SampleFlips> ReadFlipsAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        if (
            plan.Manifest.Roles.Count < 2
            || await blobs.OpenSamplesForReadAsync(plan.Manifest.RunId, offset: 0, cancellationToken) is not { } samples
        )
        {
            return SampleFlips.None;
        }

        await using (samples)
        {
            return await SampleFlips.ReadAsync(samples, cancellationToken);
        }
    }
}
