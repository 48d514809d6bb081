namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// Keeps a generic host from reacting to Ctrl-C and SIGTERM by itself: <see cref="LocalFunctionsHost"/> stops its parts in order.
/// </summary>
internal sealed class ForegroundLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
