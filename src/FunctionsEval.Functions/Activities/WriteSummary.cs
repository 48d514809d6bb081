using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Merging;
using FunctionsEval.Functions.Reports.Page;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// The end of the fan-in: merges the ranges of shards in shard order, computes metrics, intervals and comparison, applies the gate, and
/// writes <c>samples.jsonl</c> with its index, <c>summary.json</c>, <c>report.html</c>, the metric rows and the run's counts.
/// <see cref="CommitRun"/> writes how the run ends. Memory does not grow with the number of samples.
/// </summary>
internal sealed class WriteSummary(
    RunPlans plans,
    RunBlobs blobs,
    SampleBlobs sampleBlobs,
    RunTables tables,
    ModelRegistry models,
    PreviousRuns previousRuns,
    RunScoreboards scoreboards,
    IOptions<EvaluationOptions> options
)
{
    [Function(nameof(WriteSummary))]
    public async Task<RunFailure?> RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        var plan = await plans.GetAsync(request.RunId, request.Resumption, cancellationToken);
        (EvaluationResult Result, PreviousComparison? Previous)? scored = null;
        if (await MergeAsync(plan, request, ScoreAsync, cancellationToken) is not { } merged || scored is not (var result, var previous))
        {
            return null;
        }

        var totals = merged.Totals;
        var failure = request.IsComplete ? MalformedLimit.Check(plan, totals.Candidate) : null;
        // An execution that outlived its run must not write over what the run's end, or a later resumption, left.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is not { } stored)
        {
            return failure;
        }

        var summary = SummaryBuilder
            .Create(plan, totals, result, request.IsComplete, merged.Duplicates.Count)
            .With(previous?.Summary, options.Value.Currency) with
        {
            Verdict = VerdictOf(result, failure, request.IsComplete),
            Failure = failure,
        };
        var ended = RunConclusion.Foresee(WithFigures(stored.Run), request, failure, summary.Verdict);
        // Only the comparison of candidates reads a scoreboard, of those that completed.
        var isCompared = stored.Run.Group is not null && request.IsComplete && failure is null;
        await Task.WhenAll(
            WriteAsync(plan, merged, summary, ended, cancellationToken),
            tables.Metrics.WriteAsync(request.RunId, result.Metrics, cancellationToken),
            isCompared
                ? scoreboards.KeepAsync(plan, merged.Scoreboard, totals.Candidate.Outcomes.Total, cancellationToken)
                : Task.CompletedTask
        );
        if (!await tables.UpdateRunAsync(request.RunId, WithFigures, cancellationToken, request.Resumption))
        {
            await RemoveLateSummaryAsync(request.RunId, cancellationToken);
        }

        return failure;

        Run WithFigures(Run run) =>
            RunFigures.Apply(run, totals.Roles, summary) with
            {
                DuplicateIds = merged.Duplicates.Count,
                DuplicateIdsFirstLine = merged.Duplicates.FirstLine,
            };

        async Task ScoreAsync(MergedRun run) => scored = await this.ScoreAsync(plan, run, request, cancellationToken);
    }

    /// <summary>Computes the run's numbers and applies the gate.</summary>
    private async Task<(EvaluationResult Result, PreviousComparison? Previous)> ScoreAsync(
        RunPlan plan,
        MergedRun merged,
        SummaryRequest request,
        CancellationToken cancellationToken
    )
    {
        var totals = merged.Totals;
        var previous = ComparePreviousAsync(plan, totals.Candidate.Outcomes, request, cancellationToken);
        var report = merged.Scoreboard.Finish();
        var result = EvaluationResult.Create(
            plan.Spec,
            report,
            totals.Roles.ToDictionary(role => role.Role, role => role.Outcomes, StringComparer.Ordinal),
            request.IsComplete,
            cost: (double?)totals.Cost,
            totals.Candidate.Reasons,
            (await previous)?.Facts,
            plan.Manifest.Roles.FirstOrDefault(role => role.Role == Roles.Baseline)?.Model,
            options.Value.Currency
        );
        return (result, await previous);
    }

    /// <summary>Merges the run's shards, and writes its samples; null for an execution that outlived the run.</summary>
    private async Task<MergedRun?> MergeAsync(
        RunPlan plan,
        SummaryRequest request,
        Func<MergedRun, Task> use,
        CancellationToken cancellationToken
    )
    {
        var merger = new RunMerger(plan, blobs, sampleBlobs);
        if (request.ShardsMerged == 0)
        {
            // A version before this one has the samples written by a step of its own.
            return await merger.MergeAsync(
                PlanReport.ShardsMergedTogether,
                version: null,
                models,
                samplesVersion: null,
                cancellationToken,
                use
            );
        }

        while (true)
        {
            // Samples that somebody else writes from here on are not written over.
            var samples = await blobs.SamplesVersionAsync(request.RunId, cancellationToken);
            if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is null)
            {
                return null;
            }

            if (
                await merger.MergeAsync(request.ShardsMerged, RunMerger.VersionOf(plan), models, samples, cancellationToken, use) is
                { } merged
            )
            {
                return merged;
            }
        }
    }

    private async Task WriteAsync(RunPlan plan, MergedRun merged, RunSummary summary, Run ended, CancellationToken cancellationToken)
    {
        var written = blobs.WriteSummaryAsync(
            summary.RunId,
            new BinaryData(JsonSerializer.SerializeToUtf8Bytes(summary, ResultJson.Indented)),
            cancellationToken
        );
        var overview = RunOverview.From(ended, summary, options.Value.Currency);
        var samples = await FindHighlightsAsync(plan, merged.Highlights, summary, overview, cancellationToken);
        var source = new ReportSource(overview, summary, samples, merged.Totals.Latencies()) { Currency = options.Value.Currency };
        await blobs.WriteReportAsync(summary.RunId, HtmlReport.Write(source), cancellationToken);
        await written;
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
            ? await previousRuns.CompareAsync(
                stored.Run,
                plan.Spec,
                request.ShardsMerged == 0 ? null : RunMerger.VersionOf(plan),
                cancellationToken
            )
            : null;

    /// <summary>The samples that the report shows, among those that it may show.</summary>
    private static async Task<SampleHighlights> FindHighlightsAsync(
        RunPlan plan,
        IReadOnlyList<HighlightLine> lines,
        RunSummary summary,
        RunOverview overview,
        CancellationToken cancellationToken
    )
    {
        using var samples = new MemoryStream();
        foreach (var line in lines)
        {
            samples.Write(line.Line.Span);
            samples.WriteByte((byte)'\n');
        }

        samples.Position = 0;
        var graded = GradedNumber.FindAll(plan.Measurer.Metrics, new SampleScorer(plan.Measurer.Metrics));
        var scores = CandidateScores.Find(graded, overview, lines.Select(line => line.Scores));
        return await SampleHighlights.ReadAsync(samples, summary, overview, scores, cancellationToken);
    }
}
