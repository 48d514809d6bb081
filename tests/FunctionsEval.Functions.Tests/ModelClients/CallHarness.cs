using System.Collections.Concurrent;
using Azure.Core;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>
/// The app's own registration of the model clients, against a <see cref="ModelServer"/>, on a clock that does not let anyone wait.
/// </summary>
internal sealed class CallHarness : IAsyncDisposable
{
    public const string Key = "sk-SECRET-KEY";

    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);

    private readonly ServiceProvider _services;

    private CallHarness(ModelServer? server, ServiceProvider services, SkippingTime time)
    {
        Server = server!;
        _services = services;
        Time = time;
    }

    public ModelServer Server { get; }

    public SkippingTime Time { get; }

    /// <summary>What was logged.</summary>
    public FakeLogCollector Log => _services.GetFakeLogCollector();

    public ModelCaller Caller => _services.GetRequiredService<ModelCaller>();

    public ModelRegistry Registry => _services.GetRequiredService<ModelRegistry>();

    /// <summary>Something that works with the model clients and is not registered with them.</summary>
    public T Create<T>(params object[] given) => ActivatorUtilities.CreateInstance<T>(_services, given);

    /// <summary>A harness with one OpenAI-compatible model <c>m</c> against a server with this script.</summary>
    public static Task<CallHarness> StartAsync(params RequestDelegate[] script) => StartAsync([], script);

    public static async Task<CallHarness> StartAsync((string Key, string Value)[] settings, params RequestDelegate[] script)
    {
        var server = await ModelServer.StartAsync(script);
        return Create(server, $"http://127.0.0.1:{server.Port}/v1", null, settings);
    }

    public static async Task<CallHarness> StartAzureAsync(
        TokenCredential? identity,
        (string Key, string Value)[] settings,
        params RequestDelegate[] script
    )
    {
        var server = await ModelServer.StartAsync(script);
        return Create(server, $"http://127.0.0.1:{server.Port}", identity, [("Models:0:Provider", "AzureOpenAI"), .. settings]);
    }

    public static CallHarness Create(
        ModelServer? server,
        string endpoint,
        TokenCredential? identity,
        params (string Key, string Value)[] settings
    ) => Create(server, endpoint, identity, null, settings);

    // A clock other than Time is for tests in which attempts overlap the waits of others.
    public static CallHarness Create(
        ModelServer? server,
        string endpoint,
        TokenCredential? identity,
        TimeProvider? clock,
        params (string Key, string Value)[] settings
    )
    {
        var values = new Dictionary<string, string?>
        {
            ["Models:0:Name"] = "m",
            ["Models:0:Provider"] = "OpenAICompatible",
            ["Models:0:Endpoint"] = endpoint,
            ["Models:0:Deployment"] = "tuned-1",
            ["Models:0:ApiKey"] = identity is null ? Key : null,
        };
        foreach ((var key, var value) in settings)
        {
            values[key] = value;
        }

        var time = new SkippingTime();
        var services = new ServiceCollection();
        services.AddSingleton(clock ?? time);
        services.AddSingleton<Random>(new HalfRandom());
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
        if (identity is not null)
        {
            services.AddSingleton(identity);
        }

        services.AddModels(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        return new CallHarness(server, services.BuildServiceProvider(), time);
    }

    public static ModelRequest Request(SamplingSpec? sampling = null) =>
        new()
        {
            Messages = [new ChatMessage("system", "Answer with a label."), new ChatMessage("user", "SECRET-PROMPT")],
            Sampling = sampling ?? new SamplingSpec(),
        };

    public Task<ModelCallResult> CallAsync(string model, ModelRequest request, CancellationToken cancellationToken) =>
        Caller.CallAsync(model, request, CancellationToken.None, cancellationToken);

    public Task<ModelCallResult> CallAsync(SamplingSpec? sampling = null) =>
        Caller.CallAsync("m", Request(sampling), CancellationToken.None, TestContext.Current.CancellationToken);

    public Task<ModelCallResult> ScoreAsync(string text) =>
        Caller.CallAsync("m", new ModelRequest { ScoredText = text }, CancellationToken.None, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        var log = Log;
        await _services.DisposeAsync();
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
        // Whatever else a test is about: neither prompt nor key was written anywhere.
        Assert.DoesNotContain(
            log.GetSnapshot(),
            record => $"{record.Message} {record.Exception}".Contains("SECRET", StringComparison.Ordinal)
        );
    }
}

/// <summary>A clock on which every wait but an attempt's timeout passes at once, and is noted.</summary>
internal sealed class SkippingTime : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private TaskCompletionSource? _reading;

    public SkippingTime()
        : base(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) { }

    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    /// <summary>Completes when someone next reads the clock.</summary>
    public Task NextReadingAsync()
    {
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _reading, reading);
        return reading.Task;
    }

    public override long GetTimestamp()
    {
        var timestamp = base.GetTimestamp();
        Interlocked.Exchange(ref _reading, null)?.SetResult();
        return timestamp;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime != CallHarness.Timeout)
        {
            _waits.Enqueue(dueTime);
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }
        return timer;
    }
}

/// <summary>Always one half, so that jitter halves every bound exactly.</summary>
internal sealed class HalfRandom : Random
{
    public override double NextDouble() => 0.5;
}
