using FunctionsEval.LocalHost.Azurite;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// Runs the built function app on this machine: the worker process, the WebJobs listeners, the Durable extension,
/// HTTP, and Azurite as its storage. Several may run at once, in one process or in many.
/// </summary>
public sealed class LocalFunctionsHost : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _undo = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AzuriteServer? _azurite;
    private WorkerSupervisor? _workers;

    private LocalFunctionsHost(string dataDirectory) => DataDirectory = dataDirectory;

    /// <summary>Where the app answers HTTP, with a trailing slash; functions are below <c>api/</c>.</summary>
    public Uri AppUrl { get; private set; } = null!;

    /// <summary>The storage account the app works on.</summary>
    public string StorageConnectionString { get; private set; } = null!;

    /// <summary>The process id of the worker that runs the app's code. It changes when the worker has to be restarted.</summary>
    public int WorkerPid => _workers!.ProcessId;

    /// <summary>Raised when another worker has replaced one that ended, so <see cref="WorkerPid"/> has changed.</summary>
    public event EventHandler? WorkerRestarted;

    /// <summary>The app's functions, in the order the app lists them.</summary>
    public IReadOnlyList<HostedFunction> Functions { get; private set; } = [];

    /// <summary>The process id of Azurite, or null when a storage account was given.</summary>
    public int? AzuritePid { get; private set; }

    /// <summary>The folder with the emulator's data and <see cref="LogFilePath"/>.</summary>
    public string DataDirectory { get; }

    /// <summary>Everything the host, the extensions and the worker logged.</summary>
    public string LogFilePath => Path.Combine(DataDirectory, "host.log");

    /// <summary>
    /// Ends when the host has stopped; with a <see cref="LocalHostException"/> when it cannot go on, in which case it is to be disposed of.
    /// </summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts everything. When the task completes, triggers are listened to and HTTP is answered.</summary>
    /// <param name="options">What to run and where.</param>
    /// <param name="cancellationToken">Gives up the start; what was started is stopped again.</param>
    /// <exception cref="LocalHostException">Something could not start; the message says what to do.</exception>
    public static async Task<LocalFunctionsHost> StartAsync(LocalHostOptions options, CancellationToken cancellationToken = default)
    {
        var host = new LocalFunctionsHost(Path.GetFullPath(options.DataDirectory));
        try
        {
            await host.StartPartsAsync(options, cancellationToken);
            return host;
        }
        catch
        {
            // Whatever went wrong, what was started has processes, which must not outlive it.
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops in order: listeners and HTTP, invocations in flight, worker, storage.</summary>
    public async ValueTask DisposeAsync()
    {
        // One part that does not stop cleanly must not keep the others, which are processes, running.
        List<Exception> errors = [];
        while (_undo.TryPop(out var stop))
        {
            try
            {
                await stop();
            }
            catch (Exception error)
            {
                errors.Add(error);
            }
        }
        _completion.TrySetResult();
        if (errors.Count > 0)
        {
            throw new LocalHostException($"The local host did not stop cleanly: {errors[0].Message}", new AggregateException(errors));
        }
    }

    private async Task StartPartsAsync(LocalHostOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(DataDirectory);
        OnStop(LockDataDirectory());
        var app = FunctionApp.Load(options);

        var logFile = new LogFile(LogFilePath);
        OnStop(logFile);
        var loggers = CreateLoggers(app, logFile, options.LoggerProvider);
        OnStop(loggers);

        // Storage and worker are processes of their own: what this one has to load is loaded beside their starts.
        var storage = StartStorageAsync(options, loggers, cancellationToken);
        var (server, http) = await StartServersAsync(options, app, loggers, storage, cancellationToken);
        StorageConnectionString = await storage;
        app = app.WithStorage(StorageConnectionString);
        AppUrl = http.Url;
        var (workers, jobs) = await StartWorkersAsync(app, server, loggers, cancellationToken);
        var proxy = new HttpProxy();
        OnStop(proxy);
        OnStop(jobs);
        jobs.AddFunctions(workers, proxy, options.OrchestrationHandedOut);
        var uploads = OnStop(new UploadEvents(jobs, loggers));
        OnStop(() => StopAsync(uploads, http, jobs, workers));
        await jobs.StartAsync(cancellationToken);

        var routePrefix = app.HostJson["extensions:http:routePrefix"] ?? "api";
        http.Serve(jobs, routePrefix);
        if (_azurite is not null)
        {
            await _azurite.WatchAsync(uploads.Containers, uploads.Add);
        }

        Functions =
        [
            .. jobs.Functions.Select(function => new HostedFunction(
                function.Name,
                function.Trigger.Type,
                function.HttpMethods,
                function.IsHttp ? new Uri(AppUrl, HttpFrontend.ShortPathOf(function, routePrefix)) : null
            )),
        ];
    }

    private async Task<(WorkerServer, HttpFrontend)> StartServersAsync(
        LocalHostOptions options,
        FunctionApp app,
        ILoggerFactory loggers,
        Task storage,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var server = OnStop(await WorkerServer.StartAsync(loggers, cancellationToken));
            var bodyLimit = app.Settings.GetValueOrDefault(HttpFrontend.BodyLimitSetting);
            return (server, OnStop(await HttpFrontend.StartAsync(options.AppPort, bodyLimit, loggers, options.Notice, cancellationToken)));
        }
        catch
        {
            await storage.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // Its process is ended with what was started before.
            throw;
        }
    }

    /// <summary>Starts the worker, and builds the SDK's host meanwhile.</summary>
    private async Task<(WorkerSupervisor, JobHostRunner)> StartWorkersAsync(
        FunctionApp app,
        WorkerServer server,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var jobs = Task.Run(() => new JobHostRunner(app, loggers, AppUrl), CancellationToken.None);
        try
        {
            _workers = OnStop(await WorkerSupervisor.StartAsync(app, server, loggers, cancellationToken));
        }
        catch
        {
            await ((Task)jobs).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (jobs.IsCompletedSuccessfully)
            {
                await (await jobs).DisposeAsync(); // It works with the loggers, which end next.
            }

            throw;
        }

        _workers.Restarted += (_, arguments) => WorkerRestarted?.Invoke(this, arguments);
        FailWith(_workers.Completion);
        return (_workers, await jobs);
    }

    /// <summary>
    /// As the host in Azure on SIGTERM: nothing new is taken, the tokens of running functions are cancelled, and what they return is still
    /// taken. The end of the worker bounds the wait for those of uploads.
    /// </summary>
    private static async ValueTask StopAsync(UploadEvents uploads, HttpFrontend http, JobHostRunner jobs, WorkerSupervisor workers)
    {
        try
        {
            await uploads.StopAsync();
            await Task.WhenAll(http.StopAsync(), jobs.StopAsync());
        }
        finally
        {
            await workers.StopAsync();
        }
    }

    /// <summary>The connection string of the storage account that was given, or of the emulator that is started.</summary>
    private async Task<string> StartStorageAsync(LocalHostOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (options.StorageConnectionString is { } given)
        {
            return given;
        }

        await AzuriteInstallation.EnsureAsync(RepositoryLayout.AzuriteDirectory, options.Notice, cancellationToken);
        _azurite = OnStop(
            await AzuriteServer.StartAsync(
                RepositoryLayout.AzuriteDirectory,
                Path.Combine(DataDirectory, "azurite"),
                options.AzuritePort,
                loggers.CreateLogger("Azurite"),
                options.Notice,
                cancellationToken
            )
        );
        AzuritePid = _azurite.ProcessId;
        FailWith(_azurite.Completion);
        return _azurite.ConnectionString;
    }

    private FileStream LockDataDirectory()
    {
        try
        {
            return new FileStream(Path.Combine(DataDirectory, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new LocalHostException(
                $"The data directory '{DataDirectory}' is in use by another host. Stop that one, or choose another directory with --data.",
                error
            );
        }
    }

    private static ILoggerFactory CreateLoggers(FunctionApp app, LogFile logFile, ILoggerProvider? additional) =>
        LoggerFactory.Create(logging =>
        {
            logging.AddConfiguration(app.HostJson.GetSection("logging"));
            // 404 and 409 are the normal answers to "create if it does not exist", and everything here starts with that.
            logging.AddFilter("Azure.Core", LogLevel.Error);
            // The host's own plumbing.
            logging.AddFilter("Grpc", LogLevel.Warning);
            logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
            logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
            logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
            logging.AddFilter("Yarp", LogLevel.Warning);
            logging.AddProvider(logFile);
            if (additional is not null)
            {
                logging.AddProvider(additional);
            }
        });

    private void FailWith(Task part) =>
        part.ContinueWith(
            failed => _completion.TrySetException(failed.Exception!.InnerExceptions),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default
        );

    private T OnStop<T>(T part)
        where T : IAsyncDisposable
    {
        OnStop(part.DisposeAsync);
        return part;
    }

    private void OnStop(IDisposable part) =>
        OnStop(() =>
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        });

    private void OnStop(Func<ValueTask> stop)
    {
        lock (_undo) // Parts start side by side.
        {
            _undo.Push(stop);
        }
    }
}

/// <summary>One function of the running app.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Trigger">The type of its trigger, such as <c>blobTrigger</c>.</param>
/// <param name="Methods">The HTTP methods it answers; empty for all, and for functions with another trigger.</param>
/// <param name="Url">Where it answers, route parameters in braces; null for functions with another trigger.</param>
public sealed record HostedFunction(string Name, string Trigger, IReadOnlyList<string> Methods, Uri? Url);
