using System.Text.Json;
using System.Text.Json.Nodes;

namespace FunctionsEval.Hooks;

/// <summary>Reads a JSON file that the templates read.</summary>
internal static class ConfigurationFile
{
    /// <summary>The file's content; null where it cannot be read, which is added to the problems.</summary>
    public static T? Read<T>(string root, string name, string kind, ICollection<string> problems)
        where T : JsonNode
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(root, name));
            using (var document = JsonDocument.Parse(text))
            {
                if (FindRepeated(document.RootElement) is { } repeated)
                {
                    problems.Add($"{name}: {repeated}: is there twice, upper and lower case being the same. Leave one out.");
                    return null;
                }
            }

            if (JsonNode.Parse(text) is T content)
            {
                return content;
            }

            problems.Add($"{name}: must be {kind}.");
        }
        catch (JsonException invalid)
        {
            problems.Add(
                $"{name}: line {invalid.LineNumber + 1}, column {invalid.BytePositionInLine + 1}: is no valid JSON. Often a comma or a quotation "
                    + "mark is missing before this place, a comma stands before a closing bracket, or there is a comment."
            );
        }
        catch (InvalidOperationException)
        {
            problems.Add(
                $"{name}: a text or name escapes half a surrogate pair (\\ud800 to \\udfff), which is no character. Write the whole one."
            );
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{name}: cannot be read: {missing.Message} Restore it from the repository.");
        }

        return null;
    }

    /// <summary>The place of the first name that an object has twice, such as <c>[0]: name</c>; null where there is none.</summary>
    /// <exception cref="InvalidOperationException">A text or name escapes half a surrogate pair.</exception>
    private static string? FindRepeated(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            element.GetString();
        }

        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var parts = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(field => (Place: field.Name, field.Value)),
            JsonValueKind.Array => element.EnumerateArray().Select((entry, i) => (Place: $"[{i}]", Value: entry)),
            _ => [],
        };
        foreach (var (place, value) in parts)
        {
            if (!known.Add(place))
            {
                return place;
            }

            if (FindRepeated(value) is { } below)
            {
                return $"{place}: {below}";
            }
        }

        return null;
    }
}
