using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Tasks.Preference;

/// <summary>
/// A row whose reference is the preferred one of two answers. The other one may be absent; where the row has it, it must be an answer to
/// the same conversation.
/// </summary>
internal sealed class PairShape : SampleShape
{
    public override IReadOnlyList<string> ReferenceNames => OtherOutput.ReferenceNames;

    internal override RowProblem? Read(SampleReader reader, RowFields fields, out SampleParts parts) =>
        base.Read(reader, fields, out parts) ?? (OtherOutput.IsIn(fields) ? OtherOutput.Read(fields, parts.Messages, out _, out _) : null);
}
