using System.Text.Json;
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
    private readonly LeasedLog _blob;
    private readonly ShardLogContent _content;
    private readonly GroupCommit _commit;
    private readonly long _step;
    private long _announcedUpTo;
    private Task _announced = Task.CompletedTask;

    private ShardLog(LeasedLog blob, ShardLogContent content, ShardLogOwner owner)
    {
        _blob = blob;
        _content = content;
        // Small shards in one step, large ones in sixteen.
        _step = Math.Max(owner.Shard.Length / 16, 32 << 10);
        _announcedUpTo = owner.Shard.Start + _step;
        _commit = new GroupCommit(blob, owner.Time, owner.Gathering);
    }

    /// <summary>The samples that have a row.</summary>
    public IReadOnlyDictionary<RowKey, EvaluatedSample> Rows => _content.Rows;

    /// <inheritdoc/>
    public EvaluatedSample? Take(RowKey key) => _content.Rows.Remove(key, out var row) ? row : null;

    /// <inheritdoc/>
    public LogSessions Sessions => _content.Sessions;

    /// <summary>Cancelled when this executor may no longer work on the shard.</summary>
    public CancellationToken Lost => _blob.Lost;

    /// <summary>
    /// Waits until this executor surely has the log. A process that stood still may have lost it, and what it sent then would be paid twice.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first, as it is when the log is lost.</exception>
    public Task ConfirmAsync(CancellationToken cancellationToken) => _blob.ConfirmAsync(cancellationToken);

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
            await log._commit.AppendDurablyAsync(content.IsTorn ? [(byte)'\n', .. opened] : opened);
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
    public void Append(EvaluatedSample row) =>
        _commit.AppendRow([.. JsonSerializer.SerializeToUtf8Bytes(row, RunJson.Options), (byte)'\n']);

    /// <inheritdoc/>
    public Task WaitWhileLateAsync(CancellationToken cancellationToken) => _commit.WaitWhileLateAsync(cancellationToken);

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
        _announced = _commit.AppendDurablyAsync(new SessionLine { Session = SessionLine.Further, UpTo = _announcedUpTo }.ToBytes());
        if (!isAnnounced)
        {
            await _announced.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task AnnounceTogetherAsync(IReadOnlyList<RowKey> rows) =>
        _commit.AppendDurablyAsync(new SessionLine { Session = SessionLine.Together, Rows = rows }.ToBytes());

    /// <inheritdoc/>
    public Task AnnounceAloneAsync(RowKey row) =>
        _commit.AppendDurablyAsync(new SessionLine { Session = SessionLine.Alone, Rows = [row] }.ToBytes());

    /// <summary>Waits until every row is appended, and until the log says that the executor ended in order.</summary>
    /// <exception cref="ShardLogBusyException">Another executor has the log.</exception>
    public async Task CompleteAsync()
    {
        Close();
        await _commit.Completion;
    }

    /// <summary>Appends the queued rows, which are paid for, and gives the log up.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _commit.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _blob.DisposeAsync();
    }

    private void Close() => _commit.Close(new SessionLine { Session = SessionLine.Closed }.ToBytes());
}
