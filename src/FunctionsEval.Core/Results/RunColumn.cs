using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FunctionsEval.Core.Results;

/// <summary>
/// How one member of a run is written: as a column of <c>EvaluationRuns</c> and, in camelCase, as a member of its JSON. The value is a
/// string, a long, an int, a double, a bool or a <see cref="DateTimeOffset"/>; null where there is none. A list of texts is a JSON array,
/// which the column has as a string.
/// </summary>
public sealed class RunColumn
{
    /// <summary>Characters of a text in a list: 20 of them fit into a column.</summary>
    private const int MaxListedText = 700;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Func<Run, object?> _read;
    private readonly Func<Run, object, Run> _write;
    private readonly Type _type;

    private RunColumn(string name, Type type, Func<Run, object?> read, Func<Run, object, Run> write)
    {
        (Name, JsonName, _type, _read, _write) = (name, JsonNamingPolicy.CamelCase.ConvertName(name), type, read, write);
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>The JSON member's name.</summary>
    public string JsonName { get; }

    /// <summary>A column of one type.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="read">The value of a run; null for none.</param>
    /// <param name="write">The run with a value.</param>
    public static RunColumn Create<T>(string name, Func<Run, T?> read, Func<Run, T, Run> write)
        where T : struct => new(name, typeof(T), run => read(run), (run, value) => write(run, (T)value));

    /// <summary>A column of text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="read">The value of a run; null for none.</param>
    /// <param name="write">The run with a value.</param>
    public static RunColumn Create(string name, Func<Run, string?> read, Func<Run, string, Run> write) =>
        new(name, typeof(string), read, (run, value) => write(run, (string)value));

    /// <summary>A column of up to 20 texts, of each of which it holds the first 700 characters.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="read">The texts of a run; empty for none.</param>
    /// <param name="write">The run with them.</param>
    public static RunColumn CreateList(string name, Func<Run, IReadOnlyList<string>> read, Func<Run, IReadOnlyList<string>, Run> write)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(write);
        return new(
            name,
            typeof(string),
            ReadTexts,
            (run, value) => write(run, JsonSerializer.Deserialize<List<string>>((string)value) ?? [])
        )
        {
            IsList = true,
        };

        string? ReadTexts(Run run) =>
            read(run) is { Count: > 0 } texts
                ? JsonSerializer.Serialize(texts.Select(text => text.Length > MaxListedText ? text[..MaxListedText] : text), Plain)
                : null;
    }

    /// <summary>The same column, which JSON does not have: another member says it.</summary>
    /// <param name="column">The column.</param>
    public static RunColumn CreateHidden(RunColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return new RunColumn(column.Name, column._type, column._read, column._write) { IsHidden = true };
    }

    /// <summary>Whether JSON does not have the column.</summary>
    internal bool IsHidden { get; private init; }

    /// <summary>Whether the value is the text of a JSON array.</summary>
    private bool IsList { get; init; }

    /// <summary>The column's value of a run; null for none.</summary>
    public object? Read(Run run) => _read(run);

    /// <summary>The run with a value of the column. A number of another type is converted.</summary>
    public Run Write(Run run, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return _write(run, value.GetType() == _type ? value : Convert.ChangeType(value, _type, CultureInfo.InvariantCulture));
    }

    /// <summary>Writes the JSON member, unless the run has no value.</summary>
    internal void Write(Utf8JsonWriter writer, Run run)
    {
        switch (Read(run))
        {
            case string list when IsList:
                writer.WritePropertyName(JsonName);
                writer.WriteRawValue(list);
                break;
            case string text:
                writer.WriteString(JsonName, text);
                break;
            case long whole:
                writer.WriteNumber(JsonName, whole);
                break;
            case int whole:
                writer.WriteNumber(JsonName, whole);
                break;
            case double number:
                writer.WriteNumber(JsonName, number);
                break;
            case bool flag:
                writer.WriteBoolean(JsonName, flag);
                break;
            case DateTimeOffset time:
                writer.WriteString(JsonName, time);
                break;
        }
    }

    /// <summary>The run with the value that the JSON member has.</summary>
    internal Run Read(ref Utf8JsonReader reader, Run run) =>
        reader.TokenType == JsonTokenType.Null ? run
        : IsList ? _write(run, JsonElement.ParseValue(ref reader).GetRawText())
        : _type == typeof(string) ? _write(run, reader.GetString()!)
        : _type == typeof(long) ? _write(run, reader.GetInt64())
        : _type == typeof(int) ? _write(run, reader.GetInt32())
        : _type == typeof(double) ? _write(run, reader.GetDouble())
        : _type == typeof(bool) ? _write(run, reader.GetBoolean())
        : _write(run, reader.GetDateTimeOffset());
}
