using System.Globalization;
using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Import;

/// <summary>The objects of a file that somebody saved: one, a list, the API's list with its pages, or one after the other.</summary>
/// <param name="Items">The objects.</param>
/// <param name="HasMore">Whether the API had further pages.</param>
internal sealed record SavedObjects(IReadOnlyList<SavedObject> Items, bool HasMore)
{
    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowMultipleValues = true,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="ImportException">It holds no such objects.</exception>
    public static SavedObjects Read(string json, string what)
    {
        var bytes = Encoding.UTF8.GetBytes(json.TrimStart('\uFEFF'));
        List<SavedObject> items = [];
        var hasMore = false;
        try
        {
            if (JsonFault.Find(bytes, Options) is { } fault)
            {
                throw new ImportException(
                    string.Create(CultureInfo.InvariantCulture, $"{what}, line {fault.Line}, column {fault.Column}: {fault.Problem}.")
                );
            }

            var reader = new Utf8JsonReader(bytes, Options);
            while (reader.Read())
            {
                hasMore |= Add(items, JsonElement.ParseValue(ref reader), what);
            }
        }
        catch (JsonException invalid)
        {
            throw new ImportException(
                string.Create(CultureInfo.InvariantCulture, $"{what} is not valid JSON at line {invalid.LineNumber + 1}.")
            );
        }

        return items.Count > 0
            ? new SavedObjects(items, hasMore)
            : throw new ImportException($"{what} is empty. It must be a JSON object or a list of JSON objects.");
    }

    /// <summary>Adds a value's objects; says whether the API had more of them.</summary>
    private static bool Add(List<SavedObject> items, JsonElement value, string what)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in value.EnumerateArray())
            {
                Add(items, entry, what);
            }

            return false;
        }

        if (SavedObject.From(value) is not { } found)
        {
            throw new ImportException($"{what} is not a JSON object.");
        }

        if (
            found.Find("data") is { ValueKind: JsonValueKind.Array } data
            && (found.Text("object") is "list" || found.Find("has_more") is not null)
        )
        {
            Add(items, data, what);
            return found.Find("has_more") is { ValueKind: JsonValueKind.True };
        }

        if (found.Find("error") is { ValueKind: JsonValueKind.Object } && found.Find("object") is null)
        {
            throw new ImportException(
                $"{what} is an error of the API (error.code {found.Object("error").Text("code") ?? "none"}), so there is nothing to import."
            );
        }

        items.Add(found);
        return false;
    }
}
