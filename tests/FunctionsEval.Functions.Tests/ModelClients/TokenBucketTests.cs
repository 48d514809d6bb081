using FunctionsEval.Functions.ModelClients.Throttling;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.ModelClients;

public sealed class TokenBucketTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    [InlineData(6000)]
    public void No_minute_ever_sees_more_than_configured(int perMinute)
    {
        var time = new FakeTimeProvider();
        var start = time.GetUtcNow();
        var budget = new TokenBucket(perMinute, time);
        var spent = new List<TimeSpan>();
        while (time.GetUtcNow() - start < TimeSpan.FromMinutes(3))
        {
            if (TrySpend(budget, 1) is { } wait)
            {
                time.Advance(wait);
            }
            else
            {
                spent.Add(time.GetUtcNow() - start);
            }
        }

        Assert.InRange(spent.Count, 3 * perMinute * 0.97, (3 * perMinute) + 1);
        for (var i = perMinute; i < spent.Count; i++)
        {
            Assert.True(
                spent[i] - spent[i - perMinute] >= TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1),
                $"{perMinute + 1} in {spent[i] - spent[i - perMinute]} at {i}"
            );
        }
    }

    [Fact]
    public async Task Waiting_takes_as_long_as_the_clock_it_was_given_says()
    {
        var time = new FakeTimeProvider();
        var budget = new TokenBucket(60, time);
        budget.Acquire(1);

        var second = budget.WaitAsync(1, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await second;
    }

    [Fact]
    public async Task Correction_lets_through_who_waits_without_further_delay()
    {
        var budget = new TokenBucket(600, new FakeTimeProvider());
        budget.Acquire(1000);
        var waiting = budget.WaitAsync(5, TestContext.Current.CancellationToken);

        budget.Correct(1000, 5);

        await waiting;
    }

    [Fact]
    public void Amount_over_the_bucket_passes_when_full_and_is_paid_off_afterwards()
    {
        var budget = new TokenBucket(600, new FakeTimeProvider());

        Assert.Null(TrySpend(budget, 100));
        // 10 a second, less what keeps a burst within the minute: ninety of debt and one more take a little over nine seconds.
        Assert.InRange(TrySpend(budget, 1)!.Value.TotalSeconds, 9.1, 9.5);
    }

    [Fact]
    public void Correction_gives_back_what_was_not_used_and_takes_what_was()
    {
        var budget = new TokenBucket(600, new FakeTimeProvider());

        Assert.Null(TrySpend(budget, 10));
        budget.Correct(10, 4);
        Assert.Null(TrySpend(budget, 6));
        budget.Correct(6, 8);
        Assert.NotNull(TrySpend(budget, 0.5));
    }

    [Fact]
    public void What_overflowed_before_a_correction_does_not_pay_for_it()
    {
        var time = new FakeTimeProvider();
        var budget = new TokenBucket(600, time);
        Assert.Null(TrySpend(budget, 10));
        time.Advance(TimeSpan.FromMinutes(1));

        budget.Correct(10, 30);

        Assert.NotNull(TrySpend(budget, 1));
    }

    /// <summary>Spends the amount if it may be spent now; otherwise says how long until it may be.</summary>
    private static TimeSpan? TrySpend(TokenBucket budget, double amount)
    {
        if (budget.WaitFor(amount) is var wait && wait > TimeSpan.Zero)
        {
            return wait;
        }

        budget.Acquire(amount);
        return null;
    }
}
