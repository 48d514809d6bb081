using Azure.Core;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Probing;
using FunctionsEval.Functions.Tests.ModelClients;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Probing;

/// <summary>A prober over the app's own model clients, on a clock on which waits between attempts pass at once.</summary>
internal sealed class ProbeHarness : IAsyncDisposable
{
    private ProbeHarness(CallHarness calls, ProbeTime time)
    {
        (Calls, Time) = (calls, time);
        Planner = calls.Create<ProbePlanner>();
        Prober = calls.Create<ModelProber>(Planner);
    }

    public CallHarness Calls { get; }

    public ProbeTime Time { get; }

    public ProbePlanner Planner { get; }

    public ModelProber Prober { get; }

    public IReadOnlyList<SeenRequest> Ledger => Calls.Server.Ledger;

    public static async Task<ProbeHarness> StartAsync(RequestDelegate answer, params (string Key, string Value)[] settings)
    {
        var server = await ModelServer.StartAsync(answer);
        return Create(server, $"http://127.0.0.1:{server.Port}/v1", null, settings);
    }

    public static ProbeHarness Create(
        ModelServer? server,
        string endpoint,
        TokenCredential? identity,
        params (string Key, string Value)[] settings
    )
    {
        var time = new ProbeTime();
        return new ProbeHarness(CallHarness.Create(server, endpoint, identity, time, settings), time);
    }

    public ConfiguredModel Model(string name = "m") =>
        Calls.Registry.TryGet(name, out var model) ? model : throw new InvalidOperationException($"There is no model {name}.");

    public async Task<ModelProbe> ProbeAsync(string name = "m")
    {
        var probe = await Prober.TryProbeAsync(Model(name), TestContext.Current.CancellationToken);
        // Whatever else a test is about: neither the key nor what an endpoint says freely is told.
        Assert.DoesNotContain("SECRET", System.Text.Json.JsonSerializer.Serialize(probe, ResultJson.Options), StringComparison.Ordinal);
        return probe!;
    }

    public ValueTask DisposeAsync() => Calls.DisposeAsync();
}

/// <summary>A clock on which waits between attempts pass at once. Attempts and probes end when a test lets their time pass.</summary>
internal sealed class ProbeTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= ProbeLimits.Retries.LongestWait)
        {
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}
