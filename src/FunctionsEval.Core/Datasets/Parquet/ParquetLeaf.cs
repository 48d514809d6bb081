using System.Buffers;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>A column of values, of which one row group at a time is in memory.</summary>
/// <param name="column">The column.</param>
internal abstract class ParquetLeaf(DataField column) : ParquetNode(column.Name)
{
    private int[]? _definitions;
    private int[]? _repetitions;
    private int _count;
    private int _at;
    private int _rowAt;

    /// <summary>The column in the file.</summary>
    public DataField Field => column;

    public override ParquetLeaf First => this;

    public override IReadOnlyList<ParquetNode> Children => [];

    /// <summary>Number of the current entry's value, or of the next one where it has none.</summary>
    private protected int ValueAt { get; private set; }

    /// <summary>How much of the way from the row to the value is there, at the current entry.</summary>
    public int Definition => AtEnd ? throw Damaged() : _definitions?[_at] ?? column.MaxDefinitionLevel;

    /// <summary>The level of the list that the current entry goes on with; 0 for one that begins a row.</summary>
    public int Repetition => AtEnd ? 0 : _repetitions?[_at] ?? 0;

    /// <summary>Whether all entries are gone through.</summary>
    public bool AtEnd => _at >= _count;

    public override bool IsNull => Definition < column.MaxDefinitionLevel || IsMissing(ValueAt);

    /// <summary>Reads the column of a row group.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="entries">Entries of the column: values and what is absent.</param>
    /// <param name="dictionary">Entries of its dictionary.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async ValueTask LoadAsync(ParquetRowGroupReader group, int entries, int dictionary, CancellationToken cancellationToken)
    {
        _definitions = column.MaxDefinitionLevel > 0 ? new int[entries] : null;
        _repetitions = column.MaxRepetitionLevel > 0 ? new int[entries] : null;
        (_count, _at, ValueAt) = (entries, 0, 0);
        ClearPool(dictionary);
        await LoadAsync(group, entries, _definitions, _repetitions, cancellationToken);
    }

    public override void Write(Utf8JsonWriter writer)
    {
        WriteValue(writer, ValueAt);
        Skip();
    }

    public override void Skip()
    {
        ValueAt += Definition == column.MaxDefinitionLevel ? 1 : 0;
        _at++;
    }

    /// <summary>Remembers that the current entry is a row's first.</summary>
    public void BeginRow() => _rowAt = _at;

    /// <summary>Goes past the last entry of the row that <see cref="BeginRow"/> was called for.</summary>
    public void SkipRow()
    {
        while (_at == _rowAt || Repetition > 0)
        {
            Skip();
        }
    }

    private protected abstract ValueTask LoadAsync(
        ParquetRowGroupReader group,
        int entries,
        int[]? definitions,
        int[]? repetitions,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Clears what the library will take from the shared pool for a dictionary. It does not clear it itself, so an entry that a damaged
    /// file announces and does not have would be a value of another dataset.
    /// </summary>
    private protected abstract void ClearPool(int entries);

    /// <summary>Whether a value stands for none.</summary>
    private protected abstract bool IsMissing(int index);

    private protected abstract void WriteValue(Utf8JsonWriter writer, int index);
}

/// <summary>A column of values of a type.</summary>
/// <param name="column">The column.</param>
/// <param name="write">Writes a value.</param>
/// <param name="isMissing">Whether a value stands for none; null where none does.</param>
internal sealed class ParquetLeaf<T>(DataField column, Action<Utf8JsonWriter, T> write, Func<T, bool>? isMissing = null)
    : ParquetLeaf(column)
    where T : struct
{
    private T[] _values = [];

    /// <summary>The value at the current entry, which it goes past.</summary>
    public T Take()
    {
        var value = IsNull ? throw Damaged() : _values[ValueAt];
        Skip();
        return value;
    }

    private protected override async ValueTask LoadAsync(
        ParquetRowGroupReader group,
        int entries,
        int[]? definitions,
        int[]? repetitions,
        CancellationToken cancellationToken
    )
    {
        _values = new T[entries];
        await group.ReadRawAsync<T>(Field, _values, definitions?.AsMemory(), repetitions?.AsMemory(), cancellationToken);
    }

    private protected override void ClearPool(int entries) =>
        ArrayPool<T>.Shared.Return(ArrayPool<T>.Shared.Rent(entries), clearArray: true);

    private protected override bool IsMissing(int index) => isMissing is not null && isMissing(_values[index]);

    private protected override void WriteValue(Utf8JsonWriter writer, int index) => write(writer, _values[index]);
}
