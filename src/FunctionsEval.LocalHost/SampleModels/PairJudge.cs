using System.Text.RegularExpressions;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// A judge of two answers that really compares them: the better one takes up more of the conversation's longer words. It leans a little
/// to the answer that it reads first, as judges do. It reads the default rubric of the metric <c>pairwise</c>.
/// </summary>
internal sealed partial class PairJudge : ISampleModel
{
    private const int MinWordLength = 4;

    /// <summary>What the first place is worth, in shares of the conversation's words.</summary>
    private const double FirstPlace = 0.05;

    /// <summary>Answers whose worth differs by less are equally good.</summary>
    private const double Margin = 0.02;

    public string Id => "pair-judge";

    public IEnumerable<SampleToken> Generate(string prompt, GenerationSettings settings) => [new SampleToken(Judge(prompt), null, [])];

    public IReadOnlyList<SampleToken>? Score(string text, int topCount) => null;

    private static string Judge(string prompt)
    {
        if (Rubric().Match(prompt) is not { Success: true } parts)
        {
            return "I see no two answers.";
        }

        var asked = WordsOf(parts.Groups["conversation"].Value);
        var difference = Worth(parts.Groups["first"].Value, asked) + FirstPlace - Worth(parts.Groups["second"].Value, asked);
        var label =
            Math.Abs(difference) < Margin ? "tie"
            : difference > 0 ? "A"
            : "B";
        return $$"""{"label": "{{label}}"}""";
    }

    /// <summary>The share of the conversation's words that an answer takes up.</summary>
    private static double Worth(string answer, HashSet<string> asked) =>
        asked.Count == 0 ? 0 : (double)WordsOf(answer).Count(asked.Contains) / asked.Count;

    private static HashSet<string> WordsOf(string text) => [.. TextTokenizer.Words(text).Where(word => word.Length >= MinWordLength)];

    [GeneratedRegex(
        @"\nConversation:\n(?<conversation>.*)\n\nAnswer A:\n(?<first>.*)\n\nAnswer B:\n(?<second>.*)\n\nReply with",
        RegexOptions.Singleline | RegexOptions.NonBacktracking
    )]
    private static partial Regex Rubric();
}
