using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Merging;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Fan-in of a range of finished shards, while others are still evaluated: stages its part of <c>samples.jsonl</c>, pairs its samples with
/// those of the previous run, and keeps what they add up to. <see cref="WriteSummary"/> merges the ranges. Repeating it changes nothing.
/// </summary>
internal sealed class MergeShards(RunPlans plans, RunBlobs blobs, RunTables tables, PreviousRuns previousRuns, RunComparison comparison)
{
    [Function(nameof(MergeShards))]
    public async Task RunAsync([ActivityTrigger] MergeRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        var plan = await plans.GetAsync(request.RunId, request.Resumption, cancellationToken);
        var version = RunMerger.VersionOf(plan);
        // An execution that outlived its run leaves nothing, nor does an attempt of it before this one.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is not { Run: var run })
        {
            await blobs.DeleteMergedAsync(request.RunId, version, request.First, cancellationToken);
            return;
        }

        // A range that was merged before the run was stopped is not merged again.
        if (await blobs.FindMergedAsync(request.RunId, version, request.First, cancellationToken) is not null)
        {
            return;
        }

        var merged = await new ShardMerger(plan, blobs).MergeAsync(
            request.First,
            request.Count,
            plan.Manifest.HeaderLines + request.LinesBefore,
            cancellationToken
        );
        // First what the run needs; pairs that are not kept are made at the run's end.
        await blobs.WriteMergedAsync(request.RunId, version, request.First, merged.Write(), cancellationToken);
        // As with its scoreboard: that of pairs may be larger than the statistics that it is made of.
        if (
            !merged.Scoreboard.IsEmpty
            && request.Count == PairedRanges.Size
            && await previousRuns.FindAsync(plan, run, cancellationToken) is { } previous
        )
        {
            await comparison.KeepPairsAsync(previous.RunId, plan, version, request.First, cancellationToken);
        }

        // The run may have ended meanwhile, which removed what was merged before.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is null)
        {
            await blobs.DeleteMergedAsync(request.RunId, version, request.First, cancellationToken);
        }
    }
}
