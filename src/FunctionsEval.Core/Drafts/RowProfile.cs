using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Drafts;

/// <summary>The rows of a dataset, the values of their fields, and how they read by a spec.</summary>
internal sealed class RowProfile
{
    /// <summary>Share of rows that must be samples for a spec to fit.</summary>
    public const double FittingShare = 0.95;

    private readonly IReadOnlyList<JsonElement> _rows;
    private readonly DatasetFormat _format;
    private readonly Dictionary<string, FieldProfile> _fields = new(StringComparer.Ordinal);

    public RowProfile(IReadOnlyList<JsonElement> rows, DatasetFormat format)
    {
        (_rows, _format) = (rows, format);
        foreach (var row in rows)
        {
            // Rows of OpenAI Evals have their fields in the item.
            var fields = RowFields.TryGetItem(row, out var item) ? item : row;
            foreach (var field in fields.EnumerateObject())
            {
                if (!_fields.TryGetValue(field.Name, out var profile))
                {
                    _fields.Add(field.Name, profile = new FieldProfile(field.Name));
                }

                profile.Add(field.Value);
            }
        }
    }

    public int Rows => _rows.Count;

    /// <summary>The fields, in the order of their first appearance.</summary>
    public IEnumerable<FieldProfile> Fields => _fields.Values;

    public FieldProfile? Find(string name) => _fields.GetValueOrDefault(name);

    /// <summary>Whether most rows have a field.</summary>
    public bool Has(string name) => Find(name) is { } field && field.Rows >= FittingShare * Rows;

    /// <summary>The texts in the lists of a field.</summary>
    public IEnumerable<string> ListsIn(string name) =>
        _rows
            .Select(row => RowFields.TryGetItem(row, out var item) ? item : row)
            .SelectMany(row =>
                row.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
                    ? [.. list.EnumerateArray()]
                    : Array.Empty<JsonElement>()
            )
            .Where(element => element.ValueKind == JsonValueKind.String)
            .Select(element => element.GetString()!);

    /// <summary>The samples that a spec makes of the rows; null where it does not fit enough of them.</summary>
    public IReadOnlyList<Sample>? ReadBy(EvaluationSpec spec, bool requireReference = true)
    {
        var options = spec.ReadOptions(_format) with { RequireReference = requireReference };
        var reader = new SampleReader(options, spec.Columns);
        List<Sample> samples = [];
        var offset = 0;
        foreach (var row in _rows)
        {
            if (reader.Read(row, offset++, out var sample) is null)
            {
                samples.Add(sample!);
            }
        }

        return samples.Count > 0 && samples.Count >= FittingShare * Rows ? samples : null;
    }
}
