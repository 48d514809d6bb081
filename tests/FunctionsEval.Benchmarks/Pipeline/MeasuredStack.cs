using System.Diagnostics;
using System.Globalization;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.Benchmarks.Pipeline;

/// <summary>The app of a built checkout, as <c>up</c> starts it: host, worker and storage in processes of their own.</summary>
internal sealed class MeasuredStack : IAsyncDisposable
{
    private const string Program = "src/FunctionsEval.LocalHost/bin/Release/net10.0/FunctionsEval.LocalHost.dll";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Process _up;
    private readonly AzuriteHost? _storage;

    private MeasuredStack(string name, Process up, AzuriteHost? storage, LocalInstance instance, StackProcesses processes)
    {
        (Name, _up, _storage, Instance, Processes) = (name, up, storage, instance, processes);
    }

    /// <summary>What it is called in the report.</summary>
    public string Name { get; }

    /// <summary>How to reach it.</summary>
    public LocalInstance Instance { get; }

    /// <summary>Its processes.</summary>
    public StackProcesses Processes { get; }

    /// <summary>Counts storage transactions; null where they are not counted.</summary>
    public StorageProxy? Proxy => _storage?.Proxy;

    /// <summary>How to reach the storage without being counted.</summary>
    public string StorageConnectionString => _storage?.DirectConnectionString ?? Instance.StorageConnectionString;

    /// <summary>The checkout that this program was built in.</summary>
    public static string ThisCheckout => Path.GetDirectoryName(RepositoryLayout.SamplesDirectory)!;

    /// <summary>The program of a checkout.</summary>
    public static string ProgramOf(string checkout) => Path.Combine(checkout, Program);

    /// <summary>Starts a checkout's app.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="checkout">The checkout, built in Release.</param>
    /// <param name="directory">Where it keeps its data.</param>
    /// <param name="options">What is measured.</param>
    /// <param name="endpoint">The endpoint's address.</param>
    /// <param name="endpointId">The endpoint's process; null for one of somebody else.</param>
    /// <param name="shared">A storage that several share, whose end is not this one's matter; null for one of its own.</param>
    public static async Task<MeasuredStack> StartAsync(
        string name,
        string checkout,
        string directory,
        PipelineOptions options,
        Uri endpoint,
        int? endpointId,
        AzuriteHost? shared = null
    )
    {
        Directory.CreateDirectory(directory);
        var storage = options.CountsTransactions ? await AzuriteHost.StartAsync(directory, withProxy: true) : null;
        var instancePath = Path.Combine(directory, "instance.json");
        var up = Process.Start(
            new ProcessStartInfo("dotnet", [.. ArgumentsOf(checkout, directory, instancePath, options, endpoint, shared ?? storage)])
            {
                WorkingDirectory = directory, // So that no local.settings.json is found.
                RedirectStandardOutput = true,
            }
        )!;
        up.OutputDataReceived += (_, _) => { };
        up.BeginOutputReadLine();
        LocalInstance? instance;
        while ((instance = InstanceFile.Find(instancePath)) is null)
        {
            if (up.HasExited)
            {
                throw new InvalidOperationException($"The app of {checkout} ended with {up.ExitCode}. Was it built in Release?");
            }

            await Task.Delay(Look, TimeProvider.System);
        }

        return new MeasuredStack(name, up, storage, instance, StackProcesses.Find(instance, (shared ?? storage)?.ProcessId, endpointId));
    }

    public async ValueTask DisposeAsync()
    {
        _up.Kill(entireProcessTree: true);
        await _up.WaitForExitAsync();
        _up.Dispose();
        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }
    }

    private static IEnumerable<string> ArgumentsOf(
        string checkout,
        string directory,
        string instancePath,
        PipelineOptions options,
        Uri endpoint,
        AzuriteHost? storage
    )
    {
        var model = $"Models__{MeasuredDataset.Model}__";
        var settings = new Dictionary<string, string>(options.Settings)
        {
            [$"{model}Provider"] = "OpenAICompatible",
            [$"{model}Endpoint"] = new Uri(endpoint, "/v1").ToString(),
            [$"{model}Deployment"] = "m",
            [$"{model}MaxConcurrency"] = options.Concurrency.ToString(CultureInfo.InvariantCulture),
        };
        return
        [
            ProgramOf(checkout),
            "up",
            "--no-samples",
            "--data",
            Path.Combine(directory, "data"),
            "--instance",
            instancePath,
            .. storage is null ? (string[])[] : ["--storage", storage.ConnectionString],
            .. settings.SelectMany(setting => (string[])["--set", $"{setting.Key}={setting.Value}"]),
        ];
    }
}
