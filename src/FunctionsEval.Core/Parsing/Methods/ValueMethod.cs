using FunctionsEval.Core.Parsing.Values;

namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>What another method cuts out of an answer, read as a value.</summary>
/// <param name="inner">Cuts the text out of the answer.</param>
/// <param name="value">Reads the text.</param>
internal sealed class ValueMethod(AnswerMethod inner, AnswerValue value) : AnswerMethod
{
    public override LabelSpellings Spellings => inner.Spellings;

    public override ParseResult Read(string text)
    {
        var cut = inner.Read(text);
        return cut is Parsed parsed ? value.Read(parsed.Value) : cut;
    }

    public override string? ReadLeniently(string text) => inner.ReadLeniently(text) is { } found ? value.ReadLeniently(found) : null;

    public override int? LabelStart(string text) => inner.LabelStart(text);

    public override string? ReadPrediction(string prediction) => value.ReadCanonical(prediction);
}
