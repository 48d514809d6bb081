using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Append blobs, of which one executor writes the last. A blob takes 50,000 appends; then the log continues in another. A lease on the
/// first keeps a second one out while this one is alive, and every append names the position it must land on, so that an executor that lost
/// its lease without noticing cannot write either. An unreachable storage is waited for, because the queued answers are paid for.
/// </summary>
internal sealed class LeasedLog : IAsyncDisposable
{
    /// <summary>
    /// Number of appends after which the log continues in another blob: fewer than a blob takes, because an append in several blocks is not
    /// split.
    /// </summary>
    public const int MaxBlocks = 49_000;

    /// <summary>An append block holds at most 4 MiB (100 MiB on newer services); a single long answer may need several.</summary>
    private const int MaxBlockBytes = 4 << 20;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private readonly Func<int, AppendBlobClient> _parts;
    private readonly LogLease _lease;
    private readonly TimeProvider _time;
    private volatile bool _isAppending;
    private bool _isEmpty;
    private int _part;
    private int _blocks;
    private long _position;

    private LeasedLog(Func<int, AppendBlobClient> parts, BlobLeaseClient lease, TimeProvider time, long taken, CancellationToken giveUp)
    {
        _parts = parts;
        _time = time;
        _lease = new LogLease(lease, time, taken, IsUnchangedAsync, giveUp);
    }

    /// <inheritdoc cref="LogLease.Lost"/>
    public CancellationToken Lost => _lease.Lost;

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
            var taken = await lease.AcquireAsync(LogLease.Duration, cancellationToken: cancellationToken);
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
    public Task ConfirmAsync(CancellationToken cancellationToken) => _lease.ConfirmAsync(cancellationToken);

    /// <summary>Cancels <see cref="Lost"/>, because further answers could not be written.</summary>
    public Task GiveUpAsync() => _lease.GiveUpAsync();

    /// <summary>Gives the blob up after the last write, or lets the lease expire.</summary>
    public ValueTask DisposeAsync() => _lease.DisposeAsync();

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
                    await _lease.AcquireAgainAsync();
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
                    throw await _lease.LoseAsync();
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
        var conditions = new AppendBlobRequestConditions { LeaseId = _part == 0 ? _lease.Id : null, IfAppendPositionEqual = _position };
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

        return properties.Value.ContentLength == position ? true : throw await _lease.LoseAsync();
    }
}
