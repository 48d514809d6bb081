using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Lets the samples of this process be evaluated side by side, or one alone while no other is under evaluation.</summary>
internal sealed class SampleIsolation : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _alone = new(1);
    private int _sideBySide;
    private TaskCompletionSource? _isAloneOver;
    private TaskCompletionSource? _hasDrained;

    /// <summary>Drawn when the process started: tells its executors from those of another one.</summary>
    public string Process { get; init; } = UniqueName.Create()[..12];

    /// <summary>Evaluates a sample beside others.</summary>
    public async Task SideBySideAsync(Func<Task> evaluate, CancellationToken cancellationToken)
    {
        while (TryEnter() is { } isAloneOver)
        {
            await isAloneOver.WaitAsync(cancellationToken);
        }

        try
        {
            await evaluate();
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Evaluates a sample once every other one under evaluation has ended, and before another begins.</summary>
    public async Task AloneAsync(Func<Task> evaluate, CancellationToken cancellationToken)
    {
        await _alone.WaitAsync(cancellationToken);
        try
        {
            await Drain().WaitAsync(cancellationToken);
            await evaluate();
        }
        finally
        {
            lock (_lock)
            {
                _isAloneOver?.TrySetResult();
                (_isAloneOver, _hasDrained) = (null, null);
            }

            _alone.Release();
        }
    }

    public void Dispose() => _alone.Dispose();

    private Task? TryEnter()
    {
        lock (_lock)
        {
            if (_isAloneOver is { } over)
            {
                return over.Task;
            }

            _sideBySide++;
            return null;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_sideBySide == 0)
            {
                _hasDrained?.TrySetResult();
            }
        }
    }

    private Task Drain()
    {
        lock (_lock)
        {
            _isAloneOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _hasDrained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_sideBySide == 0)
            {
                _hasDrained.SetResult();
            }

            return _hasDrained.Task;
        }
    }
}
