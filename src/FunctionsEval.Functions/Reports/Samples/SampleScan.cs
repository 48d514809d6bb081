using System.Buffers;
using System.Collections;
using System.Diagnostics;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Samples;

/// <summary>Looks at the lines of many samples, in pieces of some megabytes, several at a time.</summary>
internal sealed class SampleScan(SampleBlobs blobs) : IDisposable
{
    /// <summary>Bytes that are read at once. A sample with more is read by itself.</summary>
    private const int PieceBytes = 2 << 20;

    private const int PiecesAtOnce = 4;

    // Each scan holds some pieces and keeps the processors busy.
    private readonly SemaphoreSlim _scans = new(2);

    /// <summary>
    /// A scan that takes longer ends where it is, well before the 230 s after which the front end of a function app gives up.
    /// </summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Finds the rows whose lines match.</summary>
    /// <param name="index">The index.</param>
    /// <param name="rows">The rows to look at, ascending.</param>
    /// <param name="matches">Says of a line whether it matches; called from several threads.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rows that match, and how many of <paramref name="rows"/> were looked at, from the first.</returns>
    /// <exception cref="SamplesChangedException">There is another version of the samples.</exception>
    public async Task<(BitArray Found, int LookedAt)> FindAsync(
        SampleIndex index,
        IReadOnlyList<int> rows,
        Func<ReadOnlySpan<byte>, bool> matches,
        CancellationToken cancellationToken
    )
    {
        var found = new bool[index.Count];
        var pieces = SampleRange.Cut(index, rows, PieceBytes);
        await _scans.WaitAsync(cancellationToken);
        try
        {
            var started = Stopwatch.GetTimestamp();
            var isDone = new bool[pieces.Count];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, pieces.Count),
                new ParallelOptions { MaxDegreeOfParallelism = PiecesAtOnce, CancellationToken = cancellationToken },
                async (number, token) =>
                {
                    if (Stopwatch.GetElapsedTime(started) < MaxTime)
                    {
                        await LookAsync(index, rows, pieces[number], matches, found, token);
                        isDone[number] = true;
                    }
                }
            );
            var done = isDone.AsSpan().IndexOf(false);
            return (new BitArray(found), done < 0 ? rows.Count : pieces[done].First);
        }
        finally
        {
            _scans.Release();
        }
    }

    private async Task LookAsync(
        SampleIndex index,
        IReadOnlyList<int> rows,
        SampleRange piece,
        Func<ReadOnlySpan<byte>, bool> matches,
        bool[] found,
        CancellationToken cancellationToken
    )
    {
        var start = index.Starts[rows[piece.First]];
        var length = (int)(index.Starts[rows[piece.End - 1] + 1] - start);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await blobs.ReadAsync(index.File, start, buffer.AsMemory(0, length), cancellationToken);
            for (var position = piece.First; position < piece.End; position++)
            {
                var row = rows[position];
                found[row] = matches(buffer.AsSpan((int)(index.Starts[row] - start), index.LengthOf(row)));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _scans.Dispose();
}
