using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>Ends runs. Every run ends through this class.</summary>
internal sealed class RunCommit(
    RunTables tables,
    RunEndTable ends,
    RunBlobs blobs,
    ModelRegistry models,
    IOptions<FineTuningOptions> fineTuning,
    IOptions<EvaluationOptions> options
)
{
    /// <summary>
    /// Ends a run: decides status, verdict and error, removes a summary that does not belong to that end, and writes the row and the
    /// notification. A run that has ended, or was resumed since, stays as it is; repeating it changes nothing.
    /// </summary>
    /// <returns>The run; null when this is not how it ended.</returns>
    public async Task<Run?> CommitAsync(RunEnd end, CancellationToken cancellationToken)
    {
        var finished = new DateTimeOffset(end.Finished, TimeSpan.Zero);
        while (await tables.FindRunAsync(end.RunId, cancellationToken) is { } stored)
        {
            if (!stored.Run.IsUnderWay(end.Resumption))
            {
                return stored.Run.Finished == finished ? stored.Run : null;
            }

            if (end.OnlyIfWaiting && stored.Run.Status != RunStatus.AwaitingDeployment)
            {
                return null;
            }

            if (await TryCommitAsync(stored, end.Failure, finished, cancellationToken) is { } ended)
            {
                return ended;
            }
        }

        return null;
    }

    /// <summary>Ends a run as it was read; null when it has changed since.</summary>
    public async Task<Run?> TryCommitAsync(
        StoredRun stored,
        RunFailure? failure,
        DateTimeOffset finished,
        CancellationToken cancellationToken
    )
    {
        var summary = await FindSummaryAsync(stored.Run.RunId, failure, cancellationToken);
        var verdict = summary is null ? null : SummaryVerdict.Read(summary);
        // A run that was resumed and stopped before it could be summed up still has the summary of its previous end.
        var isOfThisEnd = (failure?.Status ?? RunStatus.Completed).Permit(verdict)?.Result == verdict?.Result;
        var conclusion = RunConclusion.Decide(failure, isOfThisEnd ? verdict : null);
        if (!conclusion.HasSummary || !isOfThisEnd)
        {
            await blobs.DeleteSummaryAsync(stored.Run.RunId, cancellationToken);
        }

        var ended = WithHosting(conclusion.Apply(stored.Run, finished)) with { Deployment = models.FindDeployment(stored.Run.Model) };
        var overview = conclusion.HasSummary && isOfThisEnd && summary is not null ? ReadOverview(ended, summary) : null;
        return await ends.TryEndAsync(stored, ended, Notification.From(ended, overview).Body, cancellationToken) ? ended : null;
    }

    /// <summary>What an ended run says at first sight; null where its summary cannot say it. The run ends all the same.</summary>
    private RunOverview? ReadOverview(Run ended, BinaryData content)
    {
        try
        {
            var summary = JsonSerializer.Deserialize<RunSummary>(content, ResultJson.Options);
            return summary is null ? null : RunOverview.From(ended, summary, options.Value.Currency);
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // Another version may have written it. Nothing that is told beside a verdict keeps a run from its end.
            return null;
        }
    }

    /// <summary>The run with the hours of hosting of the deployments that the app made for it, since it was started or resumed.</summary>
    private Run WithHosting(Run ended)
    {
        if (ended is not { DeployedSince: { } deployed, Deployments: { } count, Finished: { } finished })
        {
            return ended;
        }

        var hours = count * (finished - (deployed > ended.Began ? deployed : ended.Began)).TotalHours;
        var price = (double)fineTuning.Value.DeployHourlyPrice;
        return ended with { HostingHours = (ended.HostingHours ?? 0) + hours, HostingCost = (ended.HostingCost ?? 0) + (hours * price) };
    }

    private async Task<BinaryData?> FindSummaryAsync(string runId, RunFailure? failure, CancellationToken cancellationToken) =>
        failure is null or { KeepsSummary: true } ? await blobs.FindSummaryAsync(runId, cancellationToken) : null;
}
