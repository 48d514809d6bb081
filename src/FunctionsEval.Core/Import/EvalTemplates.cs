using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Import;

/// <summary>Turns of an eval, and its variables as Liquid's.</summary>
internal static partial class EvalTemplates
{
    /// <summary>
    /// Names that mean something else where they stand alone: the prompt's and the rubric's own variables, and Liquid's words.
    /// </summary>
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal)
    {
        "input",
        "messages",
        "tags",
        "row",
        "item",
        "answer",
        "reference",
        "references",
        "true",
        "false",
        "nil",
        "null",
        "empty",
        "blank",
        "and",
        "or",
        "contains",
        "in",
        "forloop",
    };

    /// <summary>A turn.</summary>
    public sealed record Turn(string Role, string Content);

    /// <summary>Turns of an input: role and content, which is a text, or an object or list of objects with one.</summary>
    /// <param name="input">The input.</param>
    /// <param name="place">What it is, for messages.</param>
    /// <param name="findings">Where problems go.</param>
    /// <returns>The turns; null when there is a problem.</returns>
    public static IReadOnlyList<Turn>? ReadTurns(IReadOnlyList<JsonElement> input, string place, ImportFindings findings)
    {
        List<Turn> turns = [];
        foreach (var element in input)
        {
            var turn = SavedObject.From(element) ?? SavedObject.Empty;
            IEnumerable<JsonElement> contents = turn.Find("content") switch
            {
                { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
                { } one => [one],
                null => [],
            };
            var texts = contents.Select(ContentOf).ToList();
            if (texts.Count == 0 || texts.Contains(null))
            {
                findings.Refuse($"{place}: a turn contains something other than text");
                return null;
            }

            turns.Add(new Turn(turn.Text("role") ?? "user", string.Concat(texts)));
        }

        if (turns.Count > 0)
        {
            return turns;
        }

        findings.Refuse($"{place}: there is no turn");
        return null;
    }

    /// <summary>
    /// A template in Liquid: <c>item.x</c> is the row's field, <c>sample.output_text</c> the answer, and everything else text.
    /// </summary>
    /// <param name="text">The template.</param>
    /// <param name="place">What it is, for messages.</param>
    /// <param name="isRubric">Whether the answer can be named.</param>
    /// <param name="findings">Where problems go.</param>
    /// <returns>The template; null when there is a problem.</returns>
    public static string? ToLiquid(string text, string place, bool isRubric, ImportFindings findings)
    {
        var isKnown = true;
        var liquid = Tag()
            .Replace(
                text,
                match =>
                {
                    if (match.Value is "{%" or "{{")
                    {
                        return $"{{% raw %}}{match.Value}{{% endraw %}}";
                    }

                    var name = match.Groups["inside"].Value.Trim();
                    if (FieldOf(name) is { } field)
                    {
                        return $"{{{{ {VariableOf(field)} }}}}";
                    }

                    if (isRubric && name == "sample.output_text")
                    {
                        return "{{ answer }}";
                    }

                    isKnown = false;
                    findings.Refuse($"{place}: the variable {name} is not supported; use item.… and, in graders, sample.output_text");
                    return match.Value;
                }
            );
        return isKnown ? liquid : null;
    }

    /// <summary>The item's field that a text consists of, as a path of names; null when it is something else.</summary>
    public static string? FindOnlyField(string? text)
    {
        var trimmed = text?.Trim() ?? "";
        var tag = Tag().Match(trimmed);
        return tag.Success && tag.Length == trimmed.Length ? FieldOf(tag.Groups["inside"].Value.Trim()) : null;
    }

    /// <summary>Whether a text is the whole of the model's answer.</summary>
    public static bool IsOutput(string? text) => Output().IsMatch(text ?? "");

    /// <summary>The path below <c>item</c>; null for another variable, and for an expression.</summary>
    private static string? FieldOf(string name) => ItemPath().Match(name) is { Success: true } item ? item.Groups["path"].Value : null;

    private static string VariableOf(string path)
    {
        var names = path.Split('.');
        return names.All(name => Word().IsMatch(name))
            ? Taken.Contains(names[0])
                ? $"row.item.{path}"
                : path
            : $"row.item{string.Concat(names.Select(name => $"['{name}']"))}";
    }

    private static string? ContentOf(JsonElement content) =>
        content.ValueKind switch
        {
            JsonValueKind.String => content.GetString(),
            JsonValueKind.Object => new SavedObject(content).Text("text"),
            _ => null,
        };

    [GeneratedRegex(@"\{\{(?<inside>[^{}]*)\}\}|\{%|\{\{")]
    private static partial Regex Tag();

    [GeneratedRegex(@"^item\.(?<path>[^\s.|\[\]()""'%:,][^|\[\]()""'%:,\r\n]*)\z")]
    private static partial Regex ItemPath();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*\{\{\s*sample\.output_text\s*\}\}\s*\z")]
    private static partial Regex Output();
}
