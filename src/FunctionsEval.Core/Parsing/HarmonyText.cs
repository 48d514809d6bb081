using System.Text;
using System.Text.RegularExpressions;

namespace FunctionsEval.Core.Parsing;

/// <summary>
/// Parses a text in OpenAI's harmony format, which gpt-oss writes and some servers pass on unchanged: messages on named channels, of which
/// <c>final</c> is the answer. Source: OpenAI, "OpenAI Harmony Response Format", cookbook, 2025.
/// </summary>
internal static partial class HarmonyText
{
    private const string Final = "final";

    /// <summary>Whether a text looks like this format.</summary>
    public static bool IsIn(string text) =>
        text.Contains("<|channel|>", StringComparison.Ordinal) || text.Contains("assistantfinal", StringComparison.Ordinal);

    /// <summary>Separates a text; null when it is not in this format.</summary>
    /// <param name="text">The text as the model gave it.</param>
    public static ModelText? TrySeparate(string text)
    {
        if (!text.Contains("<|channel|>", StringComparison.Ordinal))
        {
            return WithoutSpecialTokens().Match(text) is { Success: true } plain
                ? new ModelText(plain.Groups["answer"].Value.Trim(), plain.Groups["reasoning"].Value.Trim())
                : null;
        }

        var headers = Header().Matches(text);
        if (headers.Count == 0)
        {
            return null;
        }

        var (answer, reasoning) = (new StringBuilder(), new StringBuilder());
        // A message whose header was in the prompt.
        Append(reasoning, text[..headers[0].Index]);
        for (var i = 0; i < headers.Count; i++)
        {
            var start = headers[i].Index + headers[i].Length;
            var end = i + 1 < headers.Count ? headers[i + 1].Index : text.Length;
            Append(headers[i].Groups["channel"].Value == Final ? answer : reasoning, text[start..end]);
        }

        return new ModelText(answer.ToString(), reasoning.Length > 0 ? reasoning.ToString() : null);
    }

    private static void Append(StringBuilder to, string message)
    {
        var content = End().Match(message) is { Success: true } end ? message[..end.Index] : message;
        if (!string.IsNullOrWhiteSpace(content))
        {
            to.Append(to.Length > 0 ? "\n" : "").Append(content.Trim());
        }
    }

    // <|start|>assistant<|channel|>final <|constrain|>json<|message|>; no part of it is tried at more than one length.
    [GeneratedRegex(
        @"(?:<\|start\|>[^<]{0,100})?<\|channel\|>\s*(?<channel>(?>[A-Za-z]{1,40}))(?:\z|(?>[^<]{0,200})(?:<\|constrain\|>[^<]{0,100})?<\|message\|>)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Header();

    [GeneratedRegex(@"<\|(?:end|return|call|start)\|>", RegexOptions.CultureInvariant)]
    private static partial Regex End();

    // What is left where a server leaves the special tokens out: analysis…assistantfinal…
    [GeneratedRegex(
        @"\A\s*analysis(?<reasoning>.*?)assistantfinal(?<answer>.*)\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex WithoutSpecialTokens();
}
