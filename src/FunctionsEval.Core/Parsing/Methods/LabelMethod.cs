namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>The whole answer, without white space and quotes around it.</summary>
internal sealed class LabelMethod(AnswerLabels labels) : AnswerMethod
{
    public override LabelSpellings Spellings { get; } = new(labels.Spellings, labels.Comparison, labels.OpeningQuotes);

    public override ParseResult Read(string text) => labels.Close(labels.Unquote(text.AsSpan().Trim()).ToString());

    public override string? ReadLeniently(string text) => labels.CloseLeniently(text);
}
