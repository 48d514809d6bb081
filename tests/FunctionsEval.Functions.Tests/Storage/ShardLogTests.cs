using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Storage;

public sealed class ShardLogTests : IDisposable
{
    private static readonly string Name = $"runs/{StorageNames.ShardLog("r", "candidate", 0)}";
    private static readonly string Second = $"runs/{StorageNames.ShardLog("r", "candidate", 0, part: 1)}";

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly MemoryStorage _storage;

    public ShardLogTests() => _storage = new MemoryStorage(_time);

    private static Func<int, AppendBlobClient> Parts(MemoryStorage storage) => new RunBlobs(storage.Blobs).ShardLog("r", "candidate", 0);

    public void Dispose()
    {
        _storage.Dispose();
        _giveUp.Dispose();
    }

    [Fact]
    public async Task Rows_are_there_for_the_next_executor()
    {
        await using (var log = await OpenAsync())
        {
            log.Append(Row(0));
            log.Append(Row(10));
            await log.CompleteAsync();
        }

        await using var next = await OpenAsync();
        Assert.Equal([0, 10], next.Rows.Keys.Select(key => key.Offset));
        Assert.Equal(0, next.Sessions.Crashes);
    }

    [Fact]
    public async Task Rows_that_come_fast_wait_for_others_until_an_append_is_full_or_a_moment_has_passed()
    {
        const int FullAppend = 64;
        await using var log = await OpenAsync();
        var appends = 0;
        _storage.Faults = request =>
        {
            appends += IsAppend(request) ? 1 : 0;
            return Fault.None;
        };

        // The clock stands still, so they come as fast as can be.
        for (var row = 0; row < FullAppend; row++)
        {
            log.Append(Row(row));
        }

        var written = WrittenAsync(FullAppend);
        await AdvanceUntilAsync(() => written.IsCompleted);
        // Two where the first was sent between a row's coming and its queueing.
        Assert.InRange(Volatile.Read(ref appends), 1, 2);
        var full = appends;
        log.Append(Row(FullAppend));
        await AdvanceUntilAsync(() => Volatile.Read(ref appends) == full + 1);
        await log.CompleteAsync();
    }

    [Fact]
    public async Task Rows_that_come_slowly_are_appended_at_once()
    {
        await using var log = await OpenAsync();
        for (var row = 0; row < 5; row++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(25));
            log.Append(Row(row));
            await WrittenAsync(row + 1); // Now the clock stands still: a row that waited would wait for ever.
        }

        await log.CompleteAsync();
    }

    [Fact]
    public async Task Storage_that_refuses_appends_for_a_while_loses_no_row_and_stops_the_buying()
    {
        await using var log = await OpenAsync();
        var isAway = true;
        var refused = 0;
        _storage.Faults = request =>
            Volatile.Read(ref isAway) && IsAppend(request) && Interlocked.Increment(ref refused) > 0 ? Fault.Refused : Fault.None;

        log.Append(Row(0));
        await AdvanceUntilAsync(() => refused > 3);
        var next = log.WaitWhileLateAsync(TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);

        Volatile.Write(ref isAway, false);
        await AdvanceUntilAsync(() => next.IsCompleted);
        await log.CompleteAsync();
        Assert.False(log.Lost.IsCancellationRequested);
        Assert.Equal([0], (await ReadAsync()).Rows.Keys.Select(key => key.Offset));
    }

    [Fact]
    public async Task Storage_that_stays_away_until_the_end_of_time_is_a_fault_and_not_a_finished_log()
    {
        await using var log = await OpenAsync();
        var refused = 0;
        _storage.Faults = request => IsAppend(request) && Interlocked.Increment(ref refused) > 0 ? Fault.Refused : Fault.None;
        log.Append(Row(0));
        await AdvanceUntilAsync(() => refused > 1);

        await _giveUp.CancelAsync();

        await Assert.ThrowsAsync<RequestFailedException>(log.CompleteAsync);
        Assert.True(log.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Append_whose_reply_was_lost_is_not_appended_twice()
    {
        await using var log = await OpenAsync();
        var faults = 0;
        _storage.Faults = request => IsAppend(request) && Interlocked.Increment(ref faults) == 1 ? Fault.RefusedAfterCommit : Fault.None;

        log.Append(Row(0));
        var completed = log.CompleteAsync();
        await AdvanceUntilAsync(() => completed.IsCompleted);
        await completed;

        Assert.Single(_storage.TextOf(Name).Split('\n'), line => line.Contains("\"ordinal\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lease_that_ran_out_while_nobody_took_it_is_taken_again()
    {
        await using var log = await OpenAsync();
        _storage.Faults = request =>
            request.RequestUri!.Query.Contains("comp=lease", StringComparison.Ordinal) ? Fault.Refused : Fault.None;
        _time.Advance(LogLease.Duration + TimeSpan.FromSeconds(1));
        _storage.Faults = null;

        log.Append(Row(0));
        var completed = log.CompleteAsync();
        await AdvanceUntilAsync(() => completed.IsCompleted);
        await completed;

        Assert.Single((await ReadAsync()).Rows);
    }

    [Fact]
    public async Task Executor_whose_log_another_has_taken_cannot_write()
    {
        await using var log = await OpenAsync();
        await using var other = await TakeOverAsync();

        await Assert.ThrowsAsync<ShardLogBusyException>(() => CompleteAsync(log));
        Assert.True(log.Lost.IsCancellationRequested);
        Assert.Empty((await ReadAsync()).Rows);
    }

    [Fact]
    public async Task Log_that_another_executor_holds_is_busy()
    {
        await using var log = await OpenAsync();

        await Assert.ThrowsAsync<ShardLogBusyException>(() => OpenAsync("other"));
    }

    [Fact]
    public async Task Log_that_another_executor_makes_and_takes_at_the_same_moment_is_busy()
    {
        // The service answers an unconditional look at a leased blob with 409 and a conditional creation of it with 412.
        ShardLog? other = null;
        _storage.Faults = request =>
        {
            if (request.Method == HttpMethod.Put && request.RequestUri!.Query.Length == 0)
            {
                _storage.Faults = null;
                other = OpenAsync("other").GetAwaiter().GetResult();
            }

            return Fault.None;
        };

        await Assert.ThrowsAsync<ShardLogBusyException>(() => OpenAsync());
        await other!.DisposeAsync();
    }

    [Fact]
    public async Task Log_that_another_executor_wrote_before_its_creator_took_it_has_the_others_rows()
    {
        _storage.Faults = request =>
        {
            if (request.RequestUri!.Query.Contains("comp=lease", StringComparison.Ordinal))
            {
                _storage.Faults = null;
                WriteAsync().GetAwaiter().GetResult();
            }

            return Fault.None;
        };

        await using var log = await OpenAsync();

        Assert.Equal([0], log.Rows.Keys.Select(key => key.Offset));

        async Task WriteAsync()
        {
            await using var other = await OpenAsync("other");
            other.Append(Row(0));
            await other.CompleteAsync();
        }
    }

    [Fact]
    public async Task Log_of_a_process_that_ended_says_which_samples_may_have_been_under_evaluation()
    {
        await using var log = await OpenAsync();
        await log.AnnounceAsync(500_000, TestContext.Current.CancellationToken);

        using var after = _storage.AfterCrash();
        await using var next = await ShardLog.OpenAsync(Parts(after), Owner("other"), TestContext.Current.CancellationToken);

        Assert.Equal(1, next.Sessions.Crashes);
        Assert.InRange(next.Sessions.DoubtfulUpTo, 500_000, 600_000);
    }

    [Fact]
    public async Task Torn_last_line_is_no_row_and_the_next_executor_begins_a_new_one()
    {
        _storage.Write(Name, Encoding.UTF8.GetBytes(Line(Row(0)) + Line(Row(10))[..20]));
        await using (var log = await OpenAsync())
        {
            Assert.Equal([0], log.Rows.Keys.Select(key => key.Offset));
            log.Append(Row(10));
            await log.CompleteAsync();
        }

        Assert.Equal([0, 10], (await ReadAsync()).Rows.Keys.Select(key => key.Offset));
    }

    [Fact]
    public async Task Log_goes_on_in_another_blob_before_one_is_full_and_is_read_as_one()
    {
        _storage.Write(Name, Encoding.UTF8.GetBytes(Line(Row(0))), LeasedLog.MaxBlocks - 2);
        await using (var log = await OpenAsync())
        {
            foreach (var offset in new[] { 10, 20, 30 })
            {
                log.Append(Row(offset));
                await log.AnnounceAloneAsync(new RowKey(offset, 0));
            }

            await log.CompleteAsync();
        }

        Assert.Contains("\"offset\":30", _storage.TextOf(Second), StringComparison.Ordinal);
        Assert.Equal([0, 10, 20, 30], (await ReadAsync()).Rows.Keys.Select(key => key.Offset));

        await using var next = await OpenAsync("other");
        Assert.Equal(0, next.Sessions.Crashes);
        next.Append(Row(40));
        await next.CompleteAsync();
        Assert.Equal([0, 10, 20, 30, 40], (await ReadAsync()).Rows.Keys.Select(key => key.Offset));
    }

    [Fact]
    public async Task Log_that_was_full_before_there_was_another_blob_goes_on()
    {
        _storage.Write(Name, Encoding.UTF8.GetBytes(Line(Row(0))), blocks: 50_000);
        await using (var log = await OpenAsync())
        {
            log.Append(Row(10));
            await log.CompleteAsync();
        }

        Assert.Equal([0, 10], (await ReadAsync()).Rows.Keys.Select(key => key.Offset));
    }

    [Fact]
    public async Task Another_blob_that_the_storage_makes_without_saying_so_is_the_logs()
    {
        _storage.Write(Name, [], LeasedLog.MaxBlocks);
        var faults = 0;
        _storage.Faults = request =>
            request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath == $"/{Second}" && Interlocked.Increment(ref faults) <= 3
                ? Fault.RefusedAfterCommit
                : Fault.None;
        var opening = OpenAsync();
        await AdvanceUntilAsync(() => opening.IsCompleted);
        await using var log = await opening;

        log.Append(Row(10));
        var completed = log.CompleteAsync();
        await AdvanceUntilAsync(() => completed.IsCompleted);
        await completed;

        Assert.Single((await ReadAsync()).Rows);
        Assert.Single(_storage.TextOf(Second).Split('\n'), line => line.Contains("opened", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Executor_that_lost_a_log_of_several_blobs_cannot_write_into_the_last()
    {
        _storage.Write(Name, [], LeasedLog.MaxBlocks);
        await using var log = await OpenAsync();
        await using var other = await TakeOverAsync();

        await Assert.ThrowsAsync<ShardLogBusyException>(() => CompleteAsync(log));
        Assert.Empty((await ReadAsync()).Rows);
    }

    [Fact]
    public async Task Of_two_rows_of_a_sample_the_last_counts()
    {
        _storage.Write(Name, Encoding.UTF8.GetBytes(Line(Row(0) with { Text = "first" }) + "\n" + Line(Row(0) with { Text = "second" })));

        Assert.Equal("second", (await ReadAsync()).Rows.Single().Value.Text);
    }

    [Fact]
    public async Task Rows_outside_the_shard_are_none_of_it()
    {
        _storage.Write(Name, Encoding.UTF8.GetBytes(Line(Row(0)) + Line(Row(2_000_000))));

        Assert.Equal([0], (await ReadAsync()).Rows.Keys.Select(key => key.Offset));
    }

    private Task<ShardLog> OpenAsync(string process = "one") =>
        ShardLog.OpenAsync(Parts(_storage), Owner(process), TestContext.Current.CancellationToken);

    /// <summary>Another executor takes a log whose lease has run out, because the storage refused to renew it.</summary>
    private async Task<ShardLog> TakeOverAsync()
    {
        _storage.Faults = request =>
            request.RequestUri!.Query.Contains("comp=lease", StringComparison.Ordinal) ? Fault.Refused : Fault.None;
        _time.Advance(LogLease.Duration + TimeSpan.FromSeconds(1));
        _storage.Faults = null;
        return await OpenAsync("other");
    }

    /// <summary>Appends a row and waits until it is written, or cannot be.</summary>
    private async Task CompleteAsync(ShardLog log)
    {
        log.Append(Row(0));
        var completed = log.CompleteAsync();
        await AdvanceUntilAsync(() => completed.IsCompleted);
        await completed;
    }

    private ShardLogOwner Owner(string process) =>
        new(new ShardRange(0, 0, 1_000_000), process, _time, _giveUp.Token) { Gathering = _time };

    private Task<ShardLogContent> ReadAsync() =>
        ShardLogContent.ReadAsync(Parts(_storage), new ShardRange(0, 0, 1_000_000), TestContext.Current.CancellationToken);

    /// <summary>Lets time pass until something has happened; the waits of the log are on this clock.</summary>
    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private async Task WrittenAsync(int rows)
    {
        while ((await ReadAsync()).Rows.Count < rows)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private static bool IsAppend(HttpRequestMessage request) =>
        request.RequestUri!.Query.Contains("comp=appendblock", StringComparison.Ordinal);

    private static EvaluatedSample Row(long offset) =>
        new()
        {
            Id = $"s{offset}",
            Ordinal = (int)offset,
            Line = 1,
            Offset = offset,
            Outcome = Outcome.Scored,
        };

    private static string Line(EvaluatedSample row) => JsonSerializer.Serialize(row, RunJson.Options) + "\n";
}
