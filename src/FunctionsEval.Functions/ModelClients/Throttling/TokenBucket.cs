namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>A token bucket for an amount a minute: requests or tokens.</summary>
/// <remarks>
/// Holds one second's worth, and refills by so much less than the configured rate that no 60 s ever see more than the configured amount
/// (one single request that costs more than the bucket holds is let through when the bucket is full, and paid off afterwards).
/// System.Threading.RateLimiting has no clock to inject and cannot be corrected by the real cost after the event, which is only known then.
/// <see cref="RequestLine"/> decides who waits and in which order.
/// </remarks>
internal sealed class TokenBucket
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly double _capacity;
    private readonly double _perSecond;
    private double _level;
    private long _updated;
    private TaskCompletionSource _corrected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates a full bucket.</summary>
    /// <param name="perMinute">The amount a minute, at least 1.</param>
    /// <param name="time">The clock.</param>
    public TokenBucket(int perMinute, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perMinute, 1);
        _time = time;
        _capacity = Math.Max(1, perMinute / 60.0);
        _perSecond = (perMinute - _capacity + 1) / 60.0;
        _level = _capacity;
        _updated = time.GetTimestamp();
    }

    /// <summary>Waits until an amount may be acquired.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task WaitAsync(double amount, CancellationToken cancellationToken)
    {
        while (true)
        {
            var corrected = Volatile.Read(ref _corrected).Task;
            var wait = WaitFor(amount);
            if (wait == TimeSpan.Zero)
            {
                return;
            }

            await corrected.WaitAsync(wait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Acquires an amount that was waited for.</summary>
    public void Acquire(double amount)
    {
        lock (_lock)
        {
            Refill();
            _level -= amount;
        }
    }

    /// <summary>
    /// Corrects an acquired amount once the actual cost is known. A waiting request passes as soon as the correction permits.
    /// </summary>
    /// <param name="acquired">What was acquired.</param>
    /// <param name="actual">The actual cost.</param>
    public void Correct(double acquired, double actual)
    {
        lock (_lock)
        {
            Refill();
            _level = Math.Min(_capacity, _level + acquired - actual);
        }

        Interlocked.Exchange(ref _corrected, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>How long until an amount may be acquired; zero when it may be now.</summary>
    internal TimeSpan WaitFor(double amount)
    {
        lock (_lock)
        {
            Refill();
            var missing = Math.Min(amount, _capacity) - _level;
            // Rounded up to a whole millisecond, the resolution of timers: rounding down would spin.
            return missing <= 1e-9 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(missing / _perSecond * 1000));
        }
    }

    /// <summary>
    /// Brings the level up to date. It runs before every change, because otherwise the overflow since then would be added.
    /// </summary>
    private void Refill()
    {
        var now = _time.GetTimestamp();
        _level = Math.Min(_capacity, _level + (_time.GetElapsedTime(_updated, now).TotalSeconds * _perSecond));
        _updated = now;
    }
}
