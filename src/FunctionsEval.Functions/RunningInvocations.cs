using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Hosting;

namespace FunctionsEval.Functions;

/// <summary>
/// Keeps the worker until the invocations under way have ended. A worker that gets SIGTERM together with the host would end at once, and
/// with it the requests to models that the host's cancellation lets finish.
/// </summary>
internal sealed class RunningInvocations : IFunctionsWorkerMiddleware, IHostedService
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isStopping;

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        lock (_lock)
        {
            _running++;
        }

        try
        {
            await next(context);
        }
        finally
        {
            lock (_lock)
            {
                _running--;
                EndIfDone();
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits until no invocation runs, at most for the generic host's shutdown time-out.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _isStopping = true;
            EndIfDone();
        }

        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void EndIfDone()
    {
        if (_isStopping && _running == 0)
        {
            _ended.TrySetResult();
        }
    }
}
