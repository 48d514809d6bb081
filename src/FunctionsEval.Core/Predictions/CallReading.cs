using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.ToolCalls;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Predictions;

/// <summary>Reads an answer that calls tools, or a text in their place, into a row. Runs and offline scores both use it.</summary>
public static class CallReading
{
    /// <summary>The reason of an answer that has more calls than are compared.</summary>
    private const string TooManyCalls = "too_many_tool_calls";

    /// <summary>The row of an answered sample.</summary>
    /// <param name="row">The row, with its references.</param>
    /// <param name="answer">What the model wrote; beside calls it is kept and not compared.</param>
    /// <param name="calls">The tools that it calls; empty for none.</param>
    /// <param name="insteadOfText">What the model gave in the place of a text (<see cref="Completion.InsteadOfText"/>).</param>
    public static EvaluatedSample Read(
        EvaluatedSample row,
        ModelText answer,
        IReadOnlyList<AnsweredCall> calls,
        string? insteadOfText = null
    )
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(calls);
        row = row with { Text = answer.Answer, Reasoning = answer.Reasoning, ToolCalls = calls };
        var reason =
            calls.Count > CallTurn.MaxCalls ? TooManyCalls
            : calls.Count > 0 ? null
            : insteadOfText
                ?? (answer.IsReasoningOnly ? UnparsableReasons.ReasoningOnly : null)
                ?? (string.IsNullOrWhiteSpace(answer.Answer) ? UnparsableReasons.Empty : null);
        return reason is not null
            ? row with
            {
                Outcome = Outcome.Unparsable,
                Reason = reason,
            }
            : row with
            {
                Prediction =
                    calls.Count > 0
                        ? CallTurn.Write(calls.Select(call => new ToolCall(call.Name, call.Arguments)))
                        : CallTurn.Write(answer.Answer),
            };
    }
}
