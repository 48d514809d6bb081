using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Azurite;

/// <summary>A running Azurite: blobs, queues and tables in one Node.js process, reachable on 127.0.0.1 only.</summary>
internal sealed partial class AzuriteServer : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    // The emulator's well-known key; it protects nothing.
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const int TailLines = 20;

    /// <summary>How start.js begins a line about a blob that was stored.</summary>
    private const string UploadLine = "uploaded ";

    /// <summary>
    /// An end of the process is seen at once; this is for one that hangs. A busy machine with a cold disk has taken half a minute.
    /// </summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task _exited;
    private readonly OutputTail _tail = new(TailLines);
    private readonly List<Uri> _endpoints = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _logger;
    private volatile Action<string>? _uploaded;
    private volatile bool _stopping;

    private AzuriteServer(Process process, ILogger logger)
    {
        _process = process;
        _logger = logger;
        ProcessId = process.Id;
        process.OutputDataReceived += (_, line) => Receive(line.Data);
        process.ErrorDataReceived += (_, line) => Receive(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _exited = process.WaitForExitAsync();
        Completion = WatchAsync();
    }

    /// <summary>The process id.</summary>
    public int ProcessId { get; }

    /// <summary>Ends with the process: with an exception when it ended without being asked to.</summary>
    public Task Completion { get; }

    /// <summary>How to reach the three services.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};"
        + $"BlobEndpoint={_endpoints[0]}{Account};QueueEndpoint={_endpoints[1]}{Account};TableEndpoint={_endpoints[2]}{Account};";

    /// <summary>Starts Azurite.</summary>
    /// <param name="installation">The folder it was installed in.</param>
    /// <param name="dataDirectory">Where it keeps its data; created when missing.</param>
    /// <param name="firstPort">The first of three consecutive ports wanted; when one is taken, three free ones are used. 0: any free
    /// ports.</param>
    /// <param name="logger">Receives what it prints.</param>
    /// <param name="notice">Is told when other ports had to be taken.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="LocalHostException">It did not come up.</exception>
    public static async Task<AzuriteServer> StartAsync(
        string installation,
        string dataDirectory,
        int firstPort,
        ILogger logger,
        Action<string> notice,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(dataDirectory);
        await AzuriteIdentity.EndPredecessorAsync(dataDirectory, logger, cancellationToken);

        var wanted = firstPort != 0;
        if (wanted && Enumerable.Range(firstPort, 3).All(LoopbackPort.IsFree))
        {
            var server = Launch(installation, dataDirectory, firstPort, logger);
            if (await server.WaitUntilListeningAsync(tolerateTakenPort: true, cancellationToken))
            {
                return server;
            }
        }

        var elsewhere = Launch(installation, dataDirectory, 0, logger);
        await elsewhere.WaitUntilListeningAsync(tolerateTakenPort: false, cancellationToken);
        if (wanted)
        {
            notice(
                $"One of the ports {firstPort} to {firstPort + 2} is in use: "
                    + $"Azurite listens on {string.Join(", ", elsewhere._endpoints.Select(endpoint => endpoint.Port))} instead."
            );
        }

        return elsewhere;
    }

    /// <summary>Asks to be told of blobs as they are stored.</summary>
    /// <param name="containers">The containers.</param>
    /// <param name="uploaded">Receives the path of each blob, beginning with its container.</param>
    public async Task WatchAsync(IEnumerable<string> containers, Action<string> uploaded)
    {
        _uploaded = uploaded;
        try
        {
            foreach (var container in containers)
            {
                await _process.StandardInput.WriteLineAsync(container);
            }

            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // The pipe broke: the process has ended, which Completion tells.
        }
    }

    /// <summary>Lets Azurite save its data and end.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        try
        {
            _process.StandardInput.Close();
            await _exited.WaitAsync(StopTimeout);
        }
        catch (TimeoutException)
        {
            _logger.LogWarning(
                "Azurite did not end within {Seconds} s and is killed; its last writes may be lost.",
                StopTimeout.TotalSeconds
            );
            _process.Kill(entireProcessTree: true);
            await _exited;
        }
        catch (IOException)
        {
            // The pipe broke: the process has ended already.
            await _exited;
        }
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private static AzuriteServer Launch(string installation, string dataDirectory, int firstPort, ILogger logger)
    {
        int Port(int offset) => firstPort == 0 ? 0 : firstPort + offset;
        var start = new ProcessStartInfo(
            "node",
            [
                Path.Combine(installation, "start.js"),
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                $"{Port(0)}",
                "--queueHost",
                "127.0.0.1",
                "--queuePort",
                $"{Port(1)}",
                "--tableHost",
                "127.0.0.1",
                "--tablePort",
                $"{Port(2)}",
                "--location",
                dataDirectory,
                "--silent",
                "--skipApiVersionCheck",
                "--disableTelemetry",
            ]
        )
        {
            WorkingDirectory = installation,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            var process = Process.Start(start)!;
            AzuriteIdentity.Write(dataDirectory, process);
            return new AzuriteServer(process, logger);
        }
        catch (Win32Exception error)
        {
            throw new LocalHostException("Azurite, the storage emulator, needs Node.js: 'node' was not found on the PATH.", error);
        }
    }

    /// <summary>Returns false when another program took a port between the check and Azurite's own attempt.</summary>
    private async Task<bool> WaitUntilListeningAsync(bool tolerateTakenPort, CancellationToken cancellationToken)
    {
        try
        {
            var first = await Task.WhenAny(_listening.Task, _exited).WaitAsync(StartTimeout, cancellationToken);
            if (first == _listening.Task)
            {
                return true;
            }

            var output = LastOutput();
            if (tolerateTakenPort && output.Contains("EADDRINUSE", StringComparison.Ordinal))
            {
                await DisposeAsync();
                return false;
            }
            throw new LocalHostException(
                $"Azurite, the storage emulator, ended while starting, with exit code {_process.ExitCode}:\n{output}"
            );
        }
        catch (TimeoutException error)
        {
            await DisposeAsync();
            throw new LocalHostException(
                $"Azurite, the storage emulator, did not come up within {StartTimeout.TotalSeconds:0} s:\n{LastOutput()}",
                error
            );
        }
        catch
        {
            // Whatever went wrong, the process must not outlive a start that failed.
            await DisposeAsync();
            throw;
        }
    }

    private async Task WatchAsync()
    {
        await _exited;
        if (!_stopping && _listening.Task.IsCompleted)
        {
            throw new LocalHostException(
                $"Azurite, the storage emulator, ended unexpectedly with exit code {_process.ExitCode}:\n{LastOutput()}"
            );
        }
    }

    private void Receive(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (line.StartsWith(UploadLine, StringComparison.Ordinal))
        {
            _uploaded?.Invoke(Uri.UnescapeDataString(line[UploadLine.Length..]));
            return;
        }

        _logger.LogInformation("{Line}", line);
        _tail.Add(line);
        if (ListeningLine().Match(line) is { Success: true } match)
        {
            // Printed in the order blob, queue, table.
            _endpoints.Add(new Uri(match.Groups[1].Value));
            if (_endpoints.Count == 3)
            {
                _listening.TrySetResult();
            }
        }
    }

    private string LastOutput() => string.Join('\n', _tail.Lines);

    [GeneratedRegex(@"successfully listening at (http://\S+)")]
    private static partial Regex ListeningLine();
}
