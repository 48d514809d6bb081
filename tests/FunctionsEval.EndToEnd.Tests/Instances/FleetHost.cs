using System.Diagnostics;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Instances;

/// <summary>
/// One host of a fleet: processes of its own for host and worker, and an endpoint of its own, so that its calls can be told apart.
/// </summary>
internal sealed class FleetHost(HostProcess process, RecordingEndpoint endpoint, string directory) : IAsyncDisposable
{
    private readonly List<int> _standing = [];
    private AnswerGate? _gate;

    /// <summary>What this host alone calls.</summary>
    public RecordingEndpoint Endpoint => endpoint;

    /// <summary>The host, once it is ready.</summary>
    public LocalInstance Instance { get; private set; } = null!;

    /// <summary>Whether it was killed.</summary>
    public bool IsKilled { get; private set; }

    /// <summary>Whether no request is under way but those that are held.</summary>
    public bool IsHeld => _gate is { } gate && endpoint.InFlight == gate.Held;

    /// <summary>Holds every answer from now on.</summary>
    public void Hold() => _gate = endpoint.HoldAfter(answers: 0);

    /// <summary>Lets the answers go.</summary>
    public void Open() => _gate?.Open();

    /// <summary>Waits until the host is ready.</summary>
    public async Task<FleetHost> ReadyAsync()
    {
        Instance = await process.ReadyAsync();
        return this;
    }

    /// <summary>Ends host and worker without a chance to react, as a platform that recreates the instance does.</summary>
    public async Task KillAsync()
    {
        IsKilled = true;
        await SignalAsync("KILL", Instance.HostPid, Instance.WorkerPid);
        await process.EndedAsync();
        await Eventually.EndedAsync(Instance.WorkerPid, "the worker");
    }

    /// <summary>Stops host and worker in the middle of whatever they do, as an instance that the platform freezes.</summary>
    public async Task StallAsync()
    {
        _standing.AddRange([Instance.HostPid, Instance.WorkerPid]);
        await SignalAsync("STOP", [.. _standing]);
    }

    /// <summary>Lets both go on.</summary>
    public async Task GoOnAsync()
    {
        await SignalAsync("CONT", [.. _standing]);
        _standing.Clear();
    }

    /// <summary>Everything it logged.</summary>
    public async Task<string> ReadLogAsync()
    {
        var path = Path.Combine(directory, ".functionseval", "data", "host.log");
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_standing.Count > 0)
        {
            await GoOnAsync();
        }

        process.Dispose();
        await endpoint.DisposeAsync();
    }

    private static async Task SignalAsync(string signal, params int[] processes)
    {
        using var kill = Process.Start("kill", [$"-{signal}", .. processes.Select(id => $"{id}")]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
