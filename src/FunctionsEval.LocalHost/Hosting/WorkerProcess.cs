using System.Diagnostics;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>One operating-system process that runs the function app.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int TailLines = 30;

    private readonly Process _process;
    private readonly OutputTail _tail = new(TailLines);

    private WorkerProcess(Process process, Task exited)
    {
        _process = process;
        Exited = exited;
        Id = process.Id;
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>Completes when the process has ended and all it printed has been read.</summary>
    public Task Exited { get; }

    /// <summary>The exit code; only once <see cref="Exited"/> has completed. 128 + n after signal n.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines the process printed, oldest first.</summary>
    public IReadOnlyList<string> Tail => _tail.Lines;

    /// <summary>Starts the app's worker, which then connects to <paramref name="host"/>.</summary>
    public static WorkerProcess Start(FunctionApp app, Uri host, string workerId, ILogger logger)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = app.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Both spellings: the worker reads the second group, older versions the first.
        foreach (
            var argument in (string[])
                [
                    app.WorkerAssembly,
                    "--host",
                    host.Host,
                    "--port",
                    $"{host.Port}",
                    "--workerId",
                    workerId,
                    "--requestId",
                    workerId,
                    "--grpcMaxMessageLength",
                    $"{int.MaxValue}",
                    "--functions-uri",
                    host.AbsoluteUri,
                    "--functions-worker-id",
                    workerId,
                    "--functions-request-id",
                    workerId,
                    "--functions-grpc-max-message-length",
                    $"{int.MaxValue}",
                ]
        )
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach ((var name, var value) in app.Settings)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = app.Directory;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = app.Directory;
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.WorkerMarker] = "1";

        var process = new Process { StartInfo = start };
        process.Start();
        var worker = new WorkerProcess(process, process.WaitForExitAsync());
        process.OutputDataReceived += (_, line) => worker.Record(line.Data, LogLevel.Information, logger);
        process.ErrorDataReceived += (_, line) => worker.Record(line.Data, LogLevel.Warning, logger);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>Waits for the process to end by itself, then ends it.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        try
        {
            await Exited.WaitAsync(grace);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Exited;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _process.Dispose();
    }

    private void Record(string? line, LogLevel level, ILogger logger)
    {
        if (line is null)
        {
            return;
        }

        _tail.Add(line);
        logger.Log(level, "{Line}", line);
    }
}
