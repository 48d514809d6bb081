using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
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

        var records = new Records();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("AzureFunctionsJobHost:extensions:durableTask:hubName", "Waiting")])
            .Build();
        var queues = new HubQueues(azurite.Queues, TaskHub.From(configuration), time, records);
        await queues.CheckAsync(stop);
        Assert.Empty(records.Texts);

        time.Advance(HubQueues.LongestWait * 2);
        await azurite.Queues.GetQueueClient("waiting-control-01").ReceiveMessageAsync(cancellationToken: stop); // Being handled.
        await queues.CheckAsync(stop);
        Assert.Equal(
            "The first message of the queue waiting-workitems has waited for",
            Assert.Single(records.Texts).Split([" 19 ", " 20 "], default)[0]
        );
    }

    private sealed class Records : ILogger<HubQueues>
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Texts.Add(formatter(state, exception));
    }
}
