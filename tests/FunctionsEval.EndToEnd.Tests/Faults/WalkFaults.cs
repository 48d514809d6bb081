using System.Diagnostics;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>What breaks during a leg: storage requests that fail or kill the worker, and outages; it counts what each may cost.</summary>
internal sealed class WalkFaults : IDisposable
{
    /// <summary>Calls of both models that may be in flight at once, in each of two processes.</summary>
    public const int InFlight = 2 * 2 * WalkTests.Concurrency;

    /// <summary>Answers that may be in memory alone: those of one unfinished append of a shard.</summary>
    public const int OneFlush = WalkTests.RowsPerShard;

    private readonly EvaluationApp _app;
    private readonly Lock _lock = new();
    private readonly List<Planned> _planned = [];
    private readonly CancellationTokenSource _over = new();
    private Task _endpointIsBack = Task.CompletedTask;
    private long _storageIsBack;
    private volatile bool _onlyTheApps;
    private int _mayBePaidAgain;
    private HostProcess? _secondHost;

    public WalkFaults(EvaluationApp app)
    {
        _app = app;
        app.Storage.Fault = Next;
    }

    /// <summary>Answers that may be paid a second time after what has broken so far.</summary>
    public int MayBePaidAgain => Volatile.Read(ref _mayBePaidAgain);

    /// <summary>Plans that a storage request fails or kills the worker, so many requests from now.</summary>
    public void Plan(WalkStep step)
    {
        lock (_lock)
        {
            _planned.Add(new Planned(step) { Left = step.Amount });
        }
    }

    /// <summary>Lets the storage be away for a while: for the app alone, or for all that works on it.</summary>
    public void StopStorage(WalkStep step)
    {
        ChargeCrash();
        Volatile.Write(ref _storageIsBack, Stopwatch.GetTimestamp() + (long)(step.Amount * (Stopwatch.Frequency / 1000.0)));
        _onlyTheApps = step.OnlyTheApps;
    }

    /// <summary>A process ends, in order or not, or cannot append.</summary>
    private void ChargeCrash() => Charge(InFlight + OneFlush);

    /// <summary>Starts a second host; false where there is one.</summary>
    public async Task<bool> TryStartSecondHostAsync()
    {
        if (_secondHost is not null)
        {
            return false;
        }

        await StorageIsBackAsync();
        _secondHost = _app.StartSecondHostProcess();
        await _secondHost.ReadyAsync();
        return true;
    }

    /// <summary>Stops the host in order and starts it again.</summary>
    public async Task RestartHostAsync()
    {
        await StorageIsBackAsync();
        ChargeCrash();
        await _app.RestartAsync();
    }

    /// <summary>Kills the second host or stops it in order, where there is one.</summary>
    public async Task EndSecondHostAsync(bool kills)
    {
        if (_secondHost is null)
        {
            return;
        }

        ChargeCrash();
        if (kills)
        {
            _secondHost.Kill();
        }
        else
        {
            await _secondHost.TerminateAsync();
        }

        await _secondHost.EndedAsync();
        _secondHost.Dispose();
        _secondHost = null;
    }

    /// <summary>Lets the endpoint be away for a while; one outage at a time.</summary>
    public async Task StopEndpointAsync(WalkStep step)
    {
        await _endpointIsBack;
        Charge(InFlight);
        if (step.Act == WalkAct.ConnectionsRefused)
        {
            await _app.Endpoint.RefuseConnectionsAsync();
        }
        else
        {
            _app.Endpoint.Outage = step.Endpoint;
        }

        _endpointIsBack = BringBackAsync(step.Amount);
    }

    /// <summary>Ends what is broken; what was planned and has not come does not come any more.</summary>
    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await _endpointIsBack;
        _app.Storage.Fault = null;
        await EndSecondHostAsync(kills: false);
        _app.Endpoint.Harm = null;
        _app.Endpoint.Latency = TimeSpan.Zero;
    }

    public void Dispose()
    {
        _secondHost?.Dispose();
        _over.Dispose();
    }

    private async Task BringBackAsync(int milliseconds)
    {
        await Task.Delay(milliseconds, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _app.Endpoint.Outage = Damage.None;
        await _app.Endpoint.ListenAsync();
    }

    /// <summary>Waits until the storage is back: without it no host can start.</summary>
    private Task StorageIsBackAsync() =>
        Eventually.TrueAsync(() => Stopwatch.GetTimestamp() >= Volatile.Read(ref _storageIsBack), "the storage is back");

    private StorageFault Next(StorageCall call)
    {
        if (Stopwatch.GetTimestamp() < Volatile.Read(ref _storageIsBack) && (call.IsOfTheApp || !_onlyTheApps))
        {
            return StorageFault.Refused;
        }

        WalkStep? due = null;
        lock (_lock)
        {
            foreach (var planned in _planned.Where(planned => !planned.Step.OnlyTheApps || call.IsOfTheApp))
            {
                if (--planned.Left == 0)
                {
                    due = planned.Step;
                }
            }

            _planned.RemoveAll(planned => planned.Left <= 0);
        }

        if (due is null)
        {
            return StorageFault.None;
        }

        ChargeCrash();
        if (due.Act == WalkAct.KillWorker)
        {
            _app.KillWorker();
        }

        return due.Storage;
    }

    private void Charge(int answers) => Interlocked.Add(ref _mayBePaidAgain, answers);

    private sealed record Planned(WalkStep Step)
    {
        public int Left { get; set; }
    }
}
