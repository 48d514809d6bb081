using System.Text.RegularExpressions;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// Splits a paragraph after a full stop, question mark or exclamation mark (and closing quotes or brackets) that is followed by white space
/// and something that can begin a sentence: an upper-case letter, a digit or an opening quote. Abbreviations such as “Dr. Brown” are split
/// wrongly; the sample texts have none.
/// </summary>
internal static partial class SentenceSplitter
{
    public static IReadOnlyList<string> Split(string paragraph) =>
        [.. Boundary().Split(paragraph).Select(sentence => sentence.Trim()).Where(sentence => sentence.Length > 0)];

    [GeneratedRegex(@"(?<=[.!?][""”’)]*)\s+(?=[\p{Lu}\p{N}""“‘(])")]
    private static partial Regex Boundary();
}
