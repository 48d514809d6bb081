using System.Text.Json;

namespace FunctionsEval.Core.Datasets.Parquet;

/// <summary>
/// The names of classes that the library `datasets` of Hugging Face writes into a file's metadata (<c>huggingface</c>: the features of the
/// rows): the columns themselves have the classes' numbers.
/// </summary>
/// <param name="feature">What the metadata say of a column; null for nothing.</param>
internal sealed class ClassLabels(JsonElement? feature)
{
    private const string Key = "huggingface";

    /// <summary>The names by their numbers; null for a column of something else.</summary>
    public IReadOnlyList<string>? Names { get; } =
        TypeOf(feature) == "ClassLabel"
        && MemberOf(feature, "names") is { ValueKind: JsonValueKind.Array } names
        && names.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
            ? [.. names.EnumerateArray().Select(name => name.GetString()!)]
            : null;

    /// <summary>What the metadata say of a list's elements.</summary>
    public ClassLabels Item =>
        feature is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 1 ? new ClassLabels(list[0])
        : TypeOf(feature) is "Sequence" or "List" or "LargeList" ? new ClassLabels(MemberOf(feature, "feature"))
        : this;

    /// <summary>What the metadata say of an object's member. A sequence of objects is an object of lists in the file.</summary>
    public ClassLabels MemberOf(string name) =>
        new(MemberOf(TypeOf(feature) is "Sequence" or "List" or "LargeList" ? MemberOf(feature, "feature") : feature, name));

    /// <summary>Reads the metadata of a file; what cannot be read counts as absent.</summary>
    public static ClassLabels Read(IReadOnlyDictionary<string, string> metadata)
    {
        var read = metadata.TryGetValue(Key, out var text) ? JsonText.Parse(text) : null;
        return new ClassLabels(MemberOf(MemberOf(read, "info"), "features"));
    }

    private static string? TypeOf(JsonElement? feature) =>
        MemberOf(feature, "_type") is { ValueKind: JsonValueKind.String } type ? type.GetString() : null;

    private static JsonElement? MemberOf(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var member) ? member : null;
}
