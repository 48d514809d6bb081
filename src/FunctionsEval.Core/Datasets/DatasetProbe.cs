using System.Globalization;
using FunctionsEval.Core.Datasets.Text;

namespace FunctionsEval.Core.Datasets;

/// <summary>What a look at a dataset's beginning found.</summary>
/// <param name="Rows">Rows looked at; where each trained turn is a sample, turns.</param>
/// <param name="Malformed">How many of them are malformed.</param>
/// <param name="SamplesPerRow">How many samples a row has in the mean, malformed ones included: 1 unless each trained turn is one.</param>
public sealed record DatasetProbeResult(int Rows, int Malformed, double SamplesPerRow = 1);

/// <summary>
/// Checks a dataset's beginning before any call is paid for, so that a file of the wrong kind, or a spec that does not fit it, is reported
/// at once.
/// </summary>
public static class DatasetProbe
{
    /// <summary>Bytes that are looked at: 256 KiB.</summary>
    public const int HeadBytes = 256 * 1024;

    /// <summary>Minimum number of rows for judging a share, unless the dataset has fewer.</summary>
    private const int MinRows = 10;

    /// <summary>Checks a dataset.</summary>
    /// <param name="read">Reads the dataset; called at most once.</param>
    /// <param name="length">Bytes of the dataset.</param>
    /// <param name="blobName">Name of the dataset, for messages.</param>
    /// <param name="options">How the dataset is read.</param>
    /// <param name="maxMalformedShare">The share of rows, 0–1, that may be malformed.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DatasetException">There is no row, the content is no dataset, a column is missing, a row can be read in two ways,
    /// or more of the rows looked at are malformed than <paramref name="maxMalformedShare"/> allows.</exception>
    public static async Task<DatasetProbeResult> CheckAsync(
        RangeRead read,
        long length,
        string blobName,
        DatasetReadOptions options,
        double maxMalformedShare,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(options);
        var format = options.Format;
        var head = length == 0 ? default : await read(0, (int)Math.Min(length, HeadBytes), cancellationToken);
        var isWhole = head.Length == length;
        if (format.FindMisfit(head.Span) is { } kind)
        {
            throw new DatasetException(kind.Code, $"{blobName}: {kind.Message}", kind.Line);
        }

        var complete = isWhole ? head : head[..await format.EndOfWholeRowsAsync(head, cancellationToken)];
        var (rows, lines, malformed) = await ReadAsync(complete, blobName, options, cancellationToken);
        if (rows == 0)
        {
            return isWhole
                ? throw new DatasetException(DatasetProblems.Empty, $"{blobName}: has no row. Upload a file with at least one.")
                : new DatasetProbeResult(0, 0);
        }

        // One ambiguous row makes the reading of all rows doubtful.
        if (malformed.FindAll(row => row.Reason == MalformedReasons.Ambiguous) is { Count: > 0 } ambiguous)
        {
            var count = string.Create(CultureInfo.InvariantCulture, $"{ambiguous.Count} of the first {rows} rows are ambiguous");
            throw Describe(ambiguous, count, blobName, head.Span);
        }

        var isTooMany = malformed.Count > rows * maxMalformedShare && (rows >= MinRows || isWhole);
        if (isTooMany || malformed.Count == rows)
        {
            throw rows == 1 && format.FindMisfitOfOnlyRow(complete.Span) is { } only
                ? new DatasetException(only.Code, $"{blobName}: {only.Message}", only.Line)
                : DescribeShare(malformed, rows, blobName, maxMalformedShare, head.Span);
        }

        return new DatasetProbeResult(rows, malformed.Count, (double)rows / lines);
    }

    private static async Task<(int Rows, int Lines, List<MalformedRow> Malformed)> ReadAsync(
        ReadOnlyMemory<byte> content,
        string blobName,
        DatasetReadOptions options,
        CancellationToken cancellationToken
    )
    {
        List<MalformedRow> malformed = [];
        var (rows, lines) = (0, 0);
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        try
        {
            await foreach (var row in options.CreateReader().ReadAsync(stream, cancellationToken))
            {
                rows++;
                lines += row.Turn is { Number: > 1 } ? 0 : 1;
                if (row is MalformedRow bad)
                {
                    malformed.Add(bad);
                }
            }
        }
        catch (DatasetException e)
        {
            throw new DatasetException(e.Code, $"{blobName}: line {e.Line}: {e.Message}", e.Line, e.Column);
        }

        return (rows, lines, malformed);
    }

    private static DatasetException DescribeShare(
        List<MalformedRow> malformed,
        int rows,
        string blobName,
        double maxMalformedShare,
        ReadOnlySpan<byte> head
    )
    {
        var reason = malformed.GroupBy(row => row.Reason).MaxBy(group => group.Count())!;
        var share = maxMalformedShare.ToString("0.####", CultureInfo.InvariantCulture);
        var count = string.Create(
            CultureInfo.InvariantCulture,
            $"{malformed.Count} of the first {rows} rows are malformed (limits.maxMalformedShare is {share}), mostly {reason.Key}"
        );
        return Describe([.. reason], count, blobName, head);
    }

    /// <summary>Names the first of some rows that are malformed for the same reason.</summary>
    private static DatasetException Describe(List<MalformedRow> rows, string count, string blobName, ReadOnlySpan<byte> head)
    {
        var first = rows[0];
        var column = first.Column is { } c ? $", column {c.ToString(CultureInfo.InvariantCulture)}" : "";
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"{blobName}: {count}. First at line {first.Line}{column}: {first.Message}"
        );
        return new DatasetException(
            first.Reason,
            message + (first.Reason == MalformedReasons.InvalidUtf8 ? LegacyEncoding.Advice(head) : MalformedFix.For(first.Reason)),
            first.Line,
            first.Column
        );
    }
}
