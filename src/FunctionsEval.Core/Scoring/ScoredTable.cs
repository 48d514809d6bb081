using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Scoring;

/// <summary>A metric's table of one model over one slice.</summary>
/// <param name="Role">Whose it is.</param>
/// <param name="Slice">The slice; <see cref="MetricReport.AllSamples"/> for the whole dataset.</param>
/// <param name="Table">The table.</param>
[JsonConverter(typeof(ScoredTableConverter))]
public sealed record ScoredTable(ModelRole Role, string Slice, MetricTable Table);

/// <summary>
/// Writes a table as one object: role, slice, signature and labels if it has them, and its rows under the name that its kind gives them.
/// </summary>
internal sealed class ScoredTableConverter : JsonConverter<ScoredTable>
{
    /// <inheritdoc/>
    public override ScoredTable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var written = document.RootElement;
        var kind =
            MetricCatalog.TableKinds.FirstOrDefault(known => written.TryGetProperty(known.RowsMember, out _))
            ?? throw new JsonException("The table has the rows of no known kind.");
        return new ScoredTable(
            EnumNames<ModelRole>.TryGet(written.GetProperty("role").GetString()!, out var role)
                ? role
                : throw new JsonException("The table has an unknown role."),
            written.GetProperty("slice").GetString()!,
            new MetricTable
            {
                Kind = kind,
                Signature = written.TryGetProperty("signature", out var signature) ? signature.GetString() : null,
                Labels = written.TryGetProperty("labels", out var labels)
                    ? [.. labels.EnumerateArray().Select(label => label.GetString()!)]
                    : null,
                Rows = [.. written.GetProperty(kind.RowsMember).EnumerateArray().Select(row => ReadRow(kind, row))],
            }
        );
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ScoredTable value, JsonSerializerOptions options)
    {
        var table = value.Table;
        writer.WriteStartObject();
        writer.WriteString("role", EnumNames<ModelRole>.NameOf(value.Role));
        writer.WriteString("slice", value.Slice);
        if (table.Signature is not null)
        {
            writer.WriteString("signature", table.Signature);
        }

        if (table.Labels is not null)
        {
            writer.WriteStartArray("labels");
            foreach (var label in table.Labels)
            {
                writer.WriteStringValue(label);
            }

            writer.WriteEndArray();
        }

        writer.WriteStartArray(table.Kind.RowsMember);
        foreach (var row in table.Rows)
        {
            WriteRow(writer, table.Kind, row);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static IReadOnlyList<double> ReadRow(MetricTableKind kind, JsonElement row) =>
        kind.Columns.Count == 0
            ? [.. row.EnumerateArray().Select(number => number.GetDouble())]
            : [.. kind.Columns.Select(column => row.GetProperty(column).GetDouble())];

    private static void WriteRow(Utf8JsonWriter writer, MetricTableKind kind, IReadOnlyList<double> row)
    {
        if (kind.Columns.Count == 0)
        {
            writer.WriteStartArray();
            foreach (var number in row)
            {
                writer.WriteNumberValue(number);
            }

            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        foreach (var (column, number) in kind.Columns.Zip(row))
        {
            writer.WriteNumber(column, number);
        }

        writer.WriteEndObject();
    }
}
