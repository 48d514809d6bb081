using System.Globalization;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.ToolCalls;

namespace FunctionsEval.Core.Tasks.ToolCalls;

/// <summary>A row whose reference is calls of tools, or a text in their place.</summary>
/// <param name="isLogged">Whether the references are those that a run logged, which are in their one form already.</param>
internal sealed class CallShape(bool isLogged) : SampleShape
{
    /// <inheritdoc/>
    public override bool TakesToolCalls => true;

    /// <inheritdoc/>
    internal override RowProblem? ReadReference(ReferenceTurn reference, out IReadOnlyList<string> references)
    {
        references = [];
        if (FindProblem(reference) is { } problem)
        {
            return problem;
        }

        references =
            reference.Calls.Count > 0 ? [CallTurn.Write(reference.Calls, reference.HasNamesOnly)]
            : reference.Texts.Count == 0 ? [CallTurn.Write([])]
            : [.. reference.Texts.Select(text => IsLogged(text) ? text : CallTurn.Write(text))];
        return null;
    }

    private bool IsLogged(string text) => isLogged && CallTurn.IsWritten(text);

    private RowProblem? FindProblem(ReferenceTurn reference)
    {
        if (reference.Calls.Count == 0 && reference.Texts.Any(text => !IsLogged(text) && WrittenCalls.AreIn(text)))
        {
            return new RowProblem(
                MalformedReasons.UnsupportedContent,
                $"The reference in {reference.Field} is a text that writes calls. Write them as tool_calls; where the model is to write them as text, use the task generation or extraction."
            );
        }

        if (reference.Calls.Count > CallTurn.MaxCalls)
        {
            return new RowProblem(
                MalformedReasons.UnsupportedContent,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The reference in {reference.Field} has {reference.Calls.Count:N0} calls; at most {CallTurn.MaxCalls} are compared."
                )
            );
        }

        foreach (var (i, call) in reference.Calls.Index())
        {
            if (!reference.HasNamesOnly && !TurnCall.TryReadArguments(call.Arguments, out _))
            {
                return new RowProblem(
                    MalformedReasons.WrongType,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The arguments of call {i + 1} of the reference in {reference.Field} must be the JSON of an object that has no name twice."
                    )
                );
            }
        }

        return null;
    }
}
