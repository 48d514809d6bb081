using System.Text.Json;

namespace FunctionsEval.Core.Datasets.Text;

/// <summary>Turns the bytes of a row into its fields.</summary>
internal abstract class RowParser
{
    /// <summary>The names of the fields that hold a sample's parts.</summary>
    public abstract ColumnSpec Columns { get; }

    /// <summary>Reads a row.</summary>
    /// <param name="row">The row without its line end.</param>
    /// <param name="splitter">What found the row, and stands at it.</param>
    /// <param name="fields">The row as a JSON object.</param>
    /// <returns>Why the bytes are no row; null when they are one.</returns>
    public abstract RowProblem? Parse(ReadOnlyMemory<byte> row, RowSplitter splitter, out JsonElement fields);
}
