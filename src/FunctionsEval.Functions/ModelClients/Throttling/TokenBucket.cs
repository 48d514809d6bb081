namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>A token bucket for an amount a minute: requests or tokens.</summary>
/// <remarks>
/// Holds one second's worth, and refills by so much less than the configured rate that no 60 s ever see more than the configured amount
/// (one single request that costs more than the bucket holds is let through when the bucket is full, and paid off afterwards).
/// System.Threading.RateLimiting has no clock to inject and cannot be corrected by the real cost after the event, which is only known then.
/// Who waits and in which order is <see cref="RequestLine"/>'s business.
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
    /// Corrects an amount that was acquired once the real cost is known: who waits is let through as soon as that allows it.
    /// </summary>
    /// <param name="acquired">What was acquired.</param>
    /// <param name="actual">What it cost in fact.</param>
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

    /// <summary>Brings the level up to date: before every change of it, or what overflowed meanwhile would come on top.</summary>
    private void Refill()
    {
        var now = _time.GetTimestamp();
        _level = Math.Min(_capacity, _level + (_time.GetElapsedTime(_updated, now).TotalSeconds * _perSecond));
        _updated = now;
    }
}
