using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Drafts;

/// <summary>What the values of a field are.</summary>
/// <param name="name">The field.</param>
internal sealed class FieldProfile(string name)
{
    private const int MaxKept = 10_000;

    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private long _characters;

    public string Name => name;

    /// <summary>Rows that have the field, and not null or an empty text.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows in which it is a text, a number or a truth value.</summary>
    public int Scalars { get; private set; }

    /// <summary>Rows in which it is a list of texts.</summary>
    public int TextLists { get; private set; }

    /// <summary>Different scalar values.</summary>
    public int Distinct => _values.Count;

    /// <summary>Mean characters of the scalar values.</summary>
    public double MeanLength => Scalars == 0 ? 0 : (double)_characters / Scalars;

    /// <summary>Whether every row that has the field has a scalar.</summary>
    public bool IsScalar => Rows > 0 && Scalars == Rows;

    public void Add(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0))
        {
            return;
        }

        Rows++;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(element => element.ValueKind == JsonValueKind.String))
        {
            TextLists++;
        }
        else if (JsonText.TryRead(value, out var text))
        {
            Scalars++;
            _characters += text.Length;
            if (_values.Count < MaxKept)
            {
                _values.Add(text);
            }
        }
    }
}
