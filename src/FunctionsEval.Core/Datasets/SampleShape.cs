using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>
/// What a row must have to be a sample. This one has an input and one or more references; a task whose rows have something else derives
/// its own.
/// </summary>
public class SampleShape
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    internal SampleShape() { }

    /// <summary>Fields looked up for the reference, in this order, when <see cref="ColumnSpec.Reference"/> names none.</summary>
    public virtual IReadOnlyList<string> ReferenceNames => SampleReader.ReferenceNames;

    /// <summary>Whether a sample has an input beside its reference. Default true.</summary>
    public virtual bool HasInput => true;

    /// <summary>The labels that a reference must be one of; empty for any reference.</summary>
    public virtual IReadOnlySet<string> Labels => None;

    /// <summary>Reads what the task makes a sample of.</summary>
    /// <param name="reader">Finds parts in the row.</param>
    /// <param name="fields">The row.</param>
    /// <param name="parts">The parts; empty ones when there is a problem.</param>
    /// <returns>Why the row is no sample; null when it is one.</returns>
    internal virtual RowProblem? Read(SampleReader reader, RowFields fields, out SampleParts parts)
    {
        parts = new SampleParts();
        if (reader.ReadReferences(fields, out var turns, out var references) is { } referenceProblem)
        {
            return referenceProblem;
        }

        if (!HasInput)
        {
            parts = new SampleParts { References = references };
            return null;
        }

        if (reader.ReadInput(fields, ref turns, out var input) is { } inputProblem)
        {
            return inputProblem;
        }

        parts = new SampleParts
        {
            Messages = turns is null ? [] : [.. turns.Select(turn => turn.Message)],
            Input = input,
            References = references,
        };
        return null;
    }

    /// <summary>Reads the references of a field. Default: a text, or a list of texts of which any will do.</summary>
    /// <param name="fields">The row.</param>
    /// <param name="name">The field.</param>
    /// <param name="value">Its value.</param>
    /// <param name="references">The references; empty where there is a problem, or none.</param>
    internal virtual RowProblem? ReadReference(RowFields fields, string name, JsonElement value, out IReadOnlyList<string> references) =>
        ReferenceReader.Read(fields, name, value, out references);

    /// <summary>Checks references, and puts them into the form in which answers are compared with them.</summary>
    /// <param name="references">The references, at least one.</param>
    /// <param name="name">The field they are in.</param>
    internal virtual RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name) => null;
}
