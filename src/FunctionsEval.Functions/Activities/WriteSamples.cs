using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports.Merging;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Writes <c>samples.jsonl</c> and its index for a run that an earlier version of the app began, whose ranges nobody has merged. Of others
/// <see cref="WriteSummary"/> writes them.
/// </summary>
internal sealed class WriteSamples(RunPlans plans, RunBlobs blobs, SampleBlobs sampleBlobs, RunTables tables, ModelRegistry models)
{
    [Function(nameof(WriteSamples))]
    public async Task RunAsync([ActivityTrigger] SummaryRequest request, CancellationToken cancellationToken)
    {
        Instruments.NameRun(request.RunId);
        var version = await blobs.SamplesVersionAsync(request.RunId, cancellationToken);
        // An execution that outlived its run must not write over what a later resumption leaves.
        if (await tables.FindUnderWayAsync(request.RunId, request.Resumption, cancellationToken) is null)
        {
            return;
        }

        var plan = await plans.GetAsync(request.RunId, request.Resumption, cancellationToken);
        var merger = new RunMerger(plan, blobs, sampleBlobs);
        var merged = await merger.MergeAsync(PlanReport.ShardsMergedTogether, version: null, models, version, cancellationToken);
        if (merged is null)
        {
            return;
        }

        // An instance that is still of the earlier version reads them in WriteSummary.
        await tables.UpdateRunAsync(
            request.RunId,
            run => run with { DuplicateIds = merged.Duplicates.Count, DuplicateIdsFirstLine = merged.Duplicates.FirstLine },
            cancellationToken,
            request.Resumption
        );
    }
}
