using System.Text.RegularExpressions;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers;

/// <summary>Has a fine-tuning job followed, once however often it is asked to; finds jobs that ended since the last look.</summary>
internal sealed partial class FineTuneStarter(
    FineTuningApi api, EventTable events, IOptions<FineTuningOptions> options, TimeProvider time, ILogger<FineTuneStarter> logger)
{
    private const int MostPages = 50;
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(30);

    private static readonly IReadOnlyList<string> AllStatuses = Enum.GetNames<OrchestrationRuntimeStatus>();

    /// <summary>Whether a text can be a job's id.</summary>
    public static bool IsJobId(string? text) => text is not null && JobIdPattern().IsMatch(text);

    /// <summary>Schedules <see cref="FineTuneFinished"/> for a job, unless that was done before.</summary>
    public async Task StartAsync(string jobId, string source, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!await events.TryAddJobAsync(jobId, now, cancellationToken))
        {
            // A starter that died between the two steps: finish its work, but only when it has had time to do so itself.
            var isAbandoned = await events.FindUnscheduledJobAsync(jobId, cancellationToken) is { } received
                && received < now - AbandonedAfter
                && await durable.GetInstanceAsync(FineTuneFinished.InstanceOf(jobId), getInputsAndOutputs: false, cancellationToken) is null;
            if (!isAbandoned)
                return;
        }

        await durable.ScheduleNewOrchestrationInstanceAsync(
            nameof(FineTuneFinished),
            new FineTuneRequest(jobId, options.Value.DeploymentDeadline, options.Value.CheckEvery),
            new StartOrchestrationOptions(FineTuneFinished.InstanceOf(jobId)) { DedupeStatuses = AllStatuses },
            cancellationToken);
        await events.SettleJobAsync(jobId, cancellationToken);
        logger.FineTuningJobSeen(jobId, source);
    }

    /// <summary>
    /// Looks through the list of jobs. The watermark is the creation time of the oldest job that has not ended, so that one that takes days
    /// is not passed over; what ended before the first look is taken as known.
    /// </summary>
    public async Task PollAsync(DurableTaskClient durable, CancellationToken cancellationToken)
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
            return;
        }

        foreach (var job in jobs.Where(job => job.HasEnded && IsJobId(job.Id)))
        {
            if (watermark is not null)
                await StartAsync(job.Id, "poll", durable, cancellationToken);
            else if (await events.TryAddJobAsync(job.Id, time.GetUtcNow(), cancellationToken))
                await events.SettleJobAsync(job.Id, cancellationToken);
        }

        var open = jobs.Where(job => !job.HasEnded).Select(job => job.CreatedAt).DefaultIfEmpty(long.MaxValue).Min();
        var latest = jobs.Select(job => job.CreatedAt).DefaultIfEmpty(watermark ?? 0).Max();
        if (Math.Min(open, latest) is var next && next != watermark)
            await events.WriteWatermarkAsync(next, cancellationToken);
    }

    private async Task<List<FineTuningJob>> ListAsync(long since, CancellationToken cancellationToken)
    {
        var jobs = new List<FineTuningJob>();
        string? after = null;
        for (var page = 0; page < MostPages; page++)
        {
            var (data, hasMore) = await api.ListJobsAsync(after, cancellationToken);
            jobs.AddRange(data.Where(job => job.CreatedAt >= since));
            if (!hasMore || data.Count == 0 || data[^1].CreatedAt < since)
                break;
            after = data[^1].Id;
        }

        return jobs;
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
    private static partial Regex JobIdPattern();
}
