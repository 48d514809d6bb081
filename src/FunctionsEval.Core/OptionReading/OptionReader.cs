using System.Globalization;
using System.Text.Json;

namespace FunctionsEval.Core.OptionReading;

/// <summary>
/// Reads an object of options field by field: a spec, a section of it, a gate rule, the options of a metric. A misfit is an
/// <see cref="OptionException"/> that says where. A field that is null counts as absent.
/// </summary>
internal sealed class OptionReader
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <param name="path">Where the object stands, for messages.</param>
    /// <param name="value">The object.</param>
    /// <exception cref="OptionException">It is no object, or has a field twice.</exception>
    public OptionReader(string path, JsonElement value)
    {
        Path = path;
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new OptionException(path, $"expected an object, found {JsonKind.Describe(value)}.");
        }

        foreach (var field in value.EnumerateObject())
        {
            if (!_fields.TryAdd(field.Name, field.Value))
            {
                throw Error(field.Name, "is given twice.");
            }
        }
    }

    /// <param name="path">Where the object stands, for messages.</param>
    /// <param name="fields">Its fields.</param>
    public OptionReader(string path, IReadOnlyDictionary<string, JsonElement> fields)
    {
        Path = path;
        foreach (var (name, value) in fields)
        {
            _fields.Add(name, value);
        }
    }

    /// <summary>Where the object stands.</summary>
    public string Path { get; }

    /// <summary>The names of all fields, those that are null included.</summary>
    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>The fields that are not null.</summary>
    public IEnumerable<KeyValuePair<string, JsonElement>> Fields => _fields.Where(pair => pair.Value.ValueKind != JsonValueKind.Null);

    /// <summary>Where a field stands.</summary>
    public string PathOf(string name) => $"{Path}.{NearestName.Shown(name)}";

    /// <summary>A misfit of a field.</summary>
    /// <param name="name">The field.</param>
    /// <param name="problem">What is wrong and the fix: one or more whole sentences whose subject is the field.</param>
    public OptionException Error(string name, string problem) => new(PathOf(name), problem);

    /// <summary>A problem of a field of this object, or of an object in it.</summary>
    public OptionException Error(OptionProblem problem) =>
        problem.Path.Split('.', 2) is [var name, var rest]
            ? new OptionException($"{PathOf(name)}.{NearestName.Shown(rest)}", problem.Message)
            : Error(problem.Path, problem.Message);

    /// <summary>A misfit of the object.</summary>
    public OptionException Error(string problem) => new(Path, problem);

    /// <summary>A misfit of a field.</summary>
    /// <param name="name">The field.</param>
    /// <param name="rule">What the field must be, without the full stop.</param>
    public OptionException Wrong(string name, string rule) => Error(name, $"{rule}.");

    /// <summary>A value of another type than the field takes.</summary>
    public OptionException WrongType(string name, string expected, JsonElement actual) =>
        Error(name, $"expected {expected}, found {JsonKind.Describe(actual)}.");

    /// <summary>More is listed than the field takes.</summary>
    public OptionException TooMany(string name, int maxCount) =>
        Error(name, string.Create(CultureInfo.InvariantCulture, $"has more than {maxCount} entries."));

    /// <summary>A text is not one of those that the field takes.</summary>
    public OptionException NotOneOf(string name, string text, IEnumerable<string> choices) =>
        Error(name, $"expected one of {string.Join(", ", choices)}.{NearestName.DidYouMean(text, choices)}");

    /// <summary>The value as it is written; null when the field is absent.</summary>
    public JsonElement? Read(string name)
    {
        _read.Add(name);
        return _fields.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => Read(name) is not null;

    /// <summary>Whether the field is there and null.</summary>
    public bool IsNull(string name) => _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Null;

    public bool Bool(string name, bool fallback = false) =>
        Read(name) is not { } value ? fallback
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw WrongType(name, "true or false", value);

    public int Int(string name, int fallback, int minimum, int maximum) => (int)(Integer(name, minimum, maximum) ?? fallback);

    public long? Integer(string name, long minimum = long.MinValue, long maximum = long.MaxValue)
    {
        if (Read(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
        {
            throw WrongType(name, "an integer", value);
        }

        return number >= minimum && number <= maximum
            ? number
            : throw OutOfRange(name, minimum, maximum == long.MaxValue ? double.PositiveInfinity : maximum);
    }

    public double? Number(string name, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity)
    {
        if (Read(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            throw WrongType(name, "a number", value);
        }

        var number = value.GetDouble();
        if (!double.IsFinite(number))
        {
            throw Error(name, "is too large for a number.");
        }

        return number >= minimum && number <= maximum ? number : throw OutOfRange(name, minimum, maximum);
    }

    /// <summary>A text.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxLength">Characters it may have.</param>
    /// <param name="canBeEmpty">Whether white space alone will do.</param>
    public string? Text(string name, int maxLength = SpecLimits.MaxText, bool canBeEmpty = true)
    {
        if (Read(name) is not { } value)
        {
            return null;
        }

        var text = TextOf(name, value, maxLength);
        return canBeEmpty || !string.IsNullOrWhiteSpace(text) ? text : throw Error(name, "is empty; leave the field out instead.");
    }

    /// <summary>One of some texts.</summary>
    public string Choice(string name, string fallback, IEnumerable<string> choices)
    {
        var text = Text(name) ?? fallback;
        return choices.Contains(text, StringComparer.Ordinal) ? text : throw NotOneOf(name, text, choices);
    }

    /// <summary>A list of texts; null when the field is absent.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxLength">Characters that each may have.</param>
    /// <param name="maxCount">Texts it may have.</param>
    public IReadOnlyList<string>? Texts(string name, int maxLength = SpecLimits.MaxText, int maxCount = SpecLimits.MaxElements) =>
        Has(name) ? [.. List(name, maxCount).Select(item => TextOf(item.Name, item.Element, maxLength))] : null;

    /// <summary>A list of different texts that are not empty; null when the field is absent.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxCount">Texts it may have.</param>
    public IReadOnlyList<string>? DistinctTexts(string name, int maxCount = SpecLimits.MaxElements)
    {
        if (!Has(name))
        {
            return null;
        }

        List<string> texts = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (element, place) in List(name, maxCount))
        {
            var text = TextOf(place, element, SpecLimits.MaxText);
            texts.Add(
                text.Length == 0 ? throw Error(place, "is empty.")
                : seen.Add(text) ? text
                : throw Error(place, "is in the list twice.")
            );
        }

        return texts;
    }

    /// <summary>A list of numbers; null when the field is absent.</summary>
    public IReadOnlyList<double>? Numbers(string name) =>
        Has(name)
            ?
            [
                .. List(name)
                    .Select(item =>
                        item.Element.ValueKind == JsonValueKind.Number
                            ? item.Element.GetDouble()
                            : throw WrongType(item.Name, "a number", item.Element)
                    ),
            ]
            : null;

    /// <summary>The elements of a list, each with its name for messages; nothing when the field is absent.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxCount">Elements it may have.</param>
    public IEnumerable<(JsonElement Element, string Name)> List(string name, int maxCount = SpecLimits.MaxElements)
    {
        if (Read(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw WrongType(name, "a list", value);
        }

        return value.GetArrayLength() <= maxCount
            ? value.EnumerateArray().Select((element, index) => (element, string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]")))
            : throw TooMany(name, maxCount);
    }

    /// <summary>Refuses fields that were not read.</summary>
    /// <param name="what">What an unknown one is not, for example <c>option of 'bleu'</c>.</param>
    public void RefuseUnread(string what)
    {
        if (_fields.Keys.Where(name => !_read.Contains(name)).Min(StringComparer.Ordinal) is { } unknown)
        {
            throw Error(unknown, NearestName.Unknown(what, unknown, _read));
        }
    }

    private string TextOf(string name, JsonElement value, int maxLength)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw WrongType(name, "a string", value);
        return text.Length <= maxLength
            ? text
            : throw Error(name, string.Create(CultureInfo.InvariantCulture, $"is longer than {maxLength} characters."));
    }

    private OptionException OutOfRange(string name, double minimum, double maximum) =>
        Error(
            name,
            double.IsPositiveInfinity(maximum)
                ? string.Create(CultureInfo.InvariantCulture, $"must be at least {minimum}.")
                : string.Create(CultureInfo.InvariantCulture, $"must be from {minimum} to {maximum}.")
        );
}
