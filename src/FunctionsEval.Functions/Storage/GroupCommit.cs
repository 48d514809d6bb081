using System.Buffers;
using System.Threading.Channels;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Group commit to a log: lines queue up while an append is under way, and the next append takes them together. Callers wait only for lines
/// that must be durable, and where the appends are late.
/// </summary>
internal sealed class GroupCommit
{
    private const int MaxBatchBytes = 1 << 20;
    private const int MaxBatchRows = 64;

    /// <summary>Maximum number of bytes that may wait to be appended before no further sample is sent.</summary>
    private const int MaxPendingBytes = 8 * MaxBatchBytes;
    private const int MaxPendingRows = 2 * MaxBatchRows;

    /// <summary>Rows that must be worth the wait for them.</summary>
    private const int MinGathered = 8;

    /// <summary>
    /// Maximum time for which rows wait for others before they are appended, where at least <see cref="MinGathered"/> may come in it: an
    /// append costs as much as several calls, however many rows are in it. Rows that come more slowly are appended at once, so that a crash
    /// loses none of them to a wait that saves little.
    /// </summary>
    private static readonly TimeSpan MaxGathering = TimeSpan.FromMilliseconds(25);

    /// <summary>An append that takes longer is late. No further sample is sent before it completes.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(2);

    private readonly LeasedLog _log;
    private readonly TimeProvider _time;
    private readonly TimeProvider _gathering;
    private readonly Channel<QueuedLine> _queue = Channel.CreateUnbounded<QueuedLine>(new UnboundedChannelOptions { SingleReader = true });
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _due = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _appendingSince;
    private long _pendingBytes;
    private int _pendingRows;
    private int _awaitedLines;
    private volatile bool _isClosed;

    /// <param name="log">Where the lines go. It is given up when an append fails for good.</param>
    /// <param name="time">The clock by which an append is late.</param>
    /// <param name="gathering">The clock by which rows wait for others.</param>
    public GroupCommit(LeasedLog log, TimeProvider time, TimeProvider gathering)
    {
        _log = log;
        _time = time;
        _gathering = gathering;
        Completion = WriteAsync();
    }

    /// <summary>Ends when every line is appended after <see cref="Close"/>, or fails with what stopped the appends.</summary>
    public Task Completion { get; }

    /// <summary>Whether the next append is full, or somebody waits for it.</summary>
    private bool IsDue =>
        _isClosed
        || Volatile.Read(ref _awaitedLines) > 0
        || Volatile.Read(ref _pendingRows) >= MaxBatchRows
        || Volatile.Read(ref _pendingBytes) >= MaxBatchBytes;

    private bool IsLate =>
        Volatile.Read(ref _pendingRows) > MaxPendingRows
        || Volatile.Read(ref _pendingBytes) > MaxPendingBytes
        || (Volatile.Read(ref _appendingSince) is not 0 and var since && _time.GetElapsedTime(since) > Late);

    /// <summary>Queues the line of a sample; it is durable once <see cref="Completion"/> has ended.</summary>
    public void AppendRow(byte[] line)
    {
        Interlocked.Increment(ref _pendingRows);
        Enqueue(new QueuedLine(line, IsRow: true));
    }

    /// <summary>Queues a line.</summary>
    /// <returns>Ends when it is appended.</returns>
    /// <exception cref="ShardLogBusyException">Nothing is appended any longer.</exception>
    public Task AppendDurablyAsync(byte[] line)
    {
        var appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Enqueue(new QueuedLine(line, Appended: appended)))
        {
            appended.TrySetException(new ShardLogBusyException());
        }

        return appended.Task;
    }

    /// <summary>Waits until a further sample may be sent: what is queued is appended, or will be soon.</summary>
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

    /// <summary>Queues the last line and takes no further one.</summary>
    public void Close(byte[] lastLine)
    {
        _isClosed = true;
        Enqueue(new QueuedLine(lastLine));
        _queue.Writer.TryComplete();
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

    /// <summary>Whatever has queued up since the last append goes into the next.</summary>
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
                await _log.AppendAsync(batch.WrittenMemory);
                Volatile.Write(ref _appendingSince, 0);
                Settle(lines, fault: null);
            }
        }
        catch (Exception fault)
        {
            // Samples whose rows can no longer be appended must not be sent, and no line of this batch or after it will be appended.
            await _log.GiveUpAsync();
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
