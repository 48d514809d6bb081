using System.IO.Hashing;
using System.Text;

namespace FunctionsEval.Core.Datasets;

/// <summary>Chooses the part of a dataset that is evaluated.</summary>
public static class RowLimit
{
    private const int Piece = 1024 * 1024;

    /// <summary>Keeps the choice apart from the bootstrap, whose weights come from a hash of the same ids.</summary>
    private const long Seed = 0x53_41_4D_50_4C_45;

    /// <summary>Offset after the first rows of a dataset; its length when it has no more. Reads no further than that.</summary>
    /// <param name="read">Reads the dataset.</param>
    /// <param name="length">Bytes of the dataset.</param>
    /// <param name="format">How the rows are written; the header of CSV is no row.</param>
    /// <param name="rows">How many rows, at least 1. Empty lines are none.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<long> EndOfAsync(
        RangeRead read,
        long length,
        DatasetFormat format,
        long rows,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        await using var stream = new RangeStream(read, length, Piece);
        var splitter = new RowSplitter(stream, RowScanner.For(format), DatasetReadOptions.DefaultMaxRowBytes, isBeginning: true);
        var wanted = format == DatasetFormat.Jsonl ? rows : rows + 1;
        while (wanted > 0 && await splitter.MoveNextAsync(cancellationToken))
        {
            if (splitter.TooLong || !DatasetReader.IsBlank(splitter.Row.Span, format))
            {
                wanted--;
            }
        }

        return wanted > 0 ? length : splitter.NextPosition;
    }

    /// <summary>Whether a sample is in a share of the dataset. A larger share holds every sample of a smaller.</summary>
    /// <param name="sampleId">The sample's id.</param>
    /// <param name="fraction">The share, 0–1.</param>
    public static bool Includes(string sampleId, double fraction)
    {
        ArgumentNullException.ThrowIfNull(sampleId);
        return fraction >= 1 || (XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(sampleId), Seed) >> 11) * (1.0 / (1L << 53)) < fraction;
    }
}
