using System.ComponentModel.DataAnnotations;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>App settings <c>ModelCalls__…</c>: how often one model call is tried, and how long it waits.</summary>
internal sealed class CallRetryOptions
{
    public const string Section = "ModelCalls";

    /// <summary>
    /// Attempts that may fail for transient reasons other than throttling (a broken connection, 5xx) before a call is given up. Of attempts
    /// that were paid or may have been (a time-out, an answer that breaks off after its beginning was read), at most two. Default 6.
    /// </summary>
    [Range(1, 20, ErrorMessage = "ModelCalls__MaxAttempts: write a whole number from 1 to 20.")]
    public int MaxAttempts { get; set; } = 6;

    /// <summary>Upper bound of the first wait, which is drawn at random below it; doubles with each further one. Default 0.5 s.</summary>
    [TimeRange(Section, "00:00:00.001", "00:01:00")]
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Upper bound of every wait the endpoint did not ask for. Default 20 s.</summary>
    [TimeRange(Section, "00:00:00.001", "00:10:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Upper bound of the wait after some failures: doubles with each, up to <see cref="MaxDelay"/>.</summary>
    /// <param name="failures">The failures so far, at least 1.</param>
    public TimeSpan MaxWaitAfter(int failures)
    {
        var wait = BaseDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        return wait < MaxDelay ? wait : MaxDelay;
    }

    /// <summary>
    /// The longest wait asked for by the endpoint (<c>Retry-After</c>) that is waited out inside the call; a longer one becomes a durable
    /// timer. Default 30 s.
    /// </summary>
    [TimeRange(Section, "00:00:01", "00:05:00")]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time one call may wait because of throttling (429), all waits together, before the shard is handed back and waits outside the
    /// function. Default 2 min.
    /// </summary>
    [TimeRange(Section, "00:00:01", "00:30:00")]
    public TimeSpan ThrottlingBudget { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest such timer, whatever the endpoint asks for. Default 10 min.</summary>
    [TimeRange(Section, "00:00:01", "1.00:00:00")]
    public TimeSpan LongestRetryLater { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a model may be away (no connection, 5xx, no answer to anybody) before a run ends as <c>model_unreachable</c>; a fifth of it
    /// where it was never reached or few samples are left. Default 5 min.
    /// </summary>
    [TimeRange(Section, "00:00:01", "1.00:00:00")]
    public TimeSpan MaxOutage { get; set; } = TimeSpan.FromMinutes(5);
}
