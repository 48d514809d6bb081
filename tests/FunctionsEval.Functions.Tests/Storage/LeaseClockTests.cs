using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>Whether the holder of a lease may act on it, by its own clock.</summary>
public sealed class LeaseClockTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly LeaseClock _clock;

    public LeaseClockTests() => _clock = new LeaseClock(_time, Duration, _time.GetTimestamp());

    [Fact]
    public void Lease_that_was_renewed_lately_is_waited_for_no_longer()
    {
        _time.Advance(Duration / 2);
        _clock.Renew(_time.GetTimestamp());
        _time.Advance(Duration * 0.8);

        Assert.True(_clock.ConfirmAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Lease_that_may_have_run_out_is_waited_for_until_its_next_renewal()
    {
        _time.Advance(Duration);
        var confirmed = _clock.ConfirmAsync(TestContext.Current.CancellationToken);
        Assert.False(confirmed.IsCompleted);

        // One that was asked for before the process stood still says nothing.
        _clock.Renew(_time.GetTimestamp() - (long)(Duration.TotalSeconds * _time.TimestampFrequency));
        Assert.False(confirmed.IsCompleted);
        _clock.Renew(_time.GetTimestamp());

        await confirmed;
    }

    [Fact]
    public async Task Wait_for_a_renewal_ends_when_the_lease_is_lost()
    {
        using var lost = new CancellationTokenSource();
        _time.Advance(Duration);
        var confirmed = _clock.ConfirmAsync(lost.Token);

        await lost.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => confirmed);
    }
}
