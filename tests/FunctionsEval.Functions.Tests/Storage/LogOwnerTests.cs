using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>
/// Who has a log: an executor that goes on keeps its lease where nobody else has taken it, and whoever waits for it learns that it is lost.
/// </summary>
public sealed class LogOwnerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly MemoryStorage _storage;

    public LogOwnerTests() => _storage = new MemoryStorage(_time);

    /// <summary>The look whether another has written comes between two versions of the log, both by this executor.</summary>
    [Fact]
    public async Task Append_during_the_look_after_a_stand_still_is_not_taken_for_anothers()
    {
        await using var log = await OpenAsync();
        var appended = Task.CompletedTask;
        _storage.Faults = request =>
        {
            if (request.Method == HttpMethod.Head)
            {
                _storage.Faults = null;
                appended = log.AnnounceAloneAsync(new RowKey(Offset: 0, Repeat: 0));
                SpinWait.SpinUntil(() => appended.IsCompleted);
            }

            return Fault.None;
        };

        _time.Advance(LogLease.Duration + TimeSpan.FromSeconds(1));
        await AdvanceUntilAsync(() => _storage.Faults is null && appended.IsCompleted);
        await appended;
        var confirmed = log.ConfirmAsync(TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(() => confirmed.IsCompleted || log.Lost.IsCancellationRequested);

        Assert.False(log.Lost.IsCancellationRequested);
        await CompleteAsync(log);
    }

    /// <summary>Calls that are confirmed hold their slots at the model meanwhile.</summary>
    [Fact]
    public async Task Renewal_without_an_answer_is_given_up_in_time_for_another()
    {
        await using var log = await OpenAsync();
        var hung = 0;
        _storage.Hangs = request => IsRenewal(request) && Interlocked.Increment(ref hung) == 1;
        await AdvanceUntilAsync(() => Volatile.Read(ref hung) == 1);

        await AdvanceUntilAsync(() => Volatile.Read(ref hung) > 1);

        await CompleteAsync(log);
    }

    [Fact]
    public async Task Renewals_that_end_by_themselves_are_a_log_that_is_lost()
    {
        var log = await OpenAsync();
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(log.Lost);
        _storage.Delete($"runs/{StorageNames.ShardLog("r", "candidate", 0)}");
        _time.Advance(LogLease.Duration);
        var confirmed = log.ConfirmAsync(waiting.Token);

        await AdvanceUntilAsync(() => confirmed.IsCompleted);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => confirmed);
        Assert.Equal(404, (await Assert.ThrowsAsync<Azure.RequestFailedException>(async () => await log.DisposeAsync())).Status);
    }

    public void Dispose()
    {
        _storage.Dispose();
        _giveUp.Dispose();
    }

    [Fact]
    public async Task Executors_are_numbered_in_the_order_in_which_they_had_the_log()
    {
        var stale = await OpenAsync();
        _storage.Hangs = IsRenewal;
        _time.Advance(LogLease.Duration + TimeSpan.FromSeconds(1));
        List<int> terms = [stale.Term];
        for (var other = 0; other < 2; other++)
        {
            await using var log = await OpenAsync();
            terms.Add(log.Term);
        }

        Assert.Equal([1, 2, 3], terms);
        var left = stale.DisposeAsync().AsTask();
        await AdvanceUntilAsync(() => left.IsCompleted);
    }

    private Task<ShardLog> OpenAsync() =>
        ShardLog.OpenAsync(
            new RunBlobs(_storage.Blobs).ShardLog("r", "candidate", 0),
            new ShardLogOwner(new ShardRange(0, 0, 1_000_000), "one", _time, _giveUp.Token) { Gathering = _time },
            TestContext.Current.CancellationToken
        );

    private async Task CompleteAsync(ShardLog log)
    {
        var completed = log.CompleteAsync();
        await AdvanceUntilAsync(() => completed.IsCompleted);
        await completed;
    }

    /// <summary>Lets time pass until something has happened, or hours are over; the renewals are on this clock.</summary>
    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        for (var step = 0; !condition(); step++)
        {
            if (step == 5_000)
            {
                // What is still appended waits for this clock too.
                await _giveUp.CancelAsync();
                Assert.Fail("It never happened.");
            }

            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private static bool IsRenewal(HttpRequestMessage request) =>
        request.Headers.TryGetValues("x-ms-lease-action", out var action) && action.First() == "renew";
}
