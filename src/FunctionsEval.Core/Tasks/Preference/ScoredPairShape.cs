using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.Preference;

/// <summary>A row with two answers, which become two choices: the preferred one, which is right, and the other.</summary>
internal sealed class ScoredPairShape : SampleShape
{
    public override IReadOnlyList<string> ReferenceNames => OtherOutput.ReferenceNames;

    internal override RowProblem? Read(SampleReader reader, RowFields fields, out SampleParts parts)
    {
        if (base.Read(reader, fields, out parts) is { } problem)
        {
            return problem;
        }

        if (parts.Messages.Any(turn => !turn.IsText))
        {
            return new RowProblem(
                MalformedReasons.UnsupportedContent,
                "The conversation has images or calls of tools, beside which answers cannot be scored; use the task preference."
            );
        }

        if (OtherOutput.Read(fields, parts.Messages, out var name, out var other) is { } otherProblem)
        {
            return otherProblem;
        }

        if (other == parts.References[0])
        {
            return new RowProblem(
                MalformedReasons.Ambiguous,
                $"{name} is the same text as the preferred one: neither can be more probable."
            );
        }

        parts = parts with { References = [parts.References[0]], Choices = [parts.References[0], other], GoldChoices = [0], Tools = null };
        return null;
    }

    internal override RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name) =>
        references is [{ Length: > 0 }] ? null
        : references.Count > 1
            ? new RowProblem(MalformedReasons.Ambiguous, $"{name} has {references.Count} texts. A pair has one preferred answer.")
        : new RowProblem(MalformedReasons.MissingReference, $"{name} is empty: there is no text to score.");
}
