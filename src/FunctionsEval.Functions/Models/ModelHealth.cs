namespace FunctionsEval.Functions.Models;

/// <summary>What the calls to one model tell each other: whether its endpoint serves anybody. It tells an outage of the model from a sample that fails by itself.</summary>
/// <remarks>
/// A sample is at fault only if the endpoint served a request that was sent after the sample's first failure was seen and before its last attempt was sent:
/// the endpoint was there at a time between the two, and the last attempt failed all the same. Requests are numbered in the order in which they are sent, so no clock decides.
/// </remarks>
internal sealed class ModelHealth
{
    private readonly Lock _lock = new();
    private readonly SortedSet<long> _underWay = [];
    private readonly List<Observer> _failing = [];
    private long _sent;
    private TaskCompletionSource? _ended;
    private volatile bool _wasEverReached;
    private volatile bool _isAway;
    private bool _wasEverServed;

    /// <summary>Whether this process has ever had an HTTP response from the endpoint, of whatever status.</summary>
    public bool WasEverReached => _wasEverReached;

    /// <summary>Whether a call came to the end that the model is away, and nobody has been served since.</summary>
    public bool IsAway => _isAway;

    /// <summary>Takes note that a call came to that end.</summary>
    public void Miss() => _isAway = true;

    /// <summary>Takes note of an HTTP response.</summary>
    public void Reach() => _wasEverReached = true;

    /// <summary>Begins to observe a call; to be disposed when the call is over.</summary>
    public Observer Observe() => new(this);

    /// <summary>One call's requests among those of the others. Not shared between calls.</summary>
    public sealed class Observer : IDisposable
    {
        private readonly ModelHealth _model;
        private long? _failedAt;
        private long _last;
        private long _firstServed = long.MaxValue;

        internal Observer(ModelHealth model) => _model = model;

        /// <summary>Takes note that the call sends a request.</summary>
        public void Send()
        {
            lock (_model._lock)
            {
                _last = ++_model._sent;
                _model._underWay.Add(_last);
            }
        }

        /// <summary>Takes note of how the request ended.</summary>
        /// <param name="result">How; null when it was cancelled.</param>
        public void End(AttemptResult? result)
        {
            TaskCompletionSource? ended;
            lock (_model._lock)
            {
                _model._underWay.Remove(_last);
                if (result is AttemptResult.Refused or AttemptResult.Ended { Result: not ModelCallResult.Misconfigured })
                {
                    (_model._wasEverServed, _model._isAway) = (true, false);
                    foreach (Observer call in _model._failing)
                        call.NoteServed(_last);
                }
                if (_failedAt is null && result is AttemptResult.Transient { Fault: not TransientFault.Throttled })
                {
                    _failedAt = _model._sent;
                    _model._failing.Add(this);
                }
                (ended, _model._ended) = (_model._ended, null);
            }
            ended?.SetResult();
        }

        /// <summary>Whether another call's request was served that was sent between this call's first failure and its last attempt. Waits for those that are under way.</summary>
        /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
        public Task<bool> WereOthersServedAsync(CancellationToken cancellationToken) =>
            DecideAsync(() => _firstServed < _last, request => request > _failedAt && request < _last, cancellationToken);

        /// <summary>Whether the endpoint has served anybody yet. Waits for the requests that were under way at this call's first failure, unless it has.</summary>
        /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
        public Task<bool> WasAnyoneServedAsync(CancellationToken cancellationToken) =>
            DecideAsync(() => _model._wasEverServed, request => request <= _failedAt, cancellationToken);

        /// <inheritdoc/>
        public void Dispose()
        {
            if (_failedAt is null)
                return;
            lock (_model._lock)
                _model._failing.Remove(this);
        }

        private async Task<bool> DecideAsync(Func<bool> isServed, Func<long, bool> matters, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task ended;
                lock (_model._lock)
                {
                    if (isServed())
                        return true;
                    if (!_model._underWay.Any(matters))
                        return false;
                    ended = (_model._ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }
                await ended.WaitAsync(cancellationToken);
            }
        }

        private void NoteServed(long request)
        {
            if (request > _failedAt)
                _firstServed = Math.Min(_firstServed, request);
        }
    }
}
