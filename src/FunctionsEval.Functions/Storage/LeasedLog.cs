using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.Storage;

/// <summary>Another executor holds the shard's shard log.</summary>
internal sealed class ShardLogBusyException() : Exception("Another executor is working on this shard.");

/// <summary>
/// Append blobs, of which one executor writes the last. A blob takes 50,000 appends; then the log continues in another. A lease on the
/// first keeps a second one out while this one is alive, and every append names the position it must land on, so that an executor that lost
/// its lease without noticing cannot write either. An unreachable storage is waited for, because the queued answers are paid for.
/// </summary>
internal sealed class LeasedLog : IAsyncDisposable
{
    /// <summary>Maximum time for which a dead executor keeps its successor waiting.</summary>
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Number of appends after which the log continues in another blob: fewer than a blob takes, because an append in several blocks is not
    /// split.
    /// </summary>
    public const int MaxBlocks = 49_000;

    /// <summary>An append block holds at most 4 MiB (100 MiB on newer services); a single long answer may need several.</summary>
    private const int MaxBlockBytes = 4 << 20;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private readonly Func<int, AppendBlobClient> _parts;
    private readonly BlobLeaseClient _lease;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost;
    private readonly LeaseClock _clock;
    private readonly Task _renewing;
    private volatile bool _isAppending;
    private bool _isEmpty;
    private int _part;
    private int _blocks;
    private long _position;

    private LeasedLog(Func<int, AppendBlobClient> parts, BlobLeaseClient lease, TimeProvider time, long taken, CancellationToken giveUp)
    {
        _parts = parts;
        _lease = lease;
        _time = time;
        _clock = new LeaseClock(time, LeaseDuration, taken);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        _renewing = RenewAsync();
    }

    /// <summary>
    /// Cancelled when this executor may no longer write: another one has the log, or the time to wait for the storage is over.
    /// </summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes a log, and creates it where there is none.</summary>
    /// <param name="parts">Its blobs, from 0.</param>
    /// <param name="time">The clock.</param>
    /// <param name="giveUp">Ends the wait for an unreachable storage.</param>
    /// <param name="cancellationToken">Stops the taking.</param>
    /// <exception cref="ShardLogBusyException">Another executor holds it.</exception>
    public static async Task<LeasedLog> TakeAsync(
        Func<int, AppendBlobClient> parts,
        TimeProvider time,
        CancellationToken giveUp,
        CancellationToken cancellationToken
    )
    {
        var first = parts(0);
        var lease = first.GetBlobLeaseClient();
        try
        {
            var created = await CreateAsync(first, cancellationToken);
            var asked = time.GetTimestamp();
            var taken = await lease.AcquireAsync(LeaseDuration, cancellationToken: cancellationToken);
            return new LeasedLog(parts, lease, time, asked, giveUp) { _isEmpty = created == taken.Value.ETag };
        }
        catch (RequestFailedException held) when (LogFaults.IsAboutLease(held))
        {
            throw new ShardLogBusyException();
        }
    }

    /// <summary>
    /// Reads what is in the log; appends go after it. One that nobody wrote to since this executor created it is not read.
    /// </summary>
    public async Task<ShardLogContent> ReadAsync(ShardRange shard, CancellationToken cancellationToken)
    {
        var content = _isEmpty ? ShardLogContent.Empty(shard) : await ShardLogContent.ReadAsync(_parts, shard, cancellationToken);
        (_part, _blocks, _position) = (content.Part, content.Blocks, content.Length);
        return content;
    }

    /// <summary>Appends, and waits for the storage as long as this executor owns the blob.</summary>
    /// <exception cref="ShardLogBusyException">Another executor has written.</exception>
    /// <exception cref="RequestFailedException">The storage was unreachable until the end, or refuses permanently.</exception>
    public async Task AppendAsync(ReadOnlyMemory<byte> bytes)
    {
        _isAppending = true;
        for (var start = 0; start < bytes.Length; start += MaxBlockBytes)
        {
            await AppendBlockAsync(bytes.Slice(start, Math.Min(MaxBlockBytes, bytes.Length - start)), isFirst: start == 0);
        }

        _isAppending = false;
    }

    /// <inheritdoc cref="LeaseClock.ConfirmAsync"/>
    public Task ConfirmAsync(CancellationToken cancellationToken) => _clock.ConfirmAsync(cancellationToken);

    /// <summary>Cancels <see cref="Lost"/>, because further answers could not be written.</summary>
    public Task GiveUpAsync() => _lost.CancelAsync();

    /// <summary>Gives the blob up after the last write, or lets the lease expire.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync();
        await _renewing;
        try
        {
            await _lease.ReleaseAsync();
        }
        catch (Exception fault) when (LogFaults.IsAboutLease(fault) || LogFaults.IsTransient(fault))
        {
            // The lease expires by itself. An executor that has lost it has nothing to release.
        }

        _lost.Dispose();
    }

    /// <returns>The version that was created; null where the blob was there before.</returns>
    private static async Task<ETag?> CreateAsync(AppendBlobClient blob, CancellationToken cancellationToken) =>
        (
            await blob.CreateIfNotExistsAsync(
                new AppendBlobCreateOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/x-ndjson" } },
                cancellationToken
            )
        )
            ?.Value
            .ETag;

    private async Task AppendBlockAsync(ReadOnlyMemory<byte> block, bool isFirst)
    {
        Exception? last = null;
        for (var failures = 0; ; failures++)
        {
            try
            {
                if (failures > 0)
                {
                    await Task.Delay(Wait(failures), _time, Lost);
                }

                if (last is not null && LogFaults.IsAboutLease(last))
                {
                    await AcquireAgainAsync();
                }

                if (isFirst && _blocks >= MaxBlocks)
                {
                    await GoOnInAnotherAsync();
                }
                // An append whose reply was lost looks the same as another executor's append.
                if (!LogFaults.IsMoved(last))
                {
                    await TryAppendBlockAsync(block);
                }
                else if (!await IsAppendedAsync(block))
                {
                    throw await LoseAsync();
                }

                _position += block.Length;
                return;
            }
            catch (OperationCanceledException) when (Lost.IsCancellationRequested)
            {
                throw last ?? new ShardLogBusyException();
            }
            catch (Exception fault)
                when (!Lost.IsCancellationRequested
                    && (LogFaults.IsAboutLease(fault) || LogFaults.IsMoved(fault) || LogFaults.IsTransient(fault))
                )
            {
                last = LogFaults.IsMoved(last) ? last : fault;
            }
        }
    }

    private static TimeSpan Wait(int failures)
    {
        var wait = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(failures, 10)));
        return wait < MaxWait ? wait : MaxWait;
    }

    /// <summary>If an executor that has lost the log wrote into it, the next append finds another position than the beginning.</summary>
    private async Task GoOnInAnotherAsync()
    {
        await CreateAsync(_parts(_part + 1), Lost);
        (_part, _blocks, _position) = (_part + 1, 0, 0);
    }

    private async Task TryAppendBlockAsync(ReadOnlyMemory<byte> block)
    {
        using var content = new MemoryStream(block.ToArray(), writable: false);
        var conditions = new AppendBlobRequestConditions
        {
            LeaseId = _part == 0 ? _lease.LeaseId : null,
            IfAppendPositionEqual = _position,
        };
        var appended = await _parts(_part).AppendBlockAsync(content, new AppendBlobAppendBlockOptions { Conditions = conditions }, Lost);
        _blocks = appended.Value.BlobCommittedBlockCount;
    }

    private async Task<bool> IsAppendedAsync(ReadOnlyMemory<byte> block)
    {
        var blob = _parts(_part);
        var properties = await blob.GetPropertiesAsync(cancellationToken: Lost);
        if (properties.Value.ContentLength != _position + block.Length)
        {
            return false;
        }

        var there = await blob.DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(_position, block.Length) }, Lost);
        _blocks = properties.Value.BlobCommittedBlockCount;
        return there.Value.Content.ToMemory().Span.SequenceEqual(block.Span);
    }

    /// <summary>
    /// Takes a lease that ran out while this executor, or the storage, stood still again under its own id; refused when another executor
    /// has taken it. If one has written and left meanwhile, the next append finds another position.
    /// </summary>
    private async Task AcquireAgainAsync()
    {
        try
        {
            await _lease.AcquireAsync(LeaseDuration, cancellationToken: Lost);
        }
        catch (RequestFailedException held) when (LogFaults.IsAboutLease(held))
        {
            throw await LoseAsync();
        }
    }

    /// <summary>
    /// Whether nobody has written while the lease had run out; false as long as an append is under way, which will find that out.
    /// </summary>
    private async Task<bool> IsUnchangedAsync()
    {
        var (isAppending, position) = (_isAppending, Volatile.Read(ref _position));
        var properties = await _parts(_part).GetPropertiesAsync(cancellationToken: Lost);
        // An append that began and ended meanwhile has moved the position itself.
        if (isAppending || _isAppending || Volatile.Read(ref _position) != position)
        {
            return false;
        }

        return properties.Value.ContentLength == position ? true : throw await LoseAsync();
    }

    private async Task<ShardLogBusyException> LoseAsync()
    {
        await _lost.CancelAsync();
        return new ShardLogBusyException();
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(LeaseDuration / 4, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(Lost))
            {
                await TryRenewAsync();
            }
        }
        catch (OperationCanceledException) when (Lost.IsCancellationRequested)
        {
            // The log is being given up.
        }
        catch (ShardLogBusyException)
        {
            // The token reports it.
        }
        catch
        {
            // Without renewals nothing may be sent any more, and whoever waits for one must know.
            await _lost.CancelAsync();
            throw;
        }
    }

    private async Task TryRenewAsync()
    {
        try
        {
            var (asked, mayHaveRunOut) = (_time.GetTimestamp(), _clock.MayHaveRunOut);
            try
            {
                // A dead connection must not outlast the lease: the next try takes another.
                using var patience = new CancellationTokenSource(LeaseDuration / 2, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(Lost, patience.Token);
                await _lease.RenewAsync(cancellationToken: either.Token);
            }
            catch (RequestFailedException expired) when (LogFaults.IsAboutLease(expired))
            {
                await AcquireAgainAsync();
                mayHaveRunOut = true;
            }

            if (!mayHaveRunOut || await IsUnchangedAsync())
            {
                _clock.Renew(asked);
            }
        }
        catch (Exception fault) when (!Lost.IsCancellationRequested && LogFaults.IsTransient(fault))
        {
            // The next renewal may succeed. If the lease expires before, it is taken again.
        }
    }
}
