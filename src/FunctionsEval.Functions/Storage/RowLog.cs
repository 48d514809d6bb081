using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Runs;

namespace FunctionsEval.Functions.Storage;

/// <summary>Another executor holds the shard's row log.</summary>
internal sealed class RowLogBusyException() : Exception("Another executor is working on this shard.");

/// <summary>
/// A shard's row log: an append blob with one JSON line a finished sample. A sample counts once its line is appended.
/// A lease keeps a second executor out while this one is alive, and every append names the position it must land on, so
/// that an executor that lost its lease without noticing cannot write either. Lines of another form say when an executor
/// began and ended, so that it can be told how many of them ended without a word.
/// </summary>
internal sealed class RowLog : IAsyncDisposable
{
    /// <summary>How long a dead executor keeps its successor waiting, at most.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(20);

    private const int MaxBatchBytes = 1 << 20;
    private const int MaxBatchRows = 64;

    private readonly AppendBlobClient _blob;
    private readonly BlobLeaseClient _lease;
    private readonly Channel<QueuedLine> _queue = Channel.CreateBounded<QueuedLine>(new BoundedChannelOptions(MaxBatchRows) { SingleReader = true });
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _writing;
    private readonly Task _renewing;
    private long _position;

    private RowLog(AppendBlobClient blob, BlobLeaseClient lease, long position, IReadOnlyDictionary<int, LogRow> finished, LogSessions sessions)
    {
        _blob = blob;
        _lease = lease;
        _position = position;
        Finished = finished;
        Crashes = sessions.Crashes;
        Attempted = sessions.Attempted;
        _renewing = RenewAsync();
        _writing = WriteAsync();
    }

    /// <summary>Rows that earlier executors finished, by ordinal.</summary>
    public IReadOnlyDictionary<int, LogRow> Finished { get; }

    /// <summary>How many executors before this one ended without closing the log: killed, most likely.</summary>
    public int Crashes { get; }

    /// <summary>Ordinals of rows that were announced (see <see cref="AnnounceAsync"/>) by an executor that then ended without a word.</summary>
    public IReadOnlySet<int> Attempted { get; }

    /// <summary>Cancelled when this executor may no longer work on the shard: the lease is lost or an append failed.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes the shard's row log and reads what is in it.</summary>
    /// <exception cref="RowLogBusyException">Another executor holds it.</exception>
    public static async Task<RowLog> OpenAsync(AppendBlobClient blob, CancellationToken cancellationToken)
    {
        await blob.CreateIfNotExistsAsync(
            new AppendBlobCreateOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-ndjson" } },
            cancellationToken);
        var lease = blob.GetBlobLeaseClient();
        try
        {
            await lease.AcquireAsync(LeaseDuration, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException held) when (held.Status == 409)
        {
            throw new RowLogBusyException();
        }

        var content = await blob.DownloadContentAsync(cancellationToken);
        var bytes = content.Value.Content.ToMemory();
        var log = new RowLog(blob, lease, bytes.Length, Parse(bytes.Span), LogSessions.Of(bytes.Span));
        try
        {
            var torn = bytes.Length > 0 && bytes.Span[^1] != (byte)'\n';
            // In the log before the first row is bought: a row that kills the process leaves no other trace.
            await log.AppendNowAsync((torn ? "\n" : "") + LogSessions.Opened);
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the rows of a log, the first one wins where a sample has two, unless it is partial; a torn line is no row.</summary>
    public static SortedDictionary<int, LogRow> Parse(ReadOnlySpan<byte> bytes)
    {
        var rows = new SortedDictionary<int, LogRow>();
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? [] : bytes[(end + 1)..];
            if (line.IsEmpty || LogSessions.IsOne(line) || TryParse(line) is not { } row)
                continue;
            if (!rows.TryGetValue(row.Ordinal, out var known) || known.IsPartial)
                rows[row.Ordinal] = row;
        }

        return rows;
    }

    /// <summary>Hands a row to the writer; it is durable once <see cref="CompleteAsync"/> has returned.</summary>
    public async ValueTask AppendAsync(LogRow row)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(row, RunJson.Options);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        await _queue.Writer.WriteAsync(new QueuedLine(json), Lost);
    }

    /// <summary>Says, durably, that a row is about to be evaluated: if this executor is not heard of again, it may have been that row.</summary>
    public Task AnnounceAsync(int ordinal) => AppendNowAsync(LogSessions.Announcement(ordinal));

    /// <summary>Waits until every row is appended, and that the executor has ended in order.</summary>
    public async Task CompleteAsync()
    {
        await CloseAsync();
        await _writing;
    }

    private async Task CloseAsync()
    {
        try
        {
            await _queue.Writer.WriteAsync(new QueuedLine(Encoding.UTF8.GetBytes(LogSessions.Closed)), Lost);
        }
        catch (Exception ended) when (ended is ChannelClosedException or OperationCanceledException)
        {
            // Closed before, or no longer ours to write.
        }

        _queue.Writer.TryComplete();
    }

    private async Task AppendNowAsync(string line)
    {
        var appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (Lost.UnsafeRegister(_ => appended.TrySetCanceled(), null))
        {
            await _queue.Writer.WriteAsync(new QueuedLine(Encoding.UTF8.GetBytes(line), appended), Lost);
            await appended.Task;
        }
    }

    /// <summary>Appends what is queued, which is paid for, and gives the log up.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Task.WhenAny(_writing, Task.Delay(Timeout.InfiniteTimeSpan, Lost));
        await _lost.CancelAsync();
        await Task.WhenAll(_writing, _renewing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await _lease.ReleaseAsync();
        }
        catch (RequestFailedException)
        {
            // The lease ends by itself; there is nothing to do for an executor that has lost it already.
        }

        _lost.Dispose();
    }

    private static LogRow? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize<LogRow>(line, RunJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Group commit: whatever has queued up while the last append was under way goes into the next.</summary>
    private async Task WriteAsync()
    {
        var finished = false;
        try
        {
            var batch = new ArrayBufferWriter<byte>();
            var waiting = new List<TaskCompletionSource>();
            while (await _queue.Reader.WaitToReadAsync(Lost))
            {
                batch.ResetWrittenCount();
                waiting.Clear();
                for (var rows = 0; rows < MaxBatchRows && batch.WrittenCount < MaxBatchBytes && _queue.Reader.TryRead(out var line); rows++)
                {
                    batch.Write(line.Bytes);
                    if (line.Appended is { } appended)
                        waiting.Add(appended);
                }

                await AppendAsync(batch.WrittenMemory);
                waiting.ForEach(appended => appended.TrySetResult());
            }

            finished = true;
        }
        finally
        {
            // Rows that can no longer be appended must not be bought either.
            if (!finished)
                await _lost.CancelAsync();
        }
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> batch)
    {
        // An append block holds at most 4 MiB (100 MiB on newer services); a single long answer may need several.
        for (var start = 0; start < batch.Length; start += 4 << 20)
        {
            var block = batch.Slice(start, Math.Min(4 << 20, batch.Length - start));
            try
            {
                await AppendBlockAsync(block);
            }
            catch (RequestFailedException expired) when (IsLeaseGone(expired))
            {
                // Nobody has written meanwhile, or the position would not fit: what is paid is kept.
                await AcquireAgainAsync();
                await AppendBlockAsync(block);
            }
            catch (RequestFailedException conflict) when (conflict.ErrorCode == BlobErrorCode.AppendPositionConditionNotMet)
            {
                // A retried request whose first attempt went through although its reply was lost looks the same as a stranger's append.
                var properties = await _blob.GetPropertiesAsync(cancellationToken: Lost);
                if (properties.Value.ContentLength != _position + block.Length)
                    throw;
            }

            _position += block.Length;
        }
    }

    private async Task AppendBlockAsync(ReadOnlyMemory<byte> block)
    {
        using var content = new MemoryStream(block.ToArray(), writable: false);
        await _blob.AppendBlockAsync(
            content,
            new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { LeaseId = _lease.LeaseId, IfAppendPositionEqual = _position } },
            Lost);
    }

    private static bool IsLeaseGone(RequestFailedException refused) =>
        refused.Status is 409 or 412 && refused.ErrorCode?.StartsWith("Lease", StringComparison.Ordinal) == true;

    /// <summary>
    /// Takes a lease that ran out while this executor, or the storage, stood still again under its own id; refused when another executor has taken it.
    /// </summary>
    private async Task AcquireAgainAsync() => await _lease.AcquireAsync(LeaseDuration, cancellationToken: Lost);

    private async Task RenewAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(LeaseDuration / 4);
            while (await timer.WaitForNextTickAsync(Lost))
            {
                try
                {
                    await _lease.RenewAsync(cancellationToken: Lost);
                }
                catch (RequestFailedException expired) when (IsLeaseGone(expired))
                {
                    await AcquireAgainAsync();
                }
            }
        }
        catch (OperationCanceledException) when (Lost.IsCancellationRequested)
        {
            // The log is being closed.
        }
        catch (Exception fault) when (fault is RequestFailedException or AggregateException or OperationCanceledException)
        {
            // Refused, or (the other two) not answered after the client's own retries.
            await _lost.CancelAsync();
        }
    }

    /// <summary>A line on its way, and who waits for it; null for nobody.</summary>
    private sealed record QueuedLine(byte[] Bytes, TaskCompletionSource? Appended = null);
}
