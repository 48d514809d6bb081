using System.Buffers.Binary;
using Parquet;

namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>A Parquet file that is read by row groups, of which the columns that are needed are in memory.</summary>
/// <param name="read">Reads the file.</param>
/// <param name="length">Bytes of the file.</param>
internal sealed class ParquetFile(CountingRead read, long length) : IDisposable
{
    /// <summary>Maximum number of unpacked bytes of a row group's columns: texts take twice that in memory.</summary>
    private const long MaxGroupBytes = 128 << 20;

    /// <summary>Maximum number of a row group's values, absent ones included.</summary>
    private const long MaxGroupValues = 4 << 20;

    private const int TailBytes = 8;

    private static readonly ParquetOptions Options = new() { UseDateOnlyTypeForDates = true };

    private readonly ParquetWindow _window = new(length);
    private ParquetReader? _reader;

    /// <summary>Row groups; known once it is open.</summary>
    public int Groups => _reader!.RowGroupCount;

    /// <summary>Reads the metadata.</summary>
    /// <returns>The members of a row.</returns>
    /// <exception cref="InvalidDataException">The file is damaged or not Parquet.</exception>
    /// <exception cref="DatasetException">It has what is not read.</exception>
    public async ValueTask<IReadOnlyList<ParquetNode>> OpenAsync(CancellationToken cancellationToken)
    {
        Require(length > 4 + TailBytes);
        var tail = await read.ReadAsync(length - TailBytes, TailBytes, cancellationToken);
        if (tail.Span.EndsWith("PARE"u8))
        {
            throw Unsupported("encryption");
        }

        long footer = BinaryPrimitives.ReadUInt32LittleEndian(tail.Span);
        Require(tail.Span.EndsWith("PAR1"u8) && footer <= length - 4 - TailBytes);
        if (footer > ParquetFooter.MaxBytes)
        {
            throw Unsupported($"more than {ParquetFooter.MaxBytes >> 20} MiB of metadata");
        }

        var start = length - TailBytes - footer;
        var end = await read.ReadAsync(start, (int)footer + TailBytes, cancellationToken);
        var head = await read.ReadAsync(0, 4, cancellationToken);
        _window.Replace((0, head), (start, end));
        _reader = await DecodeAsync(async () =>
        {
            ParquetFooter.Check(end.Span[..(int)footer]);
            return await ParquetReader.CreateAsync(_window, Options, leaveStreamOpen: true, cancellationToken);
        });
        var members = Decode(() => ParquetColumns.Create(_reader.Schema, ClassLabels.Read(_reader.CustomMetadata)));
        return members.Count > 0 ? members : throw Unsupported("no column of texts, numbers, truth values or dates");
    }

    /// <summary>Reads the columns of a row group.</summary>
    /// <returns>Its rows.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="DatasetException">It has what is not read, or the row group is too large.</exception>
    public async ValueTask<long> LoadAsync(int index, IReadOnlyList<ParquetLeaf> leaves, CancellationToken cancellationToken)
    {
        var group = Decode(() => _reader!.OpenRowGroupReader(index));
        var (bytes, values) = (0L, 0L);
        foreach (var leaf in leaves)
        {
            var column = Decode(() => group.GetMetadata(leaf.Field)?.MetaData) ?? throw new InvalidDataException("A column is not there.");
            long[] offsets = [column.DataPageOffset, column.DictionaryPageOffset ?? 0, column.IndexPageOffset ?? 0];
            var start = offsets.Where(offset => offset != 0).DefaultIfEmpty().Min();
            Require(start >= 4 && column.TotalCompressedSize >= 0 && column.TotalCompressedSize <= length - TailBytes - start);
            Require(column.NumValues >= group.RowCount && group.RowCount >= 0);
            values += column.NumValues;
            if (values > MaxGroupValues || column.TotalCompressedSize > MaxGroupBytes)
            {
                throw TooLarge();
            }

            var chunk = await read.ReadAsync(start, (int)column.TotalCompressedSize, cancellationToken);
            _window.Replace((start, chunk));
            bytes += await DecodeAsync(async () =>
            {
                var (unpacked, dictionary) = ParquetPages.Check(
                    chunk.Span,
                    column,
                    leaf.Field.MaxRepetitionLevel > 0,
                    MaxGroupBytes - bytes
                );
                await leaf.LoadAsync(group, (int)column.NumValues, dictionary, cancellationToken);
                return unpacked;
            });
        }

        _window.Replace();
        return group.RowCount;
    }

    /// <inheritdoc/>
    public void Dispose() => _window.Dispose();

    /// <summary>Runs what reads bytes in memory. Whatever the library throws says that the file is damaged or not supported.</summary>
    public static T Decode<T>(Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception fault) when (fault is not (DatasetException or InvalidDataException))
        {
            throw Translate(fault);
        }
    }

    private static async ValueTask<T> DecodeAsync<T>(Func<ValueTask<T>> decode)
    {
        try
        {
            return await decode();
        }
        catch (Exception fault) when (fault is not (DatasetException or InvalidDataException or OperationCanceledException))
        {
            throw Translate(fault);
        }
    }

    private static Exception Translate(Exception fault) =>
        fault switch
        {
            TooManyBytesException => TooLarge(),
            NotSupportedException or NotImplementedException => Unsupported(fault.Message),
            _ => new InvalidDataException("The file is damaged.", fault),
        };

    private static DatasetException TooLarge() =>
        new(
            DatasetProblems.TooLarge,
            $"A row group of this Parquet file is too large to be read: one has at most {MaxGroupBytes >> 20} MiB unpacked and {MaxGroupValues} values. Write the file with smaller ones, for example with `row_group_size=10000` in pandas and pyarrow or `ROW_GROUP_SIZE 10000` in DuckDB."
        );

    private static DatasetException Unsupported(string what) =>
        new(
            DatasetProblems.Unsupported,
            $"This Parquet file has {what}, which is not read. Write it with the usual settings of pandas, pyarrow or DuckDB, or convert it to JSONL."
        );

    private static void Require(bool isTrue)
    {
        if (!isTrue)
        {
            throw new InvalidDataException("The file is damaged or not Parquet.");
        }
    }
}
