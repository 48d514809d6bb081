using FunctionsEval.Functions.Webhooks;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Webhooks;

public sealed class RefusalLogTests
{
    [Fact]
    public void Thousand_refusals_of_a_minute_are_one_record_and_the_next_one_says_how_many()
    {
        var time = new FakeTimeProvider();
        var written = new FakeLogger<RefusalLog>();
        var log = new RefusalLog(time, written);

        for (var refused = 0; refused < 1000; refused++)
        {
            log.Add("no signature.");
        }

        Assert.Contains("no signature. 0 more", Assert.Single(written.Collector.GetSnapshot()).Message, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromMinutes(1));
        log.Add("no signature.");
        Assert.Equal(2, written.Collector.Count);
        Assert.Contains(" 999 more", written.LatestRecord.Message, StringComparison.Ordinal);
    }
}
