using System.Globalization;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>A step of a variable's path: a member by its name, or an element by its index.</summary>
/// <param name="Name">The member; null for an element.</param>
/// <param name="Index">The element, from 0.</param>
internal readonly record struct PathStep(string? Name, int Index);

/// <summary>
/// A variable of a platform's grader: <c>item.x</c>, <c>sample.output_text</c>, <c>sample.output_json.a.b[0]</c>,
/// <c>sample.output_tools[0].function.name</c>.
/// </summary>
/// <param name="Text">The variable as it is written.</param>
/// <param name="IsOfItem">Whether it is the row's, not the answer's.</param>
/// <param name="Path">The steps behind <c>item</c> or <c>sample</c>; at least one.</param>
internal sealed partial record GraderVariable(string Text, bool IsOfItem, PathStep[] Path)
{
    private static readonly string[] OfAnswers = ["output_text", "output_json", "output_tools", "choices"];

    /// <summary>Whether the answer always has it.</summary>
    public bool IsOutputText => !IsOfItem && Path is [{ Name: "output_text" }];

    /// <summary>Reads a variable; null where a text is none.</summary>
    /// <param name="text">What stands between the braces.</param>
    public static GraderVariable? TryParse(string text)
    {
        if (Pattern().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var steps = match
            .Groups["step"]
            .Captures.Select(step =>
                step.Value[0] == '.' ? new PathStep(step.Value[1..].Trim(), 0)
                : int.TryParse(step.Value[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    ? new PathStep(null, index)
                : new PathStep(step.Value[2..^2], 0)
            )
            .ToArray();
        var isOfItem = match.Groups["of"].Value == "item";
        return
            steps[0].Name is not { Length: > 0 } first
            || steps.Any(step => step.Name is { Length: 0 })
            || !(isOfItem || OfAnswers.Contains(first))
            ? null
            : new GraderVariable(text, isOfItem, steps);
    }

    [GeneratedRegex(
        @"\A(?<of>item|sample)(?<step>\.[^.\[\]{}|()""'%:,\r\n]+|\[[0-9]{1,6}\]|\['[^'\[\]{}\r\n]+'\]|\[""[^""\[\]{}\r\n]+""\])+\z"
    )]
    private static partial Regex Pattern();
}
