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

    /// <summary>Whether a reference may be calls of tools. Default false: a row whose reference is a call is malformed.</summary>
    public virtual bool TakesToolCalls => false;

    /// <summary>Whether an empty list of references is a reference, such as a set of no labels. Default false.</summary>
    public virtual bool TakesEmptyLists => false;

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

        if (reader.ReadTools(fields, isChat: turns is not null, out var tools) is { } toolProblem)
        {
            return toolProblem;
        }

        parts = new SampleParts
        {
            Messages = turns is null ? [] : [.. turns.Select(turn => turn.Message)],
            Input = input,
            References = references,
            Tools = tools,
        };
        return null;
    }

    /// <summary>
    /// Reads the value of a reference field that has a form of the task's own. Default: null, which leaves it to the forms of all tasks.
    /// </summary>
    /// <param name="name">The field.</param>
    /// <param name="value">Its value.</param>
    internal virtual ReferenceTurn? ReadValue(string name, JsonElement value) => null;

    /// <summary>
    /// Puts what the row expects into the texts that answers are compared with. Default: its texts; a row that expects calls is malformed.
    /// </summary>
    /// <param name="reference">What the row expects.</param>
    /// <param name="references">The texts, the first one being the canonical; empty only for an empty list of texts.</param>
    internal virtual RowProblem? ReadReference(ReferenceTurn reference, out IReadOnlyList<string> references)
    {
        references = reference.Texts;
        return reference.Calls.Count == 0
            ? null
            : new RowProblem(
                MalformedReasons.UnsupportedContent,
                $"The reference in {reference.Field} calls tools. Use the task tool_calls for such rows."
            );
    }

    /// <summary>Checks references, and puts them into the form in which answers are compared with them.</summary>
    /// <param name="references">The references, at least one unless <see cref="TakesEmptyLists"/>.</param>
    /// <param name="name">The field they are in.</param>
    internal virtual RowProblem? CheckReferences(ref IReadOnlyList<string> references, string name) => null;
}
