namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>A choice letter, A for the first label: <c>B</c>, <c>B)</c>, <c>B.</c> or <c>(B)</c>.</summary>
internal sealed class ChoiceMethod(AnswerLabels labels) : AnswerMethod
{
    public override LabelSpellings Spellings { get; } =
        new(
            labels.All.Index().ToDictionary(label => Letter(label.Index), label => label.Item, StringComparer.Ordinal),
            labels.Comparison,
            $"({labels.OpeningQuotes}"
        );

    public override ParseResult Read(string text)
    {
        var answer = labels.Unquote(text.AsSpan().Trim());
        var letter = answer switch
        {
            [_] or [_, ')'] or [_, '.'] => answer[0],
            ['(', _, ')'] => answer[1],
            _ => '\0',
        };
        if (labels.IgnoreCase && char.IsAsciiLetterLower(letter))
        {
            letter = char.ToUpperInvariant(letter);
        }

        var index = letter - 'A';
        return char.IsAsciiLetterUpper(letter) && index < labels.All.Count
            ? new Parsed(labels.All[index])
            : new Unparsable(UnparsableReasons.NotAChoice);
    }

    public override string? ReadLeniently(string text) =>
        LenientReading.OnlyChoice(text, labels.All.Count) is { } letter ? labels.All[letter - 'A'] : null;

    public override string Write(string label) => Letter(labels.All.Index().First(item => item.Item == label).Index);

    private static string Letter(int index) => ((char)('A' + index)).ToString();
}
