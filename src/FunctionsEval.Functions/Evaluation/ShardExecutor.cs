using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// Evaluates one shard with one model. It sends every sample without a logged row to the model and appends the outcome to the shard log.
/// When all samples have an outcome, it writes the shard's statistics and state. It can be repeated at any point: logged rows are kept, and
/// a finished shard returns at once.
/// </summary>
internal sealed class ShardExecutor(
    RunPlans plans,
    DatasetStore datasets,
    DatasetText texts,
    RunBlobs blobs,
    ShardFiles files,
    ShardProgressWriter progress,
    CostAllowances allowances,
    RunCancellation cancellation,
    ModelRegistry registry,
    ModelCaller caller,
    HttpGraderCaller httpGraders,
    SampleIsolation isolation,
    ShardTurns turns,
    ImageBudget images,
    FunctionTimeout functionTimeout,
    IOptions<EvaluationOptions> options,
    IOptions<CallRetryOptions> calls,
    TimeProvider time,
    ILogger<ShardExecutor> logger
)
{
    /// <summary>Does as much as time permits.</summary>
    /// <param name="work">The shard.</param>
    /// <param name="hostStops">The function's token.</param>
    public async Task<ShardReport> ExecuteAsync(ShardWork work, CancellationToken hostStops)
    {
        var plan = await plans.GetAsync(work.RunId, work.Resumption, hostStops);
        if (await files.FindFinishedAsync(work, plan, hostStops) is { } finished)
        {
            await SettleAsync(work, plan, finished, hostStops);
            return ShardReport.Completed with { Lines = finished.Lines };
        }

        if (!work.IsSettling)
        {
            await cancellation.CheckAsync(work, plan, hostStops);
            if (plan.Stopped is { } stopped)
            {
                return new ShardReport(ShardStatus.Failed, stopped);
            }
        }

        try
        {
            return await EvaluateAsync(work, plan, new CalledModels(registry, httpGraders, plan, work.Role), hostStops);
        }
        catch (ShardLogBusyException)
        {
            return ShardReport.Incomplete(ShardAttempt.BusyWait);
        }
        catch (DatasetChangedException changed)
        {
            return Fail(plan, new RunFailure("dataset_changed", changed.Message));
        }
        catch (StoredBaselineException gone)
        {
            return Fail(plan, gone.Failure);
        }
    }

    private static ShardReport Fail(RunPlan plan, RunFailure failure)
    {
        plan.Stop(failure);
        return new ShardReport(ShardStatus.Failed, failure);
    }

    private async Task<ShardReport> EvaluateAsync(ShardWork work, RunPlan plan, CalledModels models, CancellationToken hostStops)
    {
        BaselineAnswers? baseline = null;
        if (
            plan.IsComparedWithBaseline(work)
            && (baseline = await files.FindAnswersAsync(plan, Roles.Baseline, work.Shard, hostStops)) is null
        )
        {
            return ShardReport.Incomplete(ShardAttempt.BusyWait);
        }

        // A stopped run reads nothing more of its baseline's answers, as it asks nothing more.
        var stored =
            plan.IsStored(work.Role) && !work.IsSettling ? await StoredAnswers.ReadAsync(blobs, plan, work.Shard, hostStops) : null;
        using var times = new ShardTimes(plan, work, options.Value, functionTimeout, models.MaxCallTime, time, hostStops);
        var owner = new ShardLogOwner(plan.Manifest.Shards[work.Shard], isolation.Process, time, times.GiveUp);
        await using var log = await ShardLog.OpenAsync(blobs.ShardLog(work.RunId, work.Role, work.Shard), owner, hostStops);
        await using var leaving = log.Lost.UnsafeRegister(_ => times.Leave(), null);
        // Whoever has lost the log must not take its budget from the one who has it.
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(hostStops, log.Lost);
        await using var allowance = plan.IsStored(work.Role)
            ? null
            : await allowances.OpenAsync(work, SampleRequests.CallsOf(plan, work.Role), log, opening.Token);

        var reader = new ShardReader(plan, work.Shard, texts);
        var tally = new ShardTally(plan, plan.IsStored(work.Role));
        var attempt = new ShardAttempt(work, plan, times.SendNoMore);
        var evaluator = stored is null
            ? CreateEvaluator(work, plan, log, allowance, attempt, baseline)
            : new StoredAnswerEvaluator(plan, work.Role, stored);
        var evaluation = new ShardEvaluation(
            work,
            plan,
            log,
            evaluator,
            attempt,
            times,
            isolation,
            tally,
            models.IsOneAway,
            // Of a model that is away all shards try a few samples: one that waited for its turn would forget since when it is.
            () => models.IsOneAway() || models.AreSlotsFree(),
            turns
        );
        await using (progress.Start(work, plan, tally, models))
        {
            await evaluation.RunAsync(reader.ReadAsync(CancellationToken.None), models.Concurrency);
            await log.CompleteAsync();
        }

        if (evaluation.Suspects > 0)
        {
            logger.SamplesIsolated(work.RunId, work.Role, work.Shard, log.Sessions.Crashes, evaluation.Suspects);
        }

        var report = await EndAsync(work, reader, tally, attempt, models, log.Term);
        logger.ShardEvaluated(work.RunId, work.Role, work.Shard, tally.Outcomes.Total, report.Status.ToString());
        return report;
    }

    /// <summary>Gives back what the executor of a finished shard still held.</summary>
    private Task SettleAsync(ShardWork work, RunPlan plan, ShardState finished, CancellationToken cancellationToken) =>
        plan.IsStored(work.Role)
            ? Task.CompletedTask
            : allowances.SettleAsync(work, SampleRequests.CallsOf(plan, work.Role), finished, cancellationToken);

    private ISampleEvaluator CreateEvaluator(
        ShardWork work,
        RunPlan plan,
        ShardLog log,
        CostAllowance? allowance,
        ShardAttempt attempt,
        BaselineAnswers? baseline
    )
    {
        ModelCall call = (name, request, sendNoMore, cancellationToken) =>
            caller.CallAsync(name, request, log.ConfirmAsync, sendNoMore, cancellationToken);
        HttpGraderCall askHttp = (grader, answer, sendNoMore, cancellationToken) =>
            httpGraders.GradeAsync(grader, answer, log.ConfirmAsync, sendNoMore, cancellationToken);
        var evaluator = ResponseMeasuring.Around(
            new SampleEvaluator(
                plan,
                work.Role,
                work.GivesUp ? call.GivingUp() : call,
                work.GivesUp ? askHttp.GivingUp() : askHttp,
                new SampleImages(datasets, images, plan.Manifest.Dataset.Name),
                baseline
            ),
            plan,
            registry.TryGet(plan.ModelOf(work.Role), out var model) ? model.Options : null
        );
        return allowance is null ? evaluator : new BudgetedEvaluator(evaluator, allowance, attempt);
    }

    private async Task<ShardReport> EndAsync(
        ShardWork work,
        ShardReader reader,
        ShardTally tally,
        ShardAttempt attempt,
        CalledModels models,
        int term
    )
    {
        if (!work.IsSettling && attempt.Left > 0)
        {
            await files.WriteProgressAsync(work, tally, models.FindTrouble());
            return attempt.ToReport(reader.Rows, models.WereReached(), calls.Value.MaxOutage);
        }

        await files.WriteAsync(work, tally, reader.Lines, term, isComplete: attempt.Left == 0);
        return ShardReport.Completed with { Progress = attempt.Progress, Lines = reader.Lines };
    }
}
