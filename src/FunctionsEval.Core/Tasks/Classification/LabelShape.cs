using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.Classification;

/// <summary>A row whose reference is one label.</summary>
/// <param name="labels">The labels that it must be one of; empty for any.</param>
internal sealed class LabelShape(IEnumerable<string> labels) : SampleShape
{
    private readonly HashSet<string> _labels = [.. labels];

    public override IReadOnlySet<string> Labels => _labels;

    internal override RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name)
    {
        if (references.Count > 1)
        {
            return new RowProblem(
                MalformedReasons.SeveralReferences,
                $"{name} has {references.Count} references; classification takes exactly one label."
            );
        }

        // Completion-style rows put a space before the label by convention.
        var label = references[0].Trim();
        if (label.Length == 0)
        {
            return new RowProblem(MalformedReasons.MissingReference, $"{name} is empty.");
        }

        if (_labels.Count > 0 && !_labels.Contains(label))
        {
            return new RowProblem(MalformedReasons.UnknownLabel, $"The reference in {name} is not among the spec's labels.");
        }

        references = [label];
        return null;
    }
}
