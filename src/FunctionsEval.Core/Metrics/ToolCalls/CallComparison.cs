using System.Text.Json;
using FunctionsEval.Core.Metrics.Fields;
using FunctionsEval.Core.Metrics.Pairing;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>
/// What a reference and an answer have in common. Calls of one function are assigned to each other so that as many as possible are equal,
/// and next, as many of their arguments as possible; the order of calls does not matter.
/// </summary>
/// <param name="Calls">Calls, those that are equal as matched.</param>
/// <param name="Arguments">Arguments, those of assigned calls that agree as matched.</param>
internal readonly record struct CallComparison(UnitCounts Calls, UnitCounts Arguments)
{
    /// <summary>More than all arguments of a turn, so that a call that is equal outweighs them.</summary>
    private const long OfEqualCall = 1L << 32;

    /// <summary>Whether the turns are equal.</summary>
    public bool IsMatch => Calls.Matched == Calls.Expected && Calls.Matched == Calls.Given;

    /// <summary>Compares two turns whose arguments are known.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="rules">How arguments are compared.</param>
    public static CallComparison Compare(CallTurn reference, CallTurn answer, FieldRules rules)
    {
        var (calls, arguments) = (0, default(UnitCounts));
        var given = answer.Calls.ToLookup(call => call.Name, StringComparer.Ordinal);
        foreach (var function in reference.Calls.GroupBy(call => call.Name, StringComparer.Ordinal))
        {
            var (equal, counts) = CompareFunction([.. function], [.. given[function.Key]], rules);
            (calls, arguments) = (calls + equal, arguments + counts);
        }

        var expected = reference.Calls.Select(call => call.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var call in answer.Calls.Where(call => !expected.Contains(call.Name)))
        {
            arguments += rules.Count(default, ArgumentsOf(call));
        }

        return new CallComparison(new UnitCounts(calls, reference.Calls.Count, answer.Calls.Count), arguments);
    }

    private static (int Equal, UnitCounts Arguments) CompareFunction(TurnCall[] expected, TurnCall[] given, FieldRules rules)
    {
        var counts = new UnitCounts[expected.Length, given.Length];
        var weights = new long[expected.Length, given.Length];
        for (var row = 0; row < expected.Length; row++)
        {
            for (var column = 0; column < given.Length; column++)
            {
                counts[row, column] = rules.Count(ArgumentsOf(expected[row]), ArgumentsOf(given[column]));
                weights[row, column] =
                    counts[row, column].Matched + (AreEqual(expected[row], given[column], counts[row, column]) ? OfEqualCall : 0);
            }
        }

        var columns = BestAssignment.Find(weights);
        var (equal, arguments) = (0, default(UnitCounts));
        for (var row = 0; row < expected.Length; row++)
        {
            var column = columns[row];
            arguments += column < 0 ? rules.Count(ArgumentsOf(expected[row]), default) : counts[row, column];
            equal += column >= 0 && weights[row, column] >= OfEqualCall ? 1 : 0;
        }

        foreach (var column in Enumerable.Range(0, given.Length).Except(columns))
        {
            arguments += rules.Count(default, ArgumentsOf(given[column]));
        }

        return (equal, arguments);
    }

    /// <summary>Whether all arguments agree. Arguments that are no JSON agree with none, not even with no arguments.</summary>
    private static bool AreEqual(TurnCall expected, TurnCall given, UnitCounts counts) =>
        expected.IsJson && given.IsJson && counts.Matched == counts.Expected && counts.Matched == counts.Given;

    /// <summary>The arguments as an object; undefined for arguments that are none.</summary>
    private static JsonElement ArgumentsOf(TurnCall call) => call.IsJson ? call.Arguments : default;
}
