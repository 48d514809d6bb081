using System.Text;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Metrics.Graders.Platform;

/// <summary>
/// A template of a platform's grader: variables in double braces, and everything else as it is. A text is written as it is, everything else
/// as JSON.
/// </summary>
public sealed partial class GraderTemplate
{
    /// <summary>Characters that a rendered template may have.</summary>
    internal const int MaxCharacters = 4 * 1024 * 1024;

    private readonly IReadOnlyList<(string Text, GraderVariable? Variable)> _parts;

    private GraderTemplate(string source, IReadOnlyList<(string, GraderVariable?)> parts)
    {
        Source = source;
        _parts = parts;
    }

    /// <summary>The template as it is written.</summary>
    public string Source { get; }

    /// <summary>How often the template has something of the answer.</summary>
    public int AnswerUses => _parts.Count(part => part.Variable is { IsOfItem: false });

    /// <summary>Whether an answer can lack something that the template names.</summary>
    internal bool CanMissAnswer => _parts.Any(part => part.Variable is { IsOfItem: false, IsOutputText: false });

    /// <summary>Reads a template.</summary>
    /// <param name="source">The template.</param>
    /// <param name="unknown">The variable that there is not; null where all are known.</param>
    /// <returns>The template; null where a variable is not known.</returns>
    internal static GraderTemplate? TryParse(string source, out string? unknown)
    {
        unknown = null;
        List<(string, GraderVariable?)> parts = [];
        var end = 0;
        foreach (Match tag in Tag().Matches(source))
        {
            if (GraderVariable.TryParse(tag.Groups["inside"].Value) is not { } variable)
            {
                unknown = tag.Groups["inside"].Value;
                return null;
            }

            parts.Add((source[end..tag.Index], null));
            parts.Add(("", variable));
            end = tag.Index + tag.Length;
        }

        parts.Add((source[end..], null));
        return new GraderTemplate(source, parts);
    }

    /// <summary>The template's text for an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <exception cref="MissingVariableException">There is no such variable.</exception>
    /// <exception cref="PromptException">The text becomes too long.</exception>
    public string Render(GradedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return Render(variable =>
            answer.Find(variable) is { } value
                ? GradedAnswer.TextOf(value)
                : throw new MissingVariableException(variable.Text, !variable.IsOfItem)
        );
    }

    /// <summary>The template's text before there is an answer: what is not known is left out.</summary>
    /// <param name="row">The row with an empty answer.</param>
    public string RenderRow(GradedAnswer row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Render(variable => row.Find(variable) is { } value ? GradedAnswer.TextOf(value) : "");
    }

    private string Render(Func<GraderVariable, string> textOf)
    {
        var text = new StringBuilder(Source.Length);
        foreach (var (written, variable) in _parts)
        {
            text.Append(variable is null ? written : textOf(variable));
            if (text.Length > MaxCharacters)
            {
                throw new PromptException($"The grader's template yields more than {MaxCharacters} characters on this row.");
            }
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\{\{\s*(?<inside>.*?)\s*\}\}", RegexOptions.Singleline)]
    private static partial Regex Tag();
}

/// <summary>A row or an answer does not have what a grader's template names. The message names the variable, never a text.</summary>
public sealed class MissingVariableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="isOfAnswer">Whether it is the answer that lacks it, not the row.</param>
    public MissingVariableException(string variable, bool isOfAnswer)
        : base($"There is no {variable}.") => IsOfAnswer = isOfAnswer;

    /// <summary>Whether it is the answer that lacks it, not the row.</summary>
    public bool IsOfAnswer { get; }
}
