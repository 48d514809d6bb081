using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Evaluates one shard with one model: every sample without a logged row is sent to the model, its outcome appended to
/// the row log, and when all samples have one, the shard's statistics and state are written. Can be repeated at any
/// point: logged rows are taken as they are, a finished shard returns at once.
/// </summary>
internal sealed class EvaluateShard(
    RunPlans plans, DatasetStore datasets, RunBlobs blobs, RunTables tables, CostAllowances allowances, RunCancellation cancellation, ModelRegistry registry, ModelCaller models,
    IOptions<EvaluationOptions> options, TimeProvider time, ILogger<EvaluateShard> logger)
{
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(5);

    /// <summary>After so many executors that ended without a word, rows are evaluated one by one and announced, to find the one that ends them.</summary>
    private const int CrashesBeforeCare = 2;

    /// <summary>Of all rows that are evaluated with care in this process one at a time, so that it is known which one ends it.</summary>
    private static readonly SemaphoreSlim OneByOne = new(1);

    [Function(nameof(EvaluateShard))]
    public async Task<ShardReport> RunAsync([ActivityTrigger] ShardWork work, CancellationToken cancellationToken)
    {
        var waited = time.GetUtcNow().UtcDateTime - work.Scheduled;
        return await EvaluateAsync(work, cancellationToken) with { Waited = waited };
    }

    private async Task<ShardReport> EvaluateAsync(ShardWork work, CancellationToken cancellationToken)
    {
        Instruments.NameRun(work.RunId, work.Role, work.Shard);
        var plan = await plans.GetAsync(work.RunId, work.Resumption, cancellationToken);
        if (await blobs.FindShardStateAsync(work.RunId, work.Role, work.Shard, cancellationToken) is { IsComplete: true } finished)
        {
            await allowances.SettleAsync(work, plan, new SampleEvaluator(plan, work.Role, models), finished, cancellationToken);
            return ShardReport.Completed;
        }

        if (!work.IsSettling)
        {
            await cancellation.CheckAsync(work.RunId, plan, cancellationToken);
            if (plan.Stopped is { } stopped)
                return new ShardReport(ShardStatus.Failed, stopped);
        }

        try
        {
            var range = plan.Manifest.Shards[work.Shard];
            var data = await datasets.ReadAsync(plan.Manifest.Dataset, range.Start, range.End, cancellationToken);
            await using var log = await RowLog.OpenAsync(blobs.RowLog(work.RunId, work.Role, work.Shard), cancellationToken);
            return await EvaluateAsync(work, plan, data, log, cancellationToken);
        }
        catch (RowLogBusyException)
        {
            return ShardReport.Incomplete(BusyWait);
        }
        catch (DatasetChangedException changed)
        {
            var failure = new RunFailure("dataset_changed", changed.Message);
            plan.Stop(failure);
            return new ShardReport(ShardStatus.Failed, failure);
        }
    }

    private async Task<ShardReport> EvaluateAsync(ShardWork work, RunPlan plan, ReadOnlyMemory<byte> data, RowLog log, CancellationToken cancellationToken)
    {
        var reader = new ShardReader(plan, work.Shard, data);
        var tally = new ShardTally(plan);
        var model = plan.ModelOf(work.Role);
        var caller = new SampleEvaluator(plan, work.Role, models);
        await using var allowance = await allowances.OpenAsync(work, plan, caller, log.Finished.Values, cancellationToken);
        var started = time.GetTimestamp();
        var isCareful = log.Crashes >= CrashesBeforeCare && !work.IsSettling;
        if (isCareful)
            logger.ShardEvaluatedWithCare(work.RunId, work.Role, work.Shard, log.Crashes);
        ShardReport? interruption = null;

        // Stops handing out samples; those under way finish and are logged.
        bool MayStart() => work.IsSettling
            || (interruption is null && plan.Stopped is null && time.GetElapsedTime(started) < options.Value.ShardSoftDeadline && time.GetUtcNow().UtcDateTime < work.Deadline);

        // Calls stop when the function is cancelled; rows that are paid for are still appended when the log is closed.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(log.Lost, cancellationToken);
        await using (ReportProgress(work, plan, tally))
        {
            await Parallel.ForEachAsync(
                reader.ReadAsync(MayStart, stop.Token),
                new ParallelOptions { MaxDegreeOfParallelism = isCareful ? 1 : Concurrency(plan, work), CancellationToken = stop.Token },
                async (row, stopped) =>
                {
                    if (log.Finished.TryGetValue(row.Ordinal, out var finished) && !finished.IsPartial)
                    {
                        tally.Add(finished);
                        return;
                    }

                    // A stopped run pays for nothing more.
                    if (work.IsSettling)
                        return;
                    await (isCareful ? EvaluateWithCareAsync(row, finished, stopped) : EvaluateRowAsync(row, finished, stopped));
                });
            await log.CompleteAsync();
        }

        var report = await EndAsync(work, plan, reader, tally, interruption);
        logger.ShardEvaluated(work.RunId, work.Role, work.Shard, tally.Outcomes.Total, report.Status.ToString());
        return report;

        void Count(LogRow row)
        {
            tally.Add(row);
            Instruments.SampleEnded(work.Role, model, row.Outcome);
        }

        async Task EvaluateWithCareAsync(DatasetRow row, LogRow? finished, CancellationToken stopped)
        {
            if (log.Attempted.Contains(row.Ordinal))
            {
                var quarantined = caller.Quarantine(row, log.Crashes);
                await log.AppendAsync(quarantined);
                Count(quarantined);
                return;
            }

            await OneByOne.WaitAsync(stopped);
            try
            {
                await log.AnnounceAsync(row.Ordinal);
                await EvaluateRowAsync(row, finished, stopped);
            }
            finally
            {
                OneByOne.Release();
            }
        }

        async Task EvaluateRowAsync(DatasetRow row, LogRow? finished, CancellationToken stopped)
        {
            var result = allowance is null
                ? await caller.EvaluateAsync(row, finished, stopped)
                : await allowance.SpendAsync((row as ValidRow)?.Sample, finished, () => caller.EvaluateAsync(row, finished, stopped), MayStart, stopped);
            switch (result)
            {
                case SampleResult.Done done:
                    await log.AppendAsync(done.Row);
                    Count(done.Row);
                    break;
                case SampleResult.Interrupted interrupted:
                    if (interrupted.Paid is { } paid)
                        await log.AppendAsync(paid);
                    interruption ??= interrupted.Report;
                    if (interrupted.Report is { Status: ShardStatus.Failed, Failure: { } failure })
                        plan.Stop(failure);
                    break;
            }
        }
    }

    private async Task<ShardReport> EndAsync(ShardWork work, RunPlan plan, ShardReader reader, ShardTally tally, ShardReport? interruption)
    {
        await tables.WriteProgressAsync(work.RunId, new ShardProgress(work.Role, work.Shard, tally.Outcomes), CancellationToken.None);
        if (!work.IsSettling && plan.Stopped is { } stopped && !(reader.ReachedEnd && interruption is null))
            return new ShardReport(ShardStatus.Failed, stopped);
        if (interruption is not null)
            // An endpoint that answered other samples is not unreachable: come back to the rest.
            return interruption.Status == ShardStatus.Unreachable && tally.Answered > 0 ? ShardReport.Incomplete(BusyWait) : interruption;
        if (!reader.ReachedEnd)
            return ShardReport.Incomplete();

        await blobs.WriteShardStatisticsAsync(work.RunId, work.Role, work.Shard, tally.Statistics(), CancellationToken.None);
        await blobs.WriteShardStateAsync(work.RunId, work.Role, work.Shard, tally.State(reader.Lines) with { IsComplete = !work.IsSettling || tally.Outcomes.Total == reader.Rows }, CancellationToken.None);
        return ShardReport.Completed;
    }

    /// <summary>Twice the model's places: a sample that waits between two attempts holds none.</summary>
    private int Concurrency(RunPlan plan, ShardWork work) =>
        registry.TryGet(plan.ModelOf(work.Role), out var model) ? 2 * model.Options.MaxConcurrency : 1;

    private ProgressWriter ReportProgress(ShardWork work, RunPlan plan, ShardTally tally) =>
        new(tables, cancellation, plan, logger, work, () => new ShardProgress(work.Role, work.Shard, tally.Outcomes));
}
