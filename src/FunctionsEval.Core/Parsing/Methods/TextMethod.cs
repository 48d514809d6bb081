namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>The text as it is.</summary>
internal sealed class TextMethod(AnswerLabels labels) : AnswerMethod
{
    public override bool TakesWhiteSpace => true;

    public override LabelSpellings Spellings { get; } = new(labels.Spellings, labels.Comparison, labels.OpeningQuotes);

    public override ParseResult Read(string text) => labels.IsClosed ? labels.Close(text) : new Parsed(text);

    public override string? ReadLeniently(string text) => labels.CloseLeniently(text);
}
