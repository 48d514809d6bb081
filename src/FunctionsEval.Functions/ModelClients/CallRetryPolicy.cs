namespace FunctionsEval.Functions.ModelClients;

/// <summary>Decides what follows an attempt that failed for a transient reason.</summary>
/// <remarks>
/// Exponential back-off with full jitter: a wait is uniform between 0 and min(<see cref="CallRetryOptions.MaxDelay"/>,
/// <see cref="CallRetryOptions.BaseDelay"/> · 2ⁿ) (Brooker, “Exponential Backoff And Jitter”, AWS Architecture Blog, 2015). A wait that the
/// endpoint asks for is honoured in full, plus jitter, so that not all callers come back at once. Throttling does not mean that the request
/// is wrong, so it is bounded by time and not by <see cref="CallRetryOptions.MaxAttempts"/>.
/// </remarks>
internal sealed class CallRetryPolicy(CallRetryOptions options, Random random)
{
    /// <summary>Maximum number of attempts that may have been billed, for each kind of failure.</summary>
    public const int MaxPaidAttempts = 2;

    /// <summary>The history of one call so far. Not shared between calls.</summary>
    public sealed class State
    {
        internal int Faults { get; set; }

        internal int TimeOuts { get; set; }

        internal int Unusable { get; set; }

        internal int Throttles { get; set; }

        internal TimeSpan Waited { get; set; }
    }

    /// <summary>
    /// What to do next: wait and try again, give the call back to the caller, or give up (neither value is set).
    /// </summary>
    /// <param name="Wait">Wait this long and try again.</param>
    /// <param name="RetryLater">Give the call back for this long.</param>
    public readonly record struct Decision(TimeSpan? Wait, TimeSpan? RetryLater)
    {
        /// <summary>No attempt is left.</summary>
        public bool GiveUp => Wait is null && RetryLater is null;
    }

    /// <summary>Records a failed attempt and decides.</summary>
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

    private TimeSpan Jitter(int failures) => options.MaxWaitAfter(failures) * random.NextDouble();

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
