using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>A shape that takes calls, and keeps the last reference.</summary>
internal sealed class CallShape : SampleShape
{
    public ReferenceTurn? Last { get; private set; }

    public override bool TakesToolCalls => true;

    internal override RowProblem? ReadReference(ReferenceTurn reference, out IReadOnlyList<string> references)
    {
        Last = reference;
        references = ["reference"];
        return null;
    }
}
