using System.Text.RegularExpressions;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Runs;

/// <summary>Starts following fine-tuning jobs, each once, and finds the jobs that ended since the last look.</summary>
internal sealed partial class FineTuningJobs(
    FineTuningApi api,
    EventTable events,
    IOptions<FineTuningOptions> options,
    TimeProvider time,
    ILogger<FineTuningJobs> logger
)
{
    private const int MaxPages = 50;

    /// <summary>Jobs that ended longer than this before the first look are ignored.</summary>
    private static readonly TimeSpan FirstLookBack = TimeSpan.FromDays(1);

    /// <summary>Whether a text can be a job's id.</summary>
    public static bool IsJobId(string? text) => text is not null && JobIdPattern().IsMatch(text);

    /// <summary>Schedules <c>FineTuneFinished</c> for a job, unless that was done before.</summary>
    public async Task StartAsync(string jobId, string source, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        // Recorded first, so that the reconciler finishes the work if it is interrupted here.
        if (
            !await events.TryAddJobAsync(jobId, time.GetUtcNow(), cancellationToken)
            && await events.IsSettledAsync(jobId, cancellationToken)
        )
        {
            return;
        }

        if (await TryScheduleAsync(jobId, replacesEnded: false, durable, cancellationToken))
        {
            logger.FineTuningJobSeen(jobId, source);
        }

        await events.SettleJobAsync(jobId, cancellationToken);
    }

    /// <summary>Follows the jobs that a starter recorded and could not schedule.</summary>
    public async Task FollowUnscheduledAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        await foreach (var jobId in events.UnsettledJobsAsync(cancellationToken))
        {
            await StartAsync(jobId, "reconciler", durable, cancellationToken);
        }
    }

    /// <summary>Whether an orchestration follows a job now.</summary>
    public static async Task<bool> IsFollowedAsync(string jobId, DurableTaskClient durable, CancellationToken cancellationToken) =>
        (await durable.FindAsync(OrchestrationNames.InstanceOfJob(jobId), cancellationToken)).IsLive();

    /// <summary>Follows a job once more, for runs that wait for its model although its orchestration has ended or is lost.</summary>
    public async Task FollowAgainAsync(string jobId, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (await TryScheduleAsync(jobId, replacesEnded: true, durable, cancellationToken))
        {
            logger.FineTuningJobSeen(jobId, "reconciler");
        }
    }

    /// <summary>
    /// Looks through the list of jobs. The watermark is the creation time of the oldest job that has not ended, so that a job that takes
    /// days is not missed. Jobs that ended more than a day before the first look are ignored.
    /// </summary>
    /// <returns>Whether the list could be read.</returns>
    public async Task<bool> PollAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var watermark = await events.ReadWatermarkAsync(cancellationToken);
        List<FineTuningJob> jobs;
        try
        {
            jobs = await ListAsync(watermark ?? 0, cancellationToken);
        }
        catch (FineTuningApiException unavailable)
        {
            logger.FineTuningUnavailable("the list of jobs", unavailable.Message);
            return false;
        }

        var isNews = watermark is null ? (time.GetUtcNow() - FirstLookBack).ToUnixTimeSeconds() : long.MinValue;
        foreach (var job in jobs.Where(job => job.HasEnded && IsJobId(job.Id)))
        {
            if (job.EndedAt >= isNews)
            {
                await StartAsync(job.Id, "poll", durable, cancellationToken);
            }
            else if (await events.TryAddJobAsync(job.Id, time.GetUtcNow(), cancellationToken))
            {
                await events.SettleJobAsync(job.Id, cancellationToken);
            }
        }

        var open = jobs.Where(job => !job.HasEnded).Select(job => job.CreatedAt).DefaultIfEmpty(long.MaxValue).Min();
        var latest = jobs.Select(job => job.CreatedAt).DefaultIfEmpty(watermark ?? 0).Max();
        if (Math.Min(open, latest) is var next && next != watermark)
        {
            await events.WriteWatermarkAsync(next, cancellationToken);
        }

        return true;
    }

    private Task<bool> TryScheduleAsync(string jobId, bool replacesEnded, DurableTaskClient durable, CancellationToken cancellationToken) =>
        durable.TryScheduleAsync(
            OrchestrationNames.FineTuneFinished,
            OrchestrationNames.InstanceOfJob(jobId),
            new FineTuningRequest(jobId, options.Value.DeploymentDeadline, options.Value.CheckEvery)
            {
                RemoveAfter = options.Value.Deploys ? options.Value.DeployRemoveAfter : null,
            },
            replacesEnded,
            cancellationToken
        );

    private async Task<List<FineTuningJob>> ListAsync(long since, CancellationToken cancellationToken)
    {
        var jobs = new List<FineTuningJob>();
        string? after = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var (data, hasMore) = await api.ListJobsAsync(after, cancellationToken);
            jobs.AddRange(data.Where(job => job.CreatedAt >= since));
            if (!hasMore || data.Count == 0 || data[^1].CreatedAt < since)
            {
                break;
            }

            after = data[^1].Id;
        }

        return jobs;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\z")]
    private static partial Regex JobIdPattern();
}
