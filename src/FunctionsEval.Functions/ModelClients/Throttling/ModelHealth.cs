namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>What a request's end shows about its model's health.</summary>
internal enum RequestEnd
{
    /// <summary>The endpoint did its work for this request.</summary>
    Served,

    /// <summary>The endpoint did not serve it, although it might have.</summary>
    Failed,

    /// <summary>Nothing: the request was throttled, cancelled, or refused as every request is.</summary>
    Silent,
}

/// <summary>
/// Whether one model's endpoint serves any request. The calls share it, to distinguish an outage of the model from a sample that fails by
/// itself.
/// </summary>
/// <remarks>
/// A sample is at fault only if the endpoint served a request that was sent after the sample's first failure was seen and before its last
/// attempt was sent, and an attempt of the sample failed whose neighbours were served: the requests of other calls that were sent right
/// before and right after it. Without the second condition an endpoint that goes away, comes back and goes away again would be taken for
/// one that serves all but the calls that failed both times. Requests are numbered in the order in which they are sent, so no clock
/// decides.
/// </remarks>
internal sealed class ModelHealth
{
    /// <summary>Failures in a row from which on the endpoint is said not to serve: fewer happen to one that does.</summary>
    private const int FailuresOfTrouble = 3;

    /// <summary>The results of this many latest requests are kept; far more than are in flight at once.</summary>
    private const int Remembered = 4096;

    private readonly Lock _lock = new();
    private readonly Request[] _requests = new Request[Remembered];
    private readonly HashSet<long> _underWay = [];
    private readonly List<Observer> _failing = [];
    private long _sent;
    private TaskCompletionSource? _ended;
    private volatile bool _wasEverReached;
    private volatile bool _isAway;
    private bool _wasEverServed;
    private int _failedSinceServed;
    private string? _trouble;

    /// <summary>Whether this process has ever had an HTTP response from the endpoint, of whatever status.</summary>
    public bool WasEverReached => _wasEverReached;

    /// <summary>Whether a call found the model unreachable, and no request has been served since.</summary>
    public bool IsAway => _isAway;

    /// <summary>Records that a call found the model unreachable.</summary>
    public void Miss() => _isAway = true;

    /// <summary>
    /// How the latest request failed, where several in a row did and none was served since; null otherwise. It is told while calls still
    /// try again, and decides nothing.
    /// </summary>
    public string? Trouble
    {
        get
        {
            lock (_lock)
            {
                return _failedSinceServed < FailuresOfTrouble ? null : _trouble;
            }
        }
    }

    /// <summary>Records how a request failed, in words.</summary>
    /// <returns>Whether <see cref="Trouble"/> begins with it.</returns>
    public bool Note(string trouble)
    {
        lock (_lock)
        {
            var begins = _failedSinceServed >= FailuresOfTrouble && _trouble is null;
            // Before that it is not kept, so that the first note from then on is the beginning.
            _trouble = _failedSinceServed >= FailuresOfTrouble ? trouble : null;
            return begins;
        }
    }

    /// <summary>Records an HTTP response.</summary>
    public void Reach() => _wasEverReached = true;

    /// <summary>Begins to observe a call; to be disposed when the call is over.</summary>
    public Observer Observe() => new(this);

    /// <summary>A request that was sent, with its result; null while it is in flight.</summary>
    private readonly record struct Request(long Number, Observer? Call, RequestEnd? End);

    /// <summary>The nearest request of another call with a result; null when there is none.</summary>
    /// <param name="of">The request whose neighbour is looked for.</param>
    /// <param name="call">Its call.</param>
    /// <param name="step">−1 for the one before, 1 for the one after.</param>
    private Request? Neighbour(long of, Observer call, int step)
    {
        for (
            var number = of + step;
            number > 0 && number <= _sent && _requests[number % Remembered] is var request && request.Number == number;
            number += step
        )
        {
            if (request.Call != call && request.End != RequestEnd.Silent)
            {
                return request;
            }
        }

        return null;
    }

    /// <summary>One call's requests among those of the others. Not shared between calls.</summary>
    public sealed class Observer : IDisposable
    {
        private readonly ModelHealth _model;
        private long? _failedAt;
        private long _last;
        private readonly List<long> _failures = [];
        private long _firstServed = long.MaxValue;

        internal Observer(ModelHealth model) => _model = model;

        /// <summary>Records that the call sends a request.</summary>
        public void Send()
        {
            lock (_model._lock)
            {
                _last = ++_model._sent;
                _model._underWay.Add(_last);
                _model._requests[_last % Remembered] = new Request(_last, this, null);
            }
        }

        /// <summary>Records how the request ended.</summary>
        /// <param name="end">How.</param>
        public void End(RequestEnd end)
        {
            TaskCompletionSource? ended;
            lock (_model._lock)
            {
                _model._underWay.Remove(_last);
                if (_model._requests[_last % Remembered].Number == _last)
                {
                    _model._requests[_last % Remembered] = new Request(_last, this, end);
                }

                if (end == RequestEnd.Served)
                {
                    (_model._wasEverServed, _model._isAway) = (true, false);
                    (_model._failedSinceServed, _model._trouble) = (0, null);
                    foreach (var call in _model._failing)
                    {
                        call.NoteServed(_last);
                    }
                }
                if (end == RequestEnd.Failed)
                {
                    _failures.Add(_last);
                    _model._failedSinceServed++;
                    if (_failedAt is null)
                    {
                        _failedAt = _model._sent;
                        _model._failing.Add(this);
                    }
                }
                (ended, _model._ended) = (_model._ended, null);
            }
            ended?.SetResult();
        }

        /// <summary>
        /// Whether this call failed while others were served, so that its sample is at fault. Waits for the requests that may still say so.
        /// </summary>
        /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
        public Task<bool> WereOthersServedAsync(CancellationToken cancellationToken) =>
            DecideAsync(
                () => _firstServed < _last && _failures.Exists(FailedAmongServed),
                request => (request > _failedAt && request < _last) || _failures.Exists(failure => IsNextTo(failure, request)),
                cancellationToken
            );

        /// <summary>
        /// Whether the endpoint has served anybody yet. Waits for the requests that were under way at this call's first failure, unless it
        /// has.
        /// </summary>
        /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
        public Task<bool> WasAnyoneServedAsync(CancellationToken cancellationToken) =>
            DecideAsync(() => _model._wasEverServed, request => request <= _failedAt, cancellationToken);

        /// <inheritdoc/>
        public void Dispose()
        {
            if (_failedAt is null)
            {
                return;
            }

            lock (_model._lock)
            {
                _model._failing.Remove(this);
            }
        }

        private async Task<bool> DecideAsync(Func<bool> isServed, Func<long, bool> matters, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task ended;
                lock (_model._lock)
                {
                    if (isServed())
                    {
                        return true;
                    }

                    if (!_model._underWay.Any(matters))
                    {
                        return false;
                    }

                    ended = (_model._ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }
                await ended.WaitAsync(cancellationToken);
            }
        }

        private bool FailedAmongServed(long failure) =>
            (_model.Neighbour(failure, this, -1), _model.Neighbour(failure, this, 1))
                is
                    ({ End: RequestEnd.Served }, { End: RequestEnd.Served } or null)
                    or
                    (null, { End: RequestEnd.Served });

        private bool IsNextTo(long failure, long request) =>
            _model.Neighbour(failure, this, -1)?.Number == request || _model.Neighbour(failure, this, 1)?.Number == request;

        private void NoteServed(long request)
        {
            if (request > _failedAt)
            {
                _firstServed = Math.Min(_firstServed, request);
            }
        }
    }
}
