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
            if (JsonNode.Parse(File.ReadAllText(Path.Combine(root, name))) is T content)
            {
                return content;
            }

            problems.Add($"{name}: must be {kind}.");
        }
        catch (JsonException invalid)
        {
            problems.Add(
                $"{name}: line {invalid.LineNumber + 1}, column {invalid.BytePositionInLine + 1}: is no valid JSON. Often a comma or a quotation "
                    + "mark is missing before this place, or a comma stands before a closing bracket."
            );
        }
        catch (IOException missing)
        {
            problems.Add($"{name}: cannot be read: {missing.Message} Restore it from the repository.");
        }

        return null;
    }
}
