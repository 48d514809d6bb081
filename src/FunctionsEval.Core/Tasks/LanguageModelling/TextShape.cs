using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.LanguageModelling;

/// <summary>A row that is a text to be scored: the reference, and no input.</summary>
internal sealed class TextShape : SampleShape
{
    public override IReadOnlyList<string> ReferenceNames { get; } = ["text", .. SampleReader.ReferenceNames];

    public override bool HasInput => false;

    internal override RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name) =>
        references[0].Length == 0
            ? new RowProblem(MalformedReasons.MissingReference, $"{name} is empty: there is no text to score.")
            : null;
}
