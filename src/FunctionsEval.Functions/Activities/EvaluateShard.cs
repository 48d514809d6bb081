using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Evaluates one shard with one model: every sample without a logged row is sent to the model, its outcome appended to
/// the shard log, and when all samples have one, the shard's statistics and state are written. Can be repeated at any
/// point: logged rows are taken as they are, a finished shard returns at once.
/// </summary>
internal sealed class EvaluateShard(
    RunPlans plans,
    DatasetStore datasets,
    RunBlobs blobs,
    RunTables tables,
    CostAllowances allowances,
    RunCancellation cancellation,
    ModelRegistry registry,
    ModelCaller models,
    SampleIsolation isolation,
    FunctionTimeout functionTimeout,
    IOptions<EvaluationOptions> options,
    IOptions<CallRetryOptions> calls,
    TimeProvider time,
    ILogger<EvaluateShard> logger
)
{
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(5);

    /// <summary>A shard's samples of which only so few are left are not worth as long a wait as the run.</summary>
    private const double FewShare = 0.05;

    /// <summary>What is left of the wait for a model then, and for one that was never reached.</summary>
    private const double ShortWait = 0.2;

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
        if (
            await blobs.FindShardStateAsync(work.RunId, work.Role, work.Shard, cancellationToken) is { IsComplete: true } state
            && !IsAskedAgain(plan, state)
        )
        {
            await allowances.SettleAsync(work, plan, new SampleEvaluator(plan, work.Role, models), state, cancellationToken);
            return ShardReport.Completed;
        }

        if (!work.IsSettling)
        {
            await cancellation.CheckAsync(work, plan, cancellationToken);
            if (plan.Stopped is { } stopped)
            {
                return new ShardReport(ShardStatus.Failed, stopped);
            }
        }

        try
        {
            var range = plan.Manifest.Shards[work.Shard];
            using var times = new ShardTimes(plan, work, options.Value, functionTimeout, LongestCall(plan, work), time, cancellationToken);
            var owner = new ShardLogOwner(range, isolation.Process, time, times.GiveUp);
            await using var log = await ShardLog.OpenAsync(blobs.ShardLog(work.RunId, work.Role, work.Shard), owner, cancellationToken);
            await using var leaving = log.Lost.UnsafeRegister(_ => times.Leave(), null);
            return await EvaluateAsync(work, plan, new ShardReader(plan, work.Shard, datasets), log, times, cancellationToken);
        }
        catch (ShardLogBusyException)
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

    private async Task<ShardReport> EvaluateAsync(
        ShardWork work,
        RunPlan plan,
        ShardReader reader,
        ShardLog log,
        ShardTimes times,
        CancellationToken cancellationToken
    )
    {
        var tally = new ShardTally(plan);
        var evaluator = new SampleEvaluator(plan, work.Role, models) { GivesUp = work.GivesUp };
        await using var allowance = await allowances.OpenAsync(work, plan, evaluator, log.Rows.Values, cancellationToken);
        var evaluation = new ShardEvaluation(
            work,
            plan,
            log,
            evaluator,
            allowance,
            times,
            isolation,
            tally,
            () => Called(plan, work).Any(model => model.Health.IsAway)
        );
        await using (ReportProgress(work, plan, tally))
        {
            await evaluation.RunAsync(reader, Concurrency(plan, work));
            await log.CompleteAsync();
        }

        if (evaluation.Suspects > 0)
        {
            logger.ShardEvaluatedWithCare(work.RunId, work.Role, work.Shard, log.Sessions.Crashes, evaluation.Suspects);
        }

        var report = await EndAsync(work, plan, reader, tally, evaluation);
        logger.ShardEvaluated(work.RunId, work.Role, work.Shard, tally.Outcomes.Total, report.Status.ToString());
        return report;
    }

    private async Task<ShardReport> EndAsync(ShardWork work, RunPlan plan, ShardReader reader, ShardTally tally, ShardEvaluation evaluation)
    {
        await tables.WriteProgressAsync(work.RunId, new ShardProgress(work.Role, work.Shard, tally.Outcomes), CancellationToken.None);
        if (!work.IsSettling && evaluation.Left > 0)
        {
            return plan.Stopped is { } stopped ? new ShardReport(ShardStatus.Failed, stopped) : Unfinished(work, plan, reader, evaluation);
        }

        await blobs.WriteShardStatisticsAsync(work.RunId, work.Role, work.Shard, tally.Statistics(), CancellationToken.None);
        // Where the run was stopped, samples that were to be asked again may not have been.
        var state = tally.State(reader.Lines) with
        {
            IsComplete = evaluation.Left == 0,
            Resumption = work.IsSettling ? 0 : work.Resumption,
        };
        await blobs.WriteShardStateAsync(work.RunId, work.Role, work.Shard, state, CancellationToken.None);
        return ShardReport.Completed with { Progress = evaluation.Progress };
    }

    private ShardReport Unfinished(ShardWork work, RunPlan plan, ShardReader reader, ShardEvaluation evaluation)
    {
        var report = evaluation.Interruption ?? ShardReport.Incomplete();
        // A model that served other samples in this call is there: come back to the rest.
        if (report.Status == ShardStatus.Unreachable && evaluation.Progress > 0)
        {
            report = ShardReport.Incomplete(report.RetryAfter > BusyWait ? report.RetryAfter : BusyWait) with
            {
                OutageLimit = report.OutageLimit,
            };
        }

        var few = evaluation.Left <= Math.Max(1, reader.Rows * FewShare);
        return report with
        {
            Progress = evaluation.Progress,
            FewAreLeft = few,
            OutageLimit =
                report.OutageLimit > TimeSpan.Zero
                    ? report.OutageLimit
                    : calls.Value.MaxOutage * (few || !HaveAnswered(plan, work) ? ShortWait : 1),
        };
    }

    /// <summary>Whether the shard was finished before a resumption that asks again about samples of its kind.</summary>
    private static bool IsAskedAgain(RunPlan plan, ShardState state) =>
        plan.Manifest.RepeatsFailedSince > state.Resumption && state.Outcomes.Exhausted + state.Outcomes.TimedOut > 0;

    /// <summary>Twice the model's places: a sample that waits between two attempts holds none.</summary>
    private int Concurrency(RunPlan plan, ShardWork work) =>
        registry.TryGet(plan.ModelOf(work.Role), out var model) ? 2 * model.Options.MaxConcurrency : 1;

    private TimeSpan LongestCall(RunPlan plan, ShardWork work) =>
        Called(plan, work).Select(model => model.Options.Timeout).DefaultIfEmpty(TimeSpan.Zero).Max();

    private bool HaveAnswered(RunPlan plan, ShardWork work) => Called(plan, work).All(model => model.Health.WasEverReached);

    /// <summary>The models that the shard's samples are sent to: that of its role, and the graders'.</summary>
    private IEnumerable<ConfiguredModel> Called(RunPlan plan, ShardWork work)
    {
        foreach (
            var name in plan
                .Measurer.Metrics.Select(metric => metric.Grader)
                .OfType<GraderSpec>()
                .Select(grader => grader.Model)
                .Prepend(plan.ModelOf(work.Role))
        )
        {
            if (registry.TryGet(name, out var model))
            {
                yield return model;
            }
        }
    }

    private ProgressWriter ReportProgress(ShardWork work, RunPlan plan, ShardTally tally) =>
        new(tables, cancellation, plan, time, logger, work, () => new ShardProgress(work.Role, work.Shard, tally.Outcomes));
}
