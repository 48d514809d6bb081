using System.ComponentModel.DataAnnotations;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>App settings <c>ModelCalls__…</c>: how often one model call is tried, and how long it waits.</summary>
internal sealed class CallRetryOptions
{
    public const string Section = "ModelCalls";

    /// <summary>
    /// Attempts that may fail for transient reasons other than throttling (a broken connection, 5xx) before a call is given up. Of attempts
    /// that were paid or may have been
    /// (a time-out, an answer that breaks off after its beginning was read), at most two. Default 6.
    /// </summary>
    [Range(1, 20, ErrorMessage = "ModelCalls__MaxAttempts: write a whole number from 1 to 20.")]
    public int MaxAttempts { get; set; } = 6;

    /// <summary>Upper bound of the first wait, which is drawn at random below it; doubles with each further one. Default 0.5 s.</summary>
    [Range(
        typeof(TimeSpan),
        "00:00:00.001",
        "00:01:00",
        ConvertValueInInvariantCulture = true,
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "ModelCalls__BaseDelay: write a time from 00:00:00.001 to 00:01:00."
    )]
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Upper bound of every wait the endpoint did not ask for. Default 20 s.</summary>
    [Range(
        typeof(TimeSpan),
        "00:00:00.001",
        "00:10:00",
        ConvertValueInInvariantCulture = true,
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "ModelCalls__MaxDelay: write a time from 00:00:00.001 to 00:10:00."
    )]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The longest wait asked for by the endpoint (<c>Retry-After</c>) that is waited out inside the call; a longer one becomes a durable
    /// timer. Default 30 s.
    /// </summary>
    [Range(
        typeof(TimeSpan),
        "00:00:01",
        "00:05:00",
        ConvertValueInInvariantCulture = true,
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "ModelCalls__LongestWait: write a time from 00:00:01 to 00:05:00."
    )]
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time one call may wait because of throttling (429), all waits together, before the shard is handed back and waits outside the
    /// function. Default 2 min.
    /// </summary>
    [Range(
        typeof(TimeSpan),
        "00:00:01",
        "00:30:00",
        ConvertValueInInvariantCulture = true,
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "ModelCalls__ThrottlingBudget: write a time from 00:00:01 to 00:30:00."
    )]
    public TimeSpan ThrottlingBudget { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest such timer, whatever the endpoint asks for. Default 10 min.</summary>
    [Range(
        typeof(TimeSpan),
        "00:00:01",
        "1.00:00:00",
        ConvertValueInInvariantCulture = true,
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "ModelCalls__LongestRetryLater: write a time from 00:00:01 to 1.00:00:00."
    )]
    public TimeSpan LongestRetryLater { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a model may be away (no connection, 5xx, no answer to anybody) before a run ends as <c>model_unreachable</c>; a fifth of it
    /// where it was never reached or few samples are left. Default 5 min.
    /// </summary>
    [Range(
        typeof(TimeSpan),
        "00:00:01",
        "1.00:00:00",
        ConvertValueInInvariantCulture = true,
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "ModelCalls__MaxOutage: write a time from 00:00:01 to 1.00:00:00."
    )]
    public TimeSpan MaxOutage { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>Decides what follows an attempt that failed for a transient reason.</summary>
/// <remarks>
/// Exponential back-off with full jitter: a wait is uniform between 0 and min(<see cref="CallRetryOptions.MaxDelay"/>,
/// <see cref="CallRetryOptions.BaseDelay"/> · 2ⁿ)
/// (Brooker, “Exponential Backoff And Jitter”, AWS Architecture Blog, 2015). A wait the endpoint asks for is honoured in full, plus jitter,
/// so that not all callers come back at once.
/// Throttling says nothing is wrong with the request, so it is bounded by time and not by <see cref="CallRetryOptions.MaxAttempts"/>.
/// </remarks>
internal sealed class CallRetryPolicy(CallRetryOptions options, Random random)
{
    /// <summary>Attempts of a call that may fail in a way that is perhaps paid, for each such way.</summary>
    public const int MaxPaidAttempts = 2;

    /// <summary>What happened to one call so far. Not shared between calls.</summary>
    public sealed class State
    {
        internal int Faults { get; set; }

        internal int TimeOuts { get; set; }

        internal int Unusable { get; set; }

        internal int Throttles { get; set; }

        internal TimeSpan Waited { get; set; }
    }

    /// <summary>
    /// What to do next; exactly one is set: a wait before the next attempt, a wait that is the caller's, or neither (give up).
    /// </summary>
    /// <param name="Wait">Wait this long and try again.</param>
    /// <param name="RetryLater">Give the call back for this long.</param>
    public readonly record struct Decision(TimeSpan? Wait, TimeSpan? RetryLater)
    {
        /// <summary>No attempt is left.</summary>
        public bool GiveUp => Wait is null && RetryLater is null;
    }

    /// <summary>Takes note of a failed attempt and decides.</summary>
    /// <param name="state">The call's state.</param>
    /// <param name="fault">How it failed.</param>
    /// <param name="retryAfter">The wait the endpoint asked for; null when it asked for none that makes sense.</param>
    public Decision Next(State state, TransientFault fault, TimeSpan? retryAfter)
    {
        if (retryAfter > options.LongestWait)
        {
            return new Decision(null, Min(retryAfter.Value, options.LongestRetryLater));
        }

        if (fault != TransientFault.Throttled)
        {
            return IsLast(state, fault) ? default : new Decision(retryAfter is { } asked ? asked + Jitter(1) : Jitter(state.Faults), null);
        }

        state.Throttles++;
        var wait = retryAfter is { } asks ? asks + Jitter(1) : Jitter(state.Throttles);
        if (state.Waited + wait > options.ThrottlingBudget)
        {
            return new Decision(null, Min(options.LongestWait, options.LongestRetryLater));
        }

        state.Waited += wait;
        return new Decision(wait, null);
    }

    private bool IsLast(State state, TransientFault fault)
    {
        state.Faults++;
        if (fault == TransientFault.TimedOut)
        {
            state.TimeOuts++;
        }

        if (fault == TransientFault.Unusable)
        {
            state.Unusable++;
        }

        return state.Faults >= options.MaxAttempts || state.TimeOuts >= MaxPaidAttempts || state.Unusable >= MaxPaidAttempts;
    }

    private TimeSpan Jitter(int failures) =>
        Min(options.BaseDelay * Math.Pow(2, Math.Min(failures - 1, 30)), options.MaxDelay) * random.NextDouble();

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
