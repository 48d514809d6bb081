using System.Net.Sockets;
using FunctionsEval.LocalHost.Hosting.Rpc;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>Keeps one worker running: starts it, starts another when it ends, and says which one takes the next invocation.</summary>
internal sealed class WorkerSupervisor : IAsyncDisposable
{
    private const int RestartAttempts = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    /// <summary>
    /// For invocations whose token was cancelled: EvaluateShard lets calls in flight end for ten seconds and then logs them.
    /// </summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan TerminateTimeout = TimeSpan.FromSeconds(5);

    private readonly FunctionApp _app;
    private readonly WorkerServer _server;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private volatile TaskCompletionSource<Worker> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Worker _worker;

    private WorkerSupervisor(
        FunctionApp app,
        WorkerServer server,
        ILoggerFactory loggers,
        Worker worker,
        IReadOnlyList<RpcFunctionMetadata> functions
    )
    {
        _app = app;
        _server = server;
        _loggers = loggers;
        _logger = loggers.CreateLogger("Worker");
        _worker = worker;
        _ready.SetResult(worker);
        Functions = functions;
        Completion = SuperviseAsync();
    }

    /// <summary>The app's functions, as the first worker described them.</summary>
    public IReadOnlyList<RpcFunctionMetadata> Functions { get; }

    /// <summary>The current worker's process id.</summary>
    public int ProcessId => _worker.Process.Id;

    /// <summary>Raised when another worker has taken over.</summary>
    public event EventHandler? Restarted;

    /// <summary>Ends after <see cref="StopAsync"/>, or with an exception when the worker cannot be restarted.</summary>
    public Task Completion { get; }

    /// <summary>
    /// Starts the first worker. It gets one try, because what is wrong with it will be wrong again; but for the port of its HTTP server,
    /// which the worker looks for and binds a little later: another program can take it in between.
    /// </summary>
    /// <exception cref="LocalHostException">The worker did not come up.</exception>
    public static async Task<WorkerSupervisor> StartAsync(
        FunctionApp app,
        WorkerServer server,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                (var worker, var functions) = await StartWorkerAsync(app, server, loggers, known: null, cancellationToken);
                return new WorkerSupervisor(app, server, loggers, worker, functions);
            }
            catch (LocalHostException error) when (attempt < RestartAttempts && IsOfTakenPort(error))
            {
                loggers
                    .CreateLogger("Worker")
                    .LogWarning("The port that the worker chose was taken (attempt {Attempt} of {Attempts}).", attempt, RestartAttempts);
            }
        }
    }

    private static bool IsOfTakenPort(LocalHostException error) =>
        error.Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase);

    /// <summary>The channel to the running worker; while one is being started, waits for it.</summary>
    public async Task<WorkerChannel> GetChannelAsync(CancellationToken cancellationToken) =>
        (await _ready.Task.WaitAsync(cancellationToken)).Channel;

    /// <summary>Lets the invocations in flight end, then the worker.</summary>
    public async Task StopAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var drain = new CancellationTokenSource(DrainTimeout);
        while (_worker.Channel.InFlight > 0 && !_worker.Process.Exited.IsCompleted && !drain.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        _worker.Channel.Terminate(TerminateTimeout);
        await _worker.Process.StopAsync(TerminateTimeout);
        _worker.Channel.Close("The local host is stopping.");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _worker.Process.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task SuperviseAsync()
    {
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stopping.Token);
        while (true)
        {
            await Task.WhenAny(_worker.Process.Exited, _worker.Channel.Disconnected, stopped);
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            // First divert new invocations, then fail those in flight: their retries must find the next worker.
            _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await _worker.Process.StopAsync(TimeSpan.FromSeconds(1));
            var reason = $"The worker process {_worker.Process.Id} ended unexpectedly with exit code {_worker.Process.ExitCode}.";
            _logger.LogWarning("{Reason} {Count} invocations were running. Starting another worker.", reason, _worker.Channel.InFlight);
            _worker.Channel.Close(reason);
            await _worker.Process.DisposeAsync();
            try
            {
                await RestartAsync();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                _ready.SetException(error); // Waiting callers learn that no worker will start.
                throw;
            }
        }
    }

    private async Task RestartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                (_worker, _) = await StartWorkerAsync(_app, _server, _loggers, Functions, _stopping.Token);
                _ready.SetResult(_worker);
                Restarted?.Invoke(this, EventArgs.Empty);
                return;
            }
            catch (LocalHostException error) when (attempt < RestartAttempts)
            {
                _logger.LogWarning(
                    "The worker did not start (attempt {Attempt} of {Attempts}): {Message}",
                    attempt,
                    RestartAttempts,
                    error.Message
                );
                await Task.Delay(TimeSpan.FromSeconds(attempt), TimeProvider.System, _stopping.Token);
            }
        }
    }

    private static async Task<(Worker Worker, IReadOnlyList<RpcFunctionMetadata> Functions)> StartWorkerAsync(
        FunctionApp app,
        WorkerServer server,
        ILoggerFactory loggers,
        IReadOnlyList<RpcFunctionMetadata>? known,
        CancellationToken cancellationToken
    )
    {
        var workerId = Guid.NewGuid().ToString();
        var channel = new WorkerChannel(loggers);
        server.Expect(workerId, channel);
        var process = WorkerProcess.Start(app, server.Address, workerId, loggers.CreateLogger("Worker.Console"));
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(StartTimeout);
            var handshake = ShakeHandsAsync(app, channel, known, timeout.Token);
            if (await Task.WhenAny(handshake, process.Exited) == process.Exited)
            {
                throw new LocalHostException(
                    $"The function app ended while starting, with exit code {process.ExitCode}.{Quote(process.Tail)}"
                );
            }

            return (new Worker(process, channel), await handshake);
        }
        catch (Exception error)
        {
            // Whatever went wrong, the process must not outlive a start that failed.
            await process.DisposeAsync();
            channel.Close("The worker did not start.");
            throw error switch
            {
                OperationCanceledException when !cancellationToken.IsCancellationRequested => new LocalHostException(
                    $"The function app did not answer within {StartTimeout.TotalSeconds:0} s.{Quote(process.Tail)}",
                    error
                ),
                FunctionFailedException => new LocalHostException(
                    $"The function app did not load: {error.Message}{Quote(process.Tail)}",
                    error
                ),
                _ => error,
            };
        }
    }

    private static async Task<IReadOnlyList<RpcFunctionMetadata>> ShakeHandsAsync(
        FunctionApp app,
        WorkerChannel channel,
        IReadOnlyList<RpcFunctionMetadata>? known,
        CancellationToken cancellationToken
    )
    {
        await channel.Connected.WaitAsync(cancellationToken);
        var functions = await channel.InitializeAsync(app.Directory, cancellationToken);
        await channel.LoadAsync(known ?? functions, cancellationToken);
        if (channel.HttpAddress is { } address)
        {
            await WaitUntilListeningAsync(new Uri(address), cancellationToken);
        }

        return functions;
    }

    /// <summary>The worker answers the protocol a little before its own HTTP server listens.</summary>
    private static async Task WaitUntilListeningAsync(Uri address, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(address.Host, address.Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string Quote(IReadOnlyList<string> lines) =>
        lines.Count == 0 ? " It printed nothing." : $" Its last lines:\n    {string.Join("\n    ", lines)}";

    private sealed record Worker(WorkerProcess Process, WorkerChannel Channel);
}
