using DurableTask.AzureStorage;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>What every engine behind Durable Functions must do for the app, see <see cref="DurableInstances"/>.</summary>
public abstract class DurableInstancesContract : IAsyncLifetime
{
    private readonly string _id = $"run-{Guid.NewGuid():n}";
    private DurableEngine _engine = null!;

    private protected abstract Task<DurableEngine> StartAsync();

    private DurableTaskClient Durable => _engine.Client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _engine = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Id_of_a_live_instance_is_taken()
    {
        Assert.True(await ScheduleAsync("first", replacesEnded: false));
        await Durable.WaitForInstanceStartAsync(_id, Cancellation);

        Assert.False(await ScheduleAsync("second", replacesEnded: false));
        Assert.False(await ScheduleAsync("second", replacesEnded: true));

        Assert.True((await Durable.FindAsync(_id, Cancellation)).IsLive());
        Assert.Equal("first", await EndAsync());
    }

    [Fact]
    public async Task Instance_that_has_ended_is_replaced_only_on_request()
    {
        await ScheduleAsync("first", replacesEnded: false);
        await EndAsync();

        Assert.False((await Durable.FindAsync(_id, Cancellation)).IsLive());
        Assert.False(await ScheduleAsync("second", replacesEnded: false));
        Assert.True(await ScheduleAsync("third", replacesEnded: true));
        Assert.Equal("third", await EndAsync());
    }

    [Fact]
    public async Task Instance_that_failed_is_replaced()
    {
        await ScheduleAsync(DurableEngine.Failing, replacesEnded: false);
        await Durable.WaitForInstanceCompletionAsync(_id, Cancellation);

        Assert.False((await Durable.FindAsync(_id, Cancellation)).IsLive());
        Assert.True(await ScheduleAsync("again", replacesEnded: true));
        Assert.Equal("again", await EndAsync());
    }

    /// <summary>Both callers looked before there was an instance.</summary>
    [Fact]
    public async Task Live_instance_stays_whatever_an_earlier_look_found()
    {
        Assert.True(await Durable.TryScheduleAsync(DurableEngine.Orchestration, _id, "first", Cancellation));
        await Durable.WaitForInstanceStartAsync(_id, Cancellation);

        Assert.False(await Durable.TryScheduleAsync(DurableEngine.Orchestration, _id, "second", Cancellation));

        Assert.Equal("first", await EndAsync());
    }

    [Fact]
    public async Task Instance_that_has_ended_is_replaced_after_a_look()
    {
        Assert.True(await Durable.TryScheduleAsync(DurableEngine.Orchestration, _id, "first", Cancellation));
        await EndAsync();

        Assert.True(await Durable.TryScheduleAsync(DurableEngine.Orchestration, _id, "second", Cancellation));

        Assert.Equal("second", await EndAsync());
    }

    [Fact]
    public async Task Callers_at_once_leave_one_instance()
    {
        var scheduled = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ScheduleAsync("same", replacesEnded: false)));

        Assert.Contains(true, scheduled);
        Assert.Equal("same", await EndAsync());
        Assert.Equal(1, _engine.Executions(_id));
    }

    [Fact]
    public async Task Unknown_instance_is_not_found_and_waking_it_does_no_harm()
    {
        Assert.Null(await Durable.FindAsync(_id, Cancellation));

        await Durable.TryWakeAsync(_id, DurableEngine.End, Cancellation);

        Assert.False((await Durable.FindAsync(_id, Cancellation)).IsLive());
        Assert.True(await ScheduleAsync("after", replacesEnded: true));
        Assert.Equal("after", await EndAsync());
    }

    [Fact]
    public async Task Waking_an_instance_that_has_ended_does_no_harm()
    {
        await ScheduleAsync("first", replacesEnded: false);
        await EndAsync();

        await Durable.TryWakeAsync(_id, DurableEngine.End, Cancellation);

        Assert.False((await Durable.FindAsync(_id, Cancellation)).IsLive());
    }

    [Fact]
    public async Task Instance_that_was_purged_is_as_one_that_never_was()
    {
        await ScheduleAsync("first", replacesEnded: false);
        await EndAsync();
        await Durable.PurgeInstanceAsync(_id, Cancellation);

        Assert.Null(await Durable.FindAsync(_id, Cancellation));
        Assert.True(await ScheduleAsync("second", replacesEnded: false));
        Assert.Equal("second", await EndAsync());
    }

    private Task<bool> ScheduleAsync(string input, bool replacesEnded) =>
        Durable.TryScheduleAsync(DurableEngine.Orchestration, _id, input, replacesEnded, Cancellation);

    /// <summary>Wakes the instance, which ends it, and gives its output.</summary>
    private async Task<string?> EndAsync()
    {
        await Durable.WaitForInstanceStartAsync(_id, Cancellation);
        Assert.Null(await Durable.TryWakeAsync(_id, DurableEngine.End, Cancellation));
        var ended = await Durable.WaitForInstanceCompletionAsync(_id, getInputsAndOutputs: true, Cancellation);
        return ended.ReadOutputAs<string>();
    }
}

/// <summary>The engine in memory.</summary>
public sealed class MemoryDurableInstancesTests : DurableInstancesContract
{
    private protected override Task<DurableEngine> StartAsync() =>
        DurableEngine.StartAsync(new InMemoryOrchestrationService(NullLoggerFactory.Instance));
}

/// <summary>The engine on Azure Storage, which is the app's.</summary>
[Collection<OneAzurite>]
public sealed class AzureStorageDurableInstancesTests(AzuriteStorage azurite) : DurableInstancesContract
{
    private protected override async Task<DurableEngine> StartAsync()
    {
        var service = new AzureStorageOrchestrationService(
            new AzureStorageOrchestrationServiceSettings
            {
                StorageAccountClientProvider = new StorageAccountClientProvider(azurite.ConnectionString),
                TaskHubName = $"hub{Guid.NewGuid():n}"[..20],
                PartitionCount = 1,
                ThrowExceptionOnInvalidDedupeStatus = true, // As the extension of Durable Functions has it.
            }
        );
        await service.CreateIfNotExistsAsync();
        return await DurableEngine.StartAsync(service);
    }
}
