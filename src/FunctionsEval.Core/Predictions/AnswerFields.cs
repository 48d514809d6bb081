using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Predictions;

/// <summary>Typed fields of an object that describes an answer. A field that is null counts as absent.</summary>
/// <param name="fields">The object.</param>
/// <param name="place">What comes before a field's name in messages: empty, or the object's own name and a dot.</param>
/// <param name="line">The line, for messages.</param>
internal readonly struct AnswerFields(JsonElement fields, string place, int line)
{
    /// <summary>The largest log probability, up or down: sums of them stay exact.</summary>
    private const double MaxLogProbability = 1e12;

    /// <summary>A text, number or boolean as the text that a dataset's row has for it; null for none.</summary>
    /// <exception cref="PredictionException">It is of another type.</exception>
    public string? Text(string name) =>
        !TryFind(name, out var value) ? null
        : JsonText.TryRead(value, out var text) ? text
        : throw Wrong(name, "a string, a number or a boolean", value);

    /// <summary>A value of any type as JSON; a text is taken as the JSON that it is. Null for none.</summary>
    public string? Json(string name) =>
        !TryFind(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.GetRawText();

    /// <summary>As <see cref="Text"/>, and a list as its JSON; null for none.</summary>
    /// <exception cref="PredictionException">It is of another type.</exception>
    public string? TextOrList(string name) =>
        TryFind(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.GetRawText() : Text(name);

    /// <summary>A log probability, or a number of that kind; null for none.</summary>
    /// <exception cref="PredictionException">It is no number, or too large.</exception>
    public double? Number(string name) =>
        !TryFind(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Abs(number) <= MaxLogProbability ? number
        : throw Wrong(name, "a number from -1e12 to 1e12", value);

    /// <summary>A count; 0 for none.</summary>
    /// <exception cref="PredictionException">It is no whole number, or negative.</exception>
    public int Count(string name) =>
        !TryFind(name, out var value) ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0 ? count
        : throw Wrong(name, "a whole number of at least 0", value);

    /// <summary>A field in the form that a run writes; null for none.</summary>
    /// <exception cref="PredictionException">It has another form.</exception>
    public T? Form<T>(string name)
        where T : class
    {
        if (!TryFind(name, out var value))
        {
            return null;
        }

        try
        {
            return value.Deserialize<T>(JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            throw Error($"'{place}{name}' does not have the form it has in a run's samples.jsonl.");
        }
    }

    /// <summary>The fields of an object in this one.</summary>
    public AnswerFields In(JsonElement inner, string name) => new(inner, place + name, line);

    /// <summary>An error of a field.</summary>
    public PredictionException Error(string message) => new(line, message);

    /// <summary>An error of a field, which the message begins with.</summary>
    public PredictionException Error(string name, string problem) => Error($"'{place}{name}' {problem}");

    /// <summary>Finds a field that is there and not null.</summary>
    public bool TryFind(string name, out JsonElement value) =>
        fields.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private PredictionException Wrong(string name, string expected, JsonElement actual) =>
        Error(
            $"'{place}{name}' must be {expected}, or null where there is none; it is "
                + $"{JsonKind.Describe(actual)}{(actual.ValueKind == JsonValueKind.Number ? " that is not one" : "")}."
        );
}
