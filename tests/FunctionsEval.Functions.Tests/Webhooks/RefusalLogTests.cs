using FunctionsEval.Functions.Webhooks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Webhooks;

public sealed class RefusalLogTests
{
    [Fact]
    public void Thousand_refusals_of_a_minute_are_one_record_and_the_next_one_says_how_many()
    {
        var time = new FakeTimeProvider();
        var records = new Records();
        var log = new RefusalLog(time, records);

        for (var refused = 0; refused < 1000; refused++)
        {
            log.Add("no signature.");
        }

        Assert.Contains("no signature. 0 more", Assert.Single(records.Texts), StringComparison.Ordinal);

        time.Advance(TimeSpan.FromMinutes(1));
        log.Add("no signature.");
        Assert.Equal(2, records.Texts.Count);
        Assert.Contains(" 999 more", records.Texts[1], StringComparison.Ordinal);
    }

    private sealed class Records : ILogger<RefusalLog>
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
