using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.ToolCalls;

namespace FunctionsEval.Core.Tests.Metrics.ToolCalls;

public sealed class CallTurnTests
{
    [Fact]
    public void Calls_are_written_in_one_form() =>
        Assert.Equal(
            """[{"arguments":"oops","name":"a"},{"arguments":{"x":1,"y":"é"},"name":"b"},{"arguments":{},"name":"c"}]""",
            CallTurn.Write([new ToolCall("c", " "), new ToolCall("b", """{"y":"é","x":1.0}"""), new ToolCall("a", "oops")])
        );

    [Theory]
    [InlineData("plain text", 0)]
    [InlineData("", 0)]
    [InlineData("\"[{\\\"name\\\":\\\"f\\\"}]\"", 0)]
    [InlineData("[1,2]", 0)]
    [InlineData("[{\"name\":1}]", 0)]
    [InlineData("[{\"name\":\"f\",\"arguments\":3}]", 0)]
    [InlineData("[{\"name\":\"f\"}", 0)]
    [InlineData("[]", 0)]
    [InlineData("[{\"name\":\"f\"}]", 1)]
    public void A_turn_in_another_form_is_a_text(string turn, int calls) => Assert.Equal(calls, CallTurn.Parse(turn).Calls.Count);

    [Fact]
    public void Calls_whose_arguments_are_as_deep_as_may_be_are_calls()
    {
        var list = new string('[', 63) + new string(']', 63);
        var turn = CallTurn.Write([new ToolCall("f", $$"""{"a":{{list}}}""")]);

        Assert.True(CallTurn.IsWritten(turn));
        Assert.True(Assert.Single(CallTurn.Parse(turn).Calls).IsJson);
    }

    [Fact]
    public void A_turn_of_too_many_calls_is_not_compared()
    {
        var turn = CallTurn.Write(Enumerable.Repeat(new ToolCall("f", "{}"), CallTurn.MaxCalls + 1));

        Assert.Empty(CallTurn.Parse(turn).Calls);
        Assert.False(CallTurn.IsWritten(turn));
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("[1]")]
    [InlineData("{\"a\":\"\\ud83d\"}")]
    [InlineData("{\"a\":NaN}")]
    public void Arguments_that_are_no_object_that_can_be_compared_are_none(string arguments) =>
        Assert.False(TurnCall.TryReadArguments(arguments, out _));

    [Fact]
    public void Names_alone_are_equal_to_calls_of_these_functions()
    {
        var names = ToolTurns.Names("b", "a");

        Assert.True(CallTurn.AreEqual(names, ToolTurns.Calls(("a", """{"x":1}"""), ("b", "{}"))));
        Assert.False(CallTurn.AreEqual(names, ToolTurns.Calls(("a", "{}"))));
        Assert.False(CallTurn.AreEqual(CallTurn.Write("Hi."), ToolTurns.Calls(("a", "{}"))));
        Assert.True(CallTurn.AreEqual(CallTurn.Write("Hi."), CallTurn.Write("Ho.")));
    }

    [Theory]
    [InlineData("""{"x":1,"y":null}""", """{"x":1.0}""", true)]
    [InlineData("""{"x":{"y":null}}""", "{}", true)]
    [InlineData("""{"x":1}""", """{"x":"1"}""", false)]
    [InlineData("{}", "no JSON", false)]
    public void Calls_are_equal_where_the_metric_finds_them_equal(string expected, string given, bool isEqual)
    {
        Assert.Equal(isEqual, CallTurn.AreEqual(ToolTurns.Calls(("a", expected)), ToolTurns.Calls(("a", given))));
        Assert.Equal(isEqual, CallTurn.AreEqual(ToolTurns.Calls(("a", given)), ToolTurns.Calls(("a", expected))));
    }
}
