using System.ClientModel.Primitives;

namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>
/// Holds requests back that an endpoint would refuse, by the quota that its responses tell: of requests, as many are let through as it says
/// are left; of tokens, none once none is left. After the reset, as many as the quota has.
/// </summary>
/// <remarks>
/// The latest request whose response has come decides: its quota counts those that were sent before it. No request waits longer than the
/// bound, whatever the headers say. Headers that say that nothing is left, of an endpoint that goes on serving, are not believed until it
/// throttles: a gateway may have made them up.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="maxWait">The longest wait of one request.</param>
internal sealed class RateLimitPace(TimeProvider time, TimeSpan maxWait)
{
    // Requests that were under way together may be answered in another order than they were counted.
    private const int MaxContradictions = 8;

    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sent;
    private long _latest;
    private long _lastAllowed = long.MaxValue;
    private long? _quota;
    private long _until;
    private int _contradictions;

    /// <summary>Waits until a request may be sent.</summary>
    /// <returns>The request's number.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task<long> PassAsync(CancellationToken cancellationToken)
    {
        long? started = null;
        while (true)
        {
            Task changed;
            TimeSpan wait;
            lock (_lock)
            {
                wait = WaitForNext();
                if (wait > TimeSpan.Zero)
                {
                    started ??= time.GetTimestamp();
                    var left = maxWait - time.GetElapsedTime(started.Value);
                    wait = wait < left ? wait : left;
                }

                if (wait <= TimeSpan.Zero)
                {
                    return ++_sent;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(RoundUp(wait), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Learns from a response.</summary>
    /// <param name="request">The request's number.</param>
    /// <param name="headers">The response's headers.</param>
    /// <param name="isThrottled">Whether it refuses the request for lack of quota.</param>
    public void Learn(long request, PipelineResponseHeaders headers, bool isThrottled)
    {
        var requests = RateLimit.ReadRequests(headers);
        var tokens = RateLimit.ReadTokens(headers);
        var isEmpty = requests is { Remaining: 0 } || tokens is { Remaining: 0 };
        if (requests is null && !isEmpty && !isThrottled)
        {
            return;
        }

        lock (_lock)
        {
            _contradictions =
                isThrottled ? 0
                : isEmpty && IsClosed && _contradictions < MaxContradictions ? _contradictions + 1
                : _contradictions;
            if (request < _latest || (requests is null && !isEmpty))
            {
                return;
            }

            _latest = request;
            var isBelieved = !isEmpty || _contradictions < MaxContradictions;
            var remaining = isEmpty ? 0 : requests!.Value.Remaining;
            _lastAllowed = isBelieved ? request + Math.Min(remaining, int.MaxValue) : long.MaxValue;
            _quota = requests?.Limit;
            _until = time.GetTimestamp() + TicksOf(isEmpty ? ResetOfEmpty(requests, tokens) : requests!.Value.Reset);
        }

        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private bool IsClosed => _lastAllowed <= _sent && time.GetTimestamp() < _until;

    private TimeSpan WaitForNext()
    {
        if (_sent < _lastAllowed)
        {
            return TimeSpan.Zero;
        }

        var wait = time.GetElapsedTime(time.GetTimestamp(), _until);
        if (wait <= TimeSpan.Zero)
        {
            // The quota is whole again; the next response says how much of it is left.
            _lastAllowed = _quota is { } quota ? _sent + Math.Min(quota, int.MaxValue) : long.MaxValue;
            _until = time.GetTimestamp() + TicksOf(maxWait);
        }

        return wait;
    }

    /// <summary>When every quota of which nothing is left is whole again.</summary>
    private static TimeSpan ResetOfEmpty(params ReadOnlySpan<RateLimit?> limits)
    {
        var longest = TimeSpan.Zero;
        foreach (var limit in limits)
        {
            if (limit is { Remaining: 0, Reset: var reset } && reset > longest)
            {
                longest = reset;
            }
        }

        return longest;
    }

    private long TicksOf(TimeSpan reset) => (long)((reset < maxWait ? reset : maxWait).TotalSeconds * time.TimestampFrequency);

    // The resolution of timers: rounding down would spin.
    private static TimeSpan RoundUp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
