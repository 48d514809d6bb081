using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Storage;

/// <summary>An executor of a shard.</summary>
/// <param name="Shard">The shard's range.</param>
/// <param name="Process">Id of its process, drawn when that started.</param>
/// <param name="Time">Its clock.</param>
/// <param name="GiveUp">Ends the wait for an unreachable storage.</param>
internal sealed record ShardLogOwner(ShardRange Shard, string Process, TimeProvider Time, CancellationToken GiveUp)
{
    /// <summary>
    /// The clock by which rows wait for others. Not <see cref="Time"/>, by which leases end and which may stand still while rows come.
    /// </summary>
    public TimeProvider Gathering { get; init; } = TimeProvider.System;
}

/// <summary>
/// A shard's shard log: append blobs with one JSON line a finished sample. A sample counts once its line is appended. Lines of another form
/// are about the executors (<see cref="LogSessions"/>).
/// </summary>
internal sealed class ShardLog : IShardLog, IAsyncDisposable
{
    private const int MaxBatchBytes = 1 << 20;
    private const int MaxBatchRows = 64;

    /// <summary>Maximum number of bytes that may wait to be appended before no further sample is sent.</summary>
    private const int MaxPendingBytes = 8 * MaxBatchBytes;
    private const int MaxPendingRows = 2 * MaxBatchRows;

    /// <summary>Rows that must be worth the wait for them.</summary>
    private const int MinGathered = 8;

    /// <summary>
    /// Maximum time for which rows wait for others before they are appended, where at least <see cref="MinGathered"/> may come in it: an append
    /// costs as much as several calls, however many rows are in it. Rows that come more slowly are appended at once, so that a crash loses
    /// none of them to a wait that saves little.
    /// </summary>
    private static readonly TimeSpan MaxGathering = TimeSpan.FromMilliseconds(25);

    /// <summary>An append that takes longer is late. No further sample is sent before it completes.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(2);

    private readonly LeasedLog _blob;
    private readonly ShardLogContent _content;
    private readonly TimeProvider _time;
    private readonly TimeProvider _gathering;
    private readonly long _step;
    private readonly Channel<QueuedLine> _queue = Channel.CreateUnbounded<QueuedLine>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _due = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _appendingSince;
    private long _pendingBytes;
    private int _pendingRows;
    private int _awaitedLines;
    private volatile bool _isClosed;
    private long _announcedUpTo;
    private Task _announced = Task.CompletedTask;

    private ShardLog(LeasedLog blob, ShardLogContent content, ShardLogOwner owner)
    {
        _blob = blob;
        _content = content;
        _time = owner.Time;
        _gathering = owner.Gathering;
        // Small shards in one step, large ones in sixteen.
        _step = Math.Max(owner.Shard.Length / 16, 32 << 10);
        _announcedUpTo = owner.Shard.Start + _step;
        _writing = WriteAsync();
    }

    /// <summary>The samples that have a row.</summary>
    public IReadOnlyDictionary<RowKey, EvaluatedSample> Rows => _content.Rows;

    /// <inheritdoc/>
    public EvaluatedSample? Take(RowKey key) => _content.Rows.Remove(key, out var row) ? row : null;

    /// <summary>The number of this executor, from 1: greater than that of any other that had the log before it.</summary>
    public int Term => _content.Sessions.Openings + 1;

    /// <inheritdoc/>
    public LogSessions Sessions => _content.Sessions;

    /// <summary>Cancelled when this executor may no longer work on the shard.</summary>
    public CancellationToken Lost => _blob.Lost;

    /// <summary>Whether the next append is full, or somebody waits for it.</summary>
    private bool IsDue =>
        _isClosed
        || Volatile.Read(ref _awaitedLines) > 0
        || Volatile.Read(ref _pendingRows) >= MaxBatchRows
        || Volatile.Read(ref _pendingBytes) >= MaxBatchBytes;

    /// <summary>
    /// Waits until this executor surely has the log. A process that stood still may have lost it, and what it sent then would be paid twice.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first, as it is when the log is lost.</exception>
    public Task ConfirmAsync(CancellationToken cancellationToken) => _blob.ConfirmAsync(cancellationToken);

    private bool IsLate =>
        Volatile.Read(ref _pendingRows) > MaxPendingRows
        || Volatile.Read(ref _pendingBytes) > MaxPendingBytes
        || (Volatile.Read(ref _appendingSince) is not 0 and var since && _time.GetElapsedTime(since) > Late);

    /// <summary>Takes the shard's shard log and reads what is in it.</summary>
    /// <param name="parts">Its blobs, from 0.</param>
    /// <param name="owner">Who takes it.</param>
    /// <param name="cancellationToken">Stops the taking.</param>
    /// <exception cref="ShardLogBusyException">Another executor holds it.</exception>
    public static async Task<ShardLog> OpenAsync(
        Func<int, AppendBlobClient> parts,
        ShardLogOwner owner,
        CancellationToken cancellationToken
    )
    {
        var leased = await LeasedLog.TakeAsync(parts, owner.Time, owner.GiveUp, cancellationToken);
        try
        {
            var content = await leased.ReadAsync(owner.Shard, cancellationToken);
            content.Sessions.End(owner.Process);
            var log = new ShardLog(leased, content, owner);
            // Logged before the first sample is sent, because a sample that ends the process leaves no other trace.
            var opened = new SessionLine
            {
                Session = SessionLine.Opened,
                Process = owner.Process,
                UpTo = log._announcedUpTo,
            }.ToBytes();
            await log.EnqueueDurably(content.IsTorn ? [(byte)'\n', .. opened] : opened);
            return log;
        }
        catch
        {
            // Whatever went wrong, a lease that nobody writes under would keep the next executor waiting.
            await leased.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Append(EvaluatedSample row)
    {
        Interlocked.Increment(ref _pendingRows);
        Enqueue(new QueuedLine([.. JsonSerializer.SerializeToUtf8Bytes(row, RunJson.Options), (byte)'\n'], IsRow: true));
    }

    /// <inheritdoc/>
    public async Task WaitWhileLateAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var appended = Volatile.Read(ref _appended).Task;
            if (!IsLate)
            {
                return;
            }

            await appended.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task AnnounceAsync(long offset, CancellationToken cancellationToken)
    {
        if (offset <= _announcedUpTo - (_step / 2))
        {
            return;
        }

        var isAnnounced = offset <= _announcedUpTo;
        if (isAnnounced && !_announced.IsCompleted)
        {
            return;
        }

        await _announced.WaitAsync(cancellationToken);
        _announcedUpTo = offset + _step;
        _announced = EnqueueDurably(new SessionLine { Session = SessionLine.Further, UpTo = _announcedUpTo }.ToBytes());
        if (!isAnnounced)
        {
            await _announced.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task AnnounceTogetherAsync(IReadOnlyList<RowKey> rows) =>
        EnqueueDurably(new SessionLine { Session = SessionLine.Together, Rows = rows }.ToBytes());

    /// <inheritdoc/>
    public Task AnnounceAloneAsync(RowKey row) => EnqueueDurably(new SessionLine { Session = SessionLine.Alone, Rows = [row] }.ToBytes());

    /// <summary>Waits until every row is appended, and until the log says that the executor ended in order.</summary>
    /// <exception cref="ShardLogBusyException">Another executor has the log.</exception>
    public async Task CompleteAsync()
    {
        Close();
        await _writing;
    }

    /// <summary>Appends the queued rows, which are paid for, and gives the log up.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _blob.DisposeAsync();
    }

    private void Close()
    {
        _isClosed = true;
        Enqueue(new QueuedLine(new SessionLine { Session = SessionLine.Closed }.ToBytes()));
        _queue.Writer.TryComplete();
    }

    private Task EnqueueDurably(byte[] line)
    {
        var appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Enqueue(new QueuedLine(line, Appended: appended)))
        {
            appended.TrySetException(new ShardLogBusyException());
        }

        return appended.Task;
    }

    private bool Enqueue(QueuedLine line)
    {
        Interlocked.Add(ref _pendingBytes, line.Bytes.Length);
        if (line.Appended is not null)
        {
            Interlocked.Increment(ref _awaitedLines);
        }

        var isQueued = _queue.Writer.TryWrite(line);
        if (IsDue)
        {
            Volatile.Read(ref _due).TrySetResult();
        }

        return isQueued;
    }

    /// <summary>Lets further lines queue up, until the next append is due.</summary>
    private async Task GatherAsync()
    {
        // Before the look at what is queued, so that a line that comes after it is noticed.
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _due, due);
        if (!IsDue)
        {
            await due.Task.WaitAsync(MaxGathering, _gathering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Group commit: whatever has queued up since the last append goes into the next.</summary>
    private async Task WriteAsync()
    {
        var batch = new ArrayBufferWriter<byte>();
        var lines = new List<QueuedLine>();
        var takenAt = _gathering.GetTimestamp();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
            {
                // As many as in the last append and the time since then.
                if (lines.Count * MaxGathering > MinGathered * _gathering.GetElapsedTime(takenAt))
                {
                    await GatherAsync();
                }

                takenAt = _gathering.GetTimestamp();
                batch.ResetWrittenCount();
                lines.Clear();
                while (lines.Count < MaxBatchRows && batch.WrittenCount < MaxBatchBytes && _queue.Reader.TryRead(out var line))
                {
                    batch.Write(line.Bytes);
                    lines.Add(line);
                }

                Volatile.Write(ref _appendingSince, _time.GetTimestamp());
                await _blob.AppendAsync(batch.WrittenMemory);
                Volatile.Write(ref _appendingSince, 0);
                Settle(lines, fault: null);
            }
        }
        catch (Exception fault)
        {
            // Samples whose rows can no longer be appended must not be sent, and no line of this batch or after it will be appended.
            await _blob.GiveUpAsync();
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var line))
            {
                lines.Add(line);
            }

            Settle(lines, fault);
            throw;
        }
    }

    private void Settle(List<QueuedLine> lines, Exception? fault)
    {
        Interlocked.Add(ref _pendingBytes, -lines.Sum(line => (long)line.Bytes.Length));
        Interlocked.Add(ref _pendingRows, -lines.Count(line => line.IsRow));
        foreach (var appended in lines.Select(line => line.Appended).OfType<TaskCompletionSource>())
        {
            Interlocked.Decrement(ref _awaitedLines);
            if (fault is null)
            {
                appended.TrySetResult();
            }
            else
            {
                appended.TrySetException(fault);
            }
        }

        Interlocked.Exchange(ref _appended, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>A line on its way, and who waits for it; null for nobody.</summary>
    private sealed record QueuedLine(byte[] Bytes, bool IsRow = false, TaskCompletionSource? Appended = null);
}
