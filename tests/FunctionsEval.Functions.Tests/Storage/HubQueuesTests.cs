using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Storage;

[Collection<OneAzurite>]
public sealed class HubQueuesTests(AzuriteStorage azurite)
{
    /// <summary>Queues that other programs read (verdicts, uploads) may be as full as they like.</summary>
    [Fact]
    public async Task Only_a_message_of_durables_queues_that_has_waited_too_long_is_told()
    {
        var stop = TestContext.Current.CancellationToken;
        foreach (
            var name in new[] { "waiting-workitems", "waiting-control-00", "waiting-control-01", "waiting-verdicts", "other-workitems" }
        )
        {
            await azurite.Queues.CreateQueueAsync(name, cancellationToken: stop);
        }

        foreach (var name in new[] { "waiting-workitems", "waiting-control-01", "waiting-verdicts", "other-workitems" })
        {
            // As Durable Functions writes: JSON, in no encoding.
            await azurite.Queues.GetQueueClient(name).SendMessageAsync("{ }", stop);
        }

        var log = new FakeLogger<HubQueues>();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("AzureFunctionsJobHost:extensions:durableTask:hubName", "Waiting")])
            .Build();
        var queues = new HubQueues(azurite.Queues, TaskHub.From(configuration), time, log);
        await queues.CheckAsync(stop);
        Assert.Empty(log.Collector.GetSnapshot());

        time.Advance(HubQueues.LongestWait * 2);
        await azurite.Queues.GetQueueClient("waiting-control-01").ReceiveMessageAsync(cancellationToken: stop); // Being handled.
        await queues.CheckAsync(stop);
        Assert.Equal(
            "The first message of the queue waiting-workitems has waited for",
            Assert.Single(log.Collector.GetSnapshot()).Message.Split([" 19 ", " 20 "], default)[0]
        );
    }
}
