using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>Samples with the answers to them, one below the other.</summary>
internal sealed record SampleCards(IReadOnlyList<SampleCard> Items) : ReportBlock
{
    public override string Template => "sample_cards";
}

/// <summary>A sample.</summary>
/// <param name="Name">Which one it is.</param>
/// <param name="Note">What is said about it; null for nothing.</param>
/// <param name="Parts">Its texts.</param>
internal sealed record SampleCard(string Name, string? Note, IReadOnlyList<SamplePart> Parts);

/// <summary>A text of a sample.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Text">The text.</param>
/// <param name="CssClass">The class that says whether it is right; null for none.</param>
/// <param name="Sign">A character that says the same; null for none.</param>
/// <param name="Word">A word that says the same; null for none.</param>
internal sealed record SamplePart(string Name, FoldedText Text, string? CssClass = null, string? Sign = null, string? Word = null);

/// <summary>A text of which only the beginning is seen at first where it is long.</summary>
/// <param name="Beginning">What is always seen: the whole text, or its beginning.</param>
/// <param name="Whole">The text; null where its beginning is all of it.</param>
internal sealed record FoldedText(string Beginning, string? Whole)
{
    /// <summary>UTF-16 units that are always seen.</summary>
    public const int MaxBeginning = 240;

    /// <summary>UTF-16 units of a text that the page holds; <c>samples.jsonl</c> has the rest.</summary>
    public const int MaxLength = 1_000;

    /// <summary>The text, folded where it is long.</summary>
    public static FoldedText From(string? text) =>
        text is null ? new FoldedText(Cell.None, null)
        : text.Length <= MaxBeginning ? new FoldedText(text, null)
        : new FoldedText(
            Cut(text, MaxBeginning),
            text.Length <= MaxLength ? text : $"{Cut(text, MaxLength)} [{text.Length - MaxLength:N0} more characters in samples.jsonl]"
        );

    /// <summary>The beginning of a text: no character is cut in half.</summary>
    public static string Cut(string text, int length) => text.Length <= length ? text : text[..WholeText.LengthOf(text, length)] + "…";
}
