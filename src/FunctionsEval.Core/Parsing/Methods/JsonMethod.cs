using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Parsing.Methods;

/// <summary>The one JSON value that the answer consists of, in its canonical form.</summary>
internal sealed class JsonMethod(AnswerLabels labels) : AnswerMethod
{
    public override LabelSpellings Spellings { get; } = new(labels.Spellings, labels.Comparison, "");

    public override ParseResult Read(string text) =>
        CanonicalJson.TryRead(text, out var canonical) ? new Parsed(canonical) : new Unparsable(UnparsableReasons.NotJson);

    /// <summary>The one object or list that is JSON, whatever stands around it.</summary>
    public override string? ReadLeniently(string text)
    {
        string? only = null;
        foreach (var piece in LenientReading.JsonValues(text))
        {
            if (CanonicalJson.TryRead(piece, out var canonical))
            {
                if (only is not null && only != canonical)
                {
                    return null;
                }

                only = canonical;
            }
        }

        return only;
    }

    public override int? LabelStart(string text) => null;

    public override string? ReadPrediction(string prediction) => CanonicalJson.TryRead(prediction, out var canonical) ? canonical : null;

    public override string NormalizeReference(string reference) =>
        CanonicalJson.TryRead(reference, out var canonical) ? canonical : reference;
}
