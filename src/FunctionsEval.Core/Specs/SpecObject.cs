using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Specs;

/// <summary>
/// An object of a spec whose fields are taken one by one; each misfit is a <see cref="SpecException"/> with its path. A field that is null
/// counts as absent.
/// </summary>
internal sealed class SpecObject
{
    private static readonly string[] ConnectionWords =
    [
        "endpoint",
        "key",
        "secret",
        "token",
        "url",
        "uri",
        "host",
        "deployment",
        "connection",
        "provider",
        "apiversion",
        "credential",
    ];

    private readonly string _file;
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    /// <param name="file">Name of the spec.</param>
    /// <param name="path">JSON path of the object.</param>
    /// <param name="value">The object.</param>
    /// <param name="names">The fields it may have; null for any.</param>
    public SpecObject(string file, string path, JsonElement value, string[]? names)
    {
        _file = file;
        Path = path;
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new SpecException(file, path, $"expected an object, found {JsonText.Describe(value)}.");
        }

        foreach (var field in value.EnumerateObject())
        {
            if (names is not null && !names.Contains(field.Name, StringComparer.Ordinal))
            {
                throw Error(field.Name, Unknown(field.Name, names));
            }

            if (!_fields.TryAdd(field.Name, field.Value))
            {
                throw Error(field.Name, "is given twice.");
            }
        }
    }

    public string Path { get; }

    /// <summary>The fields that are not null.</summary>
    public IEnumerable<KeyValuePair<string, JsonElement>> Fields => _fields.Where(pair => pair.Value.ValueKind != JsonValueKind.Null);

    public string PathOf(string name) => $"{Path}.{NearestName.Shown(name)}";

    public SpecException Error(string name, string problem) => new(_file, PathOf(name), problem);

    public SpecException Error(string problem) => new(_file, Path, problem);

    /// <summary>A problem of a field of this object, or of an object in it.</summary>
    public SpecException Error(OptionProblem problem) =>
        problem.Path.Split('.', 2) is [var name, var rest]
            ? new SpecException(_file, $"{PathOf(name)}.{NearestName.Shown(rest)}", problem.Message)
            : Error(problem.Path, problem.Message);

    public bool Has(string name) => TryGet(name, out _);

    /// <summary>Whether the field is there and null.</summary>
    public bool IsNull(string name) => _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>A text that is not empty.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxLength">Characters it may have.</param>
    public string? Text(string name, int maxLength = SpecLimits.MaxText)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw WrongType(name, "a string", value);
        if (text.Length > maxLength)
        {
            throw TooLong(name, maxLength);
        }

        return string.IsNullOrWhiteSpace(text) ? throw Error(name, "is empty; leave the field out instead.") : text;
    }

    public string RequiredText(string name, string what) => Text(name) ?? throw Error(name, $"is missing: give {what}.");

    public bool Flag(string name, bool fallback)
    {
        if (!TryGet(name, out var value))
        {
            return fallback;
        }

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw WrongType(name, "true or false", value);
    }

    public double? Number(string name, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity)
    {
        if (!TryGet(name, out var value))
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

    public long? Integer(string name, long minimum = long.MinValue, long maximum = long.MaxValue)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
        {
            throw WrongType(name, "an integer", value);
        }

        return number >= minimum && number <= maximum ? number : throw OutOfRange(name, minimum, maximum);
    }

    public TEnum? Choice<TEnum>(string name)
        where TEnum : struct, Enum =>
        Choice(name, EnumNames<TEnum>.All) is { } text && EnumNames<TEnum>.TryGet(text, out var value) ? value : null;

    /// <summary>One of a list of names.</summary>
    public string? Choice(string name, IEnumerable<string> offered) =>
        Text(name) is not { } text || offered.Contains(text)
            ? Text(name)
            : throw Error(name, $"expected one of {string.Join(", ", offered)}.{NearestName.DidYouMean(text, offered)}");

    /// <summary>A list of different, non-empty strings.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxCount">Strings it may have.</param>
    public IReadOnlyList<string> Texts(string name, int maxCount = SpecLimits.MaxElements)
    {
        List<string> texts = [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (element, index) in List(name, maxCount))
        {
            if (element.ValueKind != JsonValueKind.String)
            {
                throw WrongType(index, "a string", element);
            }

            var text = element.GetString()!;
            if (text.Length == 0)
            {
                throw Error(index, "is empty.");
            }

            if (text.Length > SpecLimits.MaxText)
            {
                throw TooLong(index, SpecLimits.MaxText);
            }

            if (!seen.Add(text))
            {
                throw Error(index, "is in the list twice.");
            }

            texts.Add(text);
        }

        return texts;
    }

    /// <summary>The elements of a list, each with its name for errors; nothing when the field is absent.</summary>
    /// <param name="name">The field.</param>
    /// <param name="maxCount">Elements it may have.</param>
    public IEnumerable<(JsonElement Element, string Name)> List(string name, int maxCount = SpecLimits.MaxElements)
    {
        if (!TryGet(name, out var value))
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > maxCount)
        {
            throw TooMany(name, maxCount);
        }

        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((element, index) => (element, string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]")))
            : throw WrongType(name, "a list", value);
    }

    /// <summary>The object in a field; an empty one when the field is absent.</summary>
    public SpecObject Object(string name, string[]? names) =>
        TryGet(name, out var value) ? Object(name, value, names) : new SpecObject(_file, PathOf(name), JsonElement.Parse("{}"), names);

    /// <summary>An element of a list as an object.</summary>
    public SpecObject Object(string name, JsonElement value, string[]? names) => new(_file, PathOf(name), value, names);

    public SpecException WrongType(string name, string expected, JsonElement actual) =>
        Error(name, $"expected {expected}, found {JsonText.Describe(actual)}.");

    /// <summary>More is listed than is taken.</summary>
    public SpecException TooMany(string name, int maxCount) =>
        Error(name, string.Create(CultureInfo.InvariantCulture, $"has more than {maxCount} entries."));

    private SpecException TooLong(string name, int maxLength) =>
        Error(name, string.Create(CultureInfo.InvariantCulture, $"is longer than {maxLength} characters."));

    private SpecException OutOfRange(string name, double minimum, double maximum) =>
        Error(
            name,
            double.IsPositiveInfinity(maximum)
                ? string.Create(CultureInfo.InvariantCulture, $"must be at least {minimum}.")
                : string.Create(CultureInfo.InvariantCulture, $"must be from {minimum} to {maximum}.")
        );

    private bool TryGet(string name, out JsonElement value) =>
        _fields.TryGetValue(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Unknown(string name, string[] names)
    {
        var nearest = NearestName.DidYouMean(name, names);
        if (nearest.Length > 0)
        {
            return "is not a field of a spec." + nearest;
        }

        return Array.Exists(
            ConnectionWords,
            word => name.Replace("_", "", StringComparison.Ordinal).Contains(word, StringComparison.OrdinalIgnoreCase)
        )
            ? "is not a field of a spec. A spec names a model; its endpoint, deployment and key are app settings (Models__{name}__…)."
            : $"is not a field of a spec. Known here: {string.Join(", ", names)}.";
    }
}
