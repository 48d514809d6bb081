using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FunctionsEval.Hooks;

/// <summary>
/// Refuses variables that azd could not use. It takes the template's default, without a word, where a variable of a flag or a number is
/// neither: <c>VNET_ENABLED=yes</c> would make a storage account that everybody reaches.
/// </summary>
internal static partial class VariableCheck
{
    private const string ParametersFile = "infra/main.parameters.json";

    /// <summary>The problems of the variables that the parameter file names.</summary>
    public static IReadOnlyList<string> Find(string root, HookEnvironment environment)
    {
        var problems = new List<string>();
        var file = ConfigurationFile.Read<JsonObject>(root, ParametersFile, "a parameter file", problems);
        foreach (var (_, parameter) in file?["parameters"] as JsonObject ?? [])
        {
            if (Variable().Match(parameter?["value"]?.ToString() ?? "") is not { Success: true } variable)
            {
                continue;
            }

            var name = variable.Groups["name"].Value;
            if (environment.Find(name) is { } value && FindProblem(name, variable.Groups["default"], value) is { } problem)
            {
                problems.Add($"{name}: {problem}");
            }
        }

        return problems;
    }

    private static string? FindProblem(string name, Group written, string value)
    {
        if (written.Success)
        {
            return bool.TryParse(written.Value, out _) && value is not ("true" or "false")
                    ? $"is '{value}'; azd would ignore it. Run `azd env set {name} true` or `azd env set {name} false`."
                : int.TryParse(written.Value, out _) && !int.TryParse(value, out _)
                    ? $"is '{value}'; azd would ignore it. Run `azd env set {name} {written.Value}`, or another whole number."
                : null;
        }

        // azd's own variables are texts; the others are lists and objects.
        return name.StartsWith("AZURE_", StringComparison.Ordinal) || IsJson(value)
            ? null
            : $"is no JSON. Write a list or an object in single quotes, such as `azd env set {name} '[\"203.0.113.0/24\"]'`.";
    }

    private static bool IsJson(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonArray or JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\A\$\{(?<name>[A-Z_]+)(=(?<default>.*))?\}\z")]
    private static partial Regex Variable();
}
