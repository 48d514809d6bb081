using CsCheck;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.ToolCalls;
using FunctionsEval.Core.Tasks.ToolCalls;

namespace FunctionsEval.Core.Tests.Metrics.ToolCalls;

public sealed class ToolCallPropertyTests
{
    private static readonly IReadOnlyList<Metric> All = MetricCatalog.Create(ToolCallsTask.Instance, [], new MetricSettings());

    [Fact]
    public void The_order_of_parallel_calls_changes_nothing() =>
        Gen.Select(ToolTurns.Turns, ToolTurns.Turns, Gen.Int)
            .Sample(
                (reference, answer, seed) =>
                {
                    var shuffled = answer.Calls.ToArray();
                    new Random(seed).Shuffle(shuffled);

                    Assert.Equal(Values(reference, answer), Values(reference, new ToolTurn(shuffled)));
                    Assert.Equal(answer.Written, new ToolTurn(shuffled).Written);
                }
            );

    [Fact]
    public void The_order_of_arguments_and_the_spelling_of_numbers_change_nothing()
    {
        var one = CallTurn.Write([new ToolCall("f", """{"a":1,"b":{"c":[1.50,2],"d":"x"}}""")]);
        var other = CallTurn.Write([new ToolCall("f", """ {"b": {"d":"\u0078", "c":[15e-1, 2.0]}, "a": 10E-1} """)]);

        Assert.Equal(one, other);
    }

    [Fact]
    public void Reference_and_answer_in_the_place_of_each_other_swap_precision_and_recall() =>
        Gen.Select(ToolTurns.Turns, ToolTurns.Turns)
            .Sample(
                (left, right) =>
                {
                    // Arguments that are no JSON agree with nothing, and a reference never has such.
                    if (left.Calls.Concat(right.Calls).Any(call => call.Arguments == "oops"))
                    {
                        return;
                    }

                    var (forward, backward) = (Values(left, right), Values(right, left));
                    foreach (var prefix in new[] { "call_", "argument_", "tool_names_", "tool_decision_" })
                    {
                        Assert.Equal(forward[$"{prefix}f1"], backward[$"{prefix}f1"], 12);
                        Assert.Equal(forward[$"{prefix}precision"], backward[$"{prefix}recall"], 12);
                    }
                }
            );

    [Fact]
    public void A_turn_is_as_good_as_itself() =>
        ToolTurns.Turns.Sample(turn =>
        {
            if (turn.Calls.Any(call => call.Arguments == "oops"))
            {
                return;
            }

            Assert.All(
                Values(turn, turn).Where(value => !value.Key.Contains("rate", StringComparison.Ordinal)),
                value => Assert.True(value.Value is 1 or double.NaN, value.Key)
            );
            Assert.True(CallTurn.AreEqual(turn.Written, turn.Written));
        });

    [Fact]
    public void Every_number_is_undefined_or_between_0_and_1() =>
        Gen.Select(ToolTurns.Turns, ToolTurns.Turns)
            .Sample(
                (left, right) => Assert.All(Values(left, right).Values, value => Assert.True(double.IsNaN(value) || value is >= 0 and <= 1))
            );

    private static Dictionary<string, double> Values(ToolTurn reference, ToolTurn answer) =>
        MetricScore.ValuesOf(MetricScore.Report(All, [ToolTurns.Sample(reference.Written, answer.Written, ToolTurns.Check(answer.Calls))]));
}
