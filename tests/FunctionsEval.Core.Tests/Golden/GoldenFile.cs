using System.Globalization;
using System.Text.Json;

namespace FunctionsEval.Core.Tests.Golden;

/// <summary>A file of reference vectors; Data/README.md describes the format and names the tools the values come from.</summary>
internal sealed record GoldenFile(string Name, string Family, IReadOnlyList<GoldenCase> Cases)
{
    /// <summary>The folder of vectors: FUNCTIONSEVAL_GOLDEN, or the one in the source tree.</summary>
    public static string Folder =>
        Environment.GetEnvironmentVariable("FUNCTIONSEVAL_GOLDEN") is { Length: > 0 } folder
            ? folder
            : Repository.PathOf("tests", "FunctionsEval.Core.Tests", "Golden", "Data");

    public static IEnumerable<GoldenFile> All() => Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(Load);

    private static GoldenFile Load(string path)
    {
        var root = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
        var tolerance =
            root.TryGetProperty("default_tolerance", out var stated) && stated.TryGetProperty("abs", out var abs) ? abs.GetDouble() : 1e-9;
        return new GoldenFile(
            Path.GetFileName(path),
            root.GetProperty("family").GetString()!,
            [.. root.GetProperty("cases").EnumerateArray().Select(element => new GoldenCase(element, tolerance))]
        );
    }
}

/// <summary>One vector: input, options, and what the reference tool makes of them.</summary>
internal sealed class GoldenCase(JsonElement element, double defaultTolerance)
{
    public string Id { get; } = element.GetProperty("id").GetString()!;

    public JsonElement Input { get; } = element.GetProperty("input");

    public JsonElement Expected { get; } = element.GetProperty("expected");

    /// <summary>An option; null when absent or JSON null.</summary>
    public JsonElement? Option(string name) =>
        element.TryGetProperty("options", out var options)
        && options.ValueKind == JsonValueKind.Object
        && options.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>The names of the options that are set.</summary>
    public IEnumerable<JsonProperty> Options() =>
        element.TryGetProperty("options", out var options) && options.ValueKind == JsonValueKind.Object
            ? options.EnumerateObject().Where(option => option.Value.ValueKind != JsonValueKind.Null)
            : [];

    /// <summary>What differs between the expected and the actual values; empty when they agree.</summary>
    /// <param name="actual">Dictionaries, lists, strings, numbers, booleans, null (or NaN) for undefined, a <see cref="GoldenError"/> where
    /// the tool raises.</param>
    public IEnumerable<string> Differences(object? actual) => Compare(Expected, actual, "", Tolerance(null) ?? defaultTolerance);

    private double? Tolerance(string? key) =>
        element.TryGetProperty("tolerance", out var tolerance)
            ? tolerance.ValueKind == JsonValueKind.Number
                ? tolerance.GetDouble()
                : tolerance.ValueKind == JsonValueKind.Object && tolerance.TryGetProperty(key is null ? "abs" : $"{key}_abs", out var abs)
                    ? abs.GetDouble()
                    : null
            : null;

    private IEnumerable<string> Compare(JsonElement expected, object? actual, string path, double tolerance)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object when expected.TryGetProperty("error", out _):
                return actual is GoldenError ? [] : [$"{path}: expected an error, got {actual}"];
            case JsonValueKind.Object when actual is IReadOnlyDictionary<string, object?> map:
                return expected
                    .EnumerateObject()
                    .SelectMany(property =>
                        map.TryGetValue(property.Name, out var value)
                            ? Compare(property.Value, value, $"{path}.{property.Name}", Tolerance(property.Name) ?? tolerance)
                            : [$"{path}.{property.Name}: not computed"]
                    );
            case JsonValueKind.Array when actual is System.Collections.IEnumerable sequence && actual is not string:
                var items = sequence.Cast<object?>().ToList();
                return items.Count == expected.GetArrayLength()
                    ? expected.EnumerateArray().SelectMany((item, i) => Compare(item, items[i], $"{path}[{i}]", tolerance))
                    : [$"{path}: expected {expected.GetArrayLength()} items, got {items.Count}: {string.Join(" ", items)}"];
            case JsonValueKind.Null:
                return actual is null || double.NaN.Equals(actual) ? [] : [$"{path}: expected undefined, got {actual}"];
            case JsonValueKind.True or JsonValueKind.False:
                return expected.GetBoolean().Equals(actual) ? [] : [$"{path}: expected {expected}, got {actual}"];
            case JsonValueKind.String when actual is not double:
                return expected.ValueEquals(actual as string) ? [] : [$"{path}: expected '{expected}', got '{actual}'"];
            case JsonValueKind.String or JsonValueKind.Number when actual is double or int or long:
                return CompareNumbers(expected, Convert.ToDouble(actual, CultureInfo.InvariantCulture), path, tolerance);
            default:
                return [$"{path}: expected {expected}, got {actual ?? "nothing"}"];
        }
    }

    private static IEnumerable<string> CompareNumbers(JsonElement expected, double actual, string path, double tolerance)
    {
        var wanted =
            expected.ValueKind == JsonValueKind.Number
                ? expected.GetDouble()
                : expected.GetString() switch
                {
                    "NaN" => double.NaN,
                    "Infinity" => double.PositiveInfinity,
                    "-Infinity" => double.NegativeInfinity,
                    _ => throw new InvalidDataException($"'{expected}' is no number."),
                };
        var isEqual = wanted.Equals(actual) || Math.Abs(actual - wanted) <= tolerance + (1e-9 * Math.Abs(wanted));
        return isEqual ? [] : [string.Create(CultureInfo.InvariantCulture, $"{path}: expected {wanted:R}, got {actual:R}")];
    }
}

/// <summary>Stands for the reference tool raising an error.</summary>
internal sealed record GoldenError;

/// <summary>Stands for a case whose input is not all in the file, so that its expected values say nothing.</summary>
internal sealed record GoldenInputMissing(string Reason);
