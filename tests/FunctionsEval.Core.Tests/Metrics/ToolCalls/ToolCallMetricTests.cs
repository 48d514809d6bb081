using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.ToolCalls;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Tasks.ToolCalls;

namespace FunctionsEval.Core.Tests.Metrics.ToolCalls;

/// <summary>Values by hand.</summary>
public sealed class ToolCallMetricTests
{
    private static readonly string Oslo = ToolTurns.Calls(("get_weather", """{"city":"Oslo","days":3}"""));

    [Theory]
    [InlineData("""{"days":3,"city":"Oslo"}""", 1)]
    [InlineData("""{"days":3.0,"city":"Oslo"}""", 1)]
    [InlineData("""{"days":3,"city":"Oslo","unit":null}""", 1)]
    [InlineData("""{"days":"3","city":"Oslo"}""", 0.5)]
    [InlineData("""{"days":3,"city":"oslo"}""", 0.5)]
    [InlineData("""{"days":3,"city":"Oslo","unit":"C"}""", 0.8)]
    [InlineData("""{"city":"Oslo"}""", 2.0 / 3)]
    [InlineData("not json", 0)]
    [InlineData("{}", 0)]
    public void Arguments_are_compared_by_value_and_type(string arguments, double f1)
    {
        var values = Values("tool_calls", (Oslo, ToolTurns.Calls(("get_weather", arguments))));

        Assert.Equal(f1, values["argument_f1"], 12);
        Assert.Equal(f1 == 1 ? 1 : 0, values["turn_match"]);
        Assert.Equal(f1 == 1 ? 1 : 0, values["call_f1"]);
    }

    [Fact]
    public void Parallel_calls_of_one_function_are_assigned_to_those_that_they_equal()
    {
        var reference = ToolTurns.Calls(("f", """{"a":1,"b":1}"""), ("f", """{"a":2,"b":2}"""), ("g", "{}"));
        var answer = ToolTurns.Calls(("f", """{"a":2,"b":2}"""), ("f", """{"a":1,"b":2}"""), ("h", """{"c":1}"""));

        var values = Values("tool_calls", (reference, answer));

        // One of three calls; arguments: 2 + 1 of 4 expected and 5 given.
        Assert.Equal(0, values["turn_match"]);
        Assert.Equal(1.0 / 3, values["call_precision"], 12);
        Assert.Equal(1.0 / 3, values["call_recall"], 12);
        Assert.Equal(3.0 / 5, values["argument_precision"], 12);
        Assert.Equal(3.0 / 4, values["argument_recall"], 12);
    }

    [Fact]
    public void A_call_that_is_equal_outweighs_arguments_that_agree_elsewhere()
    {
        // Only one pair is equal; taking the other assignment would have more arguments agree.
        var reference = ToolTurns.Calls(("f", "{}"), ("f", """{"a":1,"b":1,"c":1}"""));
        var answer = ToolTurns.Calls(("f", "{}"), ("f", """{"a":9}"""));

        Assert.Equal(0.5, Values("tool_calls", (reference, answer))["call_f1"], 12);
    }

    [Fact]
    public void An_argument_is_compared_as_the_spec_says()
    {
        var metric = Samples.Create(
            ToolCallsTask.Instance,
            "tool_calls",
            ("arguments", new { city = "text", when = new { compare = "number", absolute = 0.5 } })
        );

        var values = Samples.Values(
            metric,
            ToolTurns.Sample(
                ToolTurns.Calls(("f", """{"city":"New York","when":1,"x":"A"}""")),
                ToolTurns.Calls(("f", """{"city":"new york","when":1.4,"x":"A"}"""))
            )
        );

        Assert.Equal(1, values["turn_match"]);
        Assert.Contains("city", metric.Signature, StringComparison.Ordinal);
    }

    [Fact]
    public void A_turn_without_calls_is_right_whatever_its_text()
    {
        var values = Values("tool_calls", (CallTurn.Write("Which city?"), CallTurn.Write("Where do you live?")));

        Assert.Equal(1, values["turn_match"]);
        Assert.Equal(double.NaN, values["call_f1"]);
        Assert.Equal(double.NaN, values["argument_precision"]);
    }

    [Fact]
    public void An_answer_that_is_neither_call_nor_text_is_wrong_everywhere()
    {
        (string, string?)[] turns = [(CallTurn.Write("Which city?"), null), (Oslo, null)];

        Assert.Equal(0, Values("tool_calls", turns)["turn_match"]);
        Assert.Equal(0, Values("tool_names", turns)["tool_names_match"]);
        Assert.Equal(0, Values("tool_decision", turns)["tool_decision_accuracy"]);
        Assert.Equal(0, Values("tool_decision", turns)["tool_decision_recall"]);
    }

    [Fact]
    public void Names_alone_are_scored_as_names_and_in_no_number_of_arguments()
    {
        var metrics = MetricCatalog.Create(ToolCallsTask.Instance, [], new MetricSettings());
        var report = MetricScore.Report(
            metrics,
            [ToolTurns.Sample(ToolTurns.Names("a", "b"), ToolTurns.Calls(("b", """{"x":1}"""), ("a", "{}"))), ToolTurns.Sample(Oslo, Oslo)]
        );

        var samples = report.Results.ToDictionary(result => result.Definition.Name, result => result.Samples);
        Assert.Equal(1, samples["turn_match"]);
        Assert.Equal(1, samples["argument_f1"]);
        Assert.Equal(2, samples["tool_names_match"]);
        Assert.Equal(1, MetricScore.ValuesOf(report)["tool_names_match"]);
    }

    [Fact]
    public void Names_are_compared_as_multisets_and_by_function()
    {
        var metric = Samples.Create(ToolCallsTask.Instance, "tool_names", ("functions", new[] { "a", "b", "never" }));

        var values = Samples.Values(
            metric,
            ToolTurns.Sample(ToolTurns.Calls(("a", "{}"), ("a", "{}"), ("b", "{}")), ToolTurns.Calls(("a", "{}"), ("c", "{}"))),
            ToolTurns.Sample(ToolTurns.Calls(("b", "{}")), ToolTurns.Calls(("b", "{}")))
        );

        // a once and b once of four expected and three given.
        Assert.Equal(0.5, values["tool_names_match"]);
        Assert.Equal(2.0 / 3, values["tool_names_precision"], 12);
        Assert.Equal(2.0 / 4, values["tool_names_recall"], 12);
        Assert.Equal(4.0 / 7, values["tool_names_f1"], 12);
        Assert.Equal(1, values["tool_names_precision[a]"]);
        Assert.Equal(0.5, values["tool_names_recall[a]"]);
        Assert.Equal(0.5, values["tool_names_recall[b]"]);
        Assert.Equal(double.NaN, values["tool_names_f1[never]"]);
    }

    [Fact]
    public void The_decision_to_call_has_a_matrix()
    {
        var metric = Samples.Create(ToolCallsTask.Instance, "tool_decision");
        var text = CallTurn.Write("Hello.");
        MetricSample[] samples =
        [
            ToolTurns.Sample(Oslo, Oslo),
            ToolTurns.Sample(Oslo, ToolTurns.Calls(("other", "oops"))),
            ToolTurns.Sample(Oslo, text),
            ToolTurns.Sample(Oslo, null),
            ToolTurns.Sample(text, text),
            ToolTurns.Sample(text, Oslo),
        ];

        var report = MetricScore.Report([metric], samples);

        var values = MetricScore.ValuesOf(report);
        Assert.Equal(3.0 / 6, values["tool_decision_accuracy"], 12);
        Assert.Equal(2.0 / 3, values["tool_decision_precision"], 12);
        Assert.Equal(2.0 / 4, values["tool_decision_recall"], 12);
        Assert.Equal(4.0 / 7, values["tool_decision_f1"], 12);
        var table = Assert.Single(report.Tables).Table;
        Assert.Equal(["call", "no call"], table.Labels);
        Assert.Equal<double>([2, 1, 1], table.Rows[0]);
        Assert.Equal<double>([1, 1, 0], table.Rows[1]);
    }

    [Fact]
    public void Calls_are_held_against_the_tools_that_are_offered()
    {
        var calls = ToolTurns.Check([
            new("get_weather", """{"city":"Oslo"}"""),
            new("get_weather", """{"days":3,"place":"Oslo"}"""),
            new("get_weather", "city=Oslo"),
            new("invented", "{}"),
            new("book_table", """{"guests":2}"""),
        ]);

        var values = Samples.Values(Samples.Create(ToolCallsTask.Instance, "tool_validity"), ToolTurns.Sample(Oslo, Oslo, calls));

        Assert.Equal(4.0 / 5, values["call_json_rate"], 12);
        Assert.Equal(1.0 / 3, values["call_schema_rate"], 12);
        Assert.Equal(1.0 / 5, values["hallucinated_function_rate"], 12);
        Assert.Equal(2.0 / 4, values["hallucinated_argument_rate"], 12);
    }

    [Fact]
    public void Without_calls_no_share_of_calls_is_shown() =>
        Assert.All(
            Samples
                .Values(Samples.Create(ToolCallsTask.Instance, "tool_validity"), ToolTurns.Sample(Oslo, CallTurn.Write("Hi."), []))
                .Values,
            value => Assert.Equal(double.NaN, value)
        );

    [Theory]
    [InlineData("functions", new[] { "a", "a" }, "each function once")]
    [InlineData("functions", "a", "expected a list")]
    public void A_wrong_list_of_functions_is_refused(string option, object value, string hint) =>
        Assert.Contains(
            hint,
            Assert.Throws<OptionException>(() => Samples.Create(ToolCallsTask.Instance, "tool_names", (option, value))).Message,
            StringComparison.Ordinal
        );

    private static Dictionary<string, double> Values(string metric, params (string Reference, string? Answer)[] turns) =>
        Samples.Values(Samples.Create(ToolCallsTask.Instance, metric), turns.Select(turn => ToolTurns.Sample(turn.Reference, turn.Answer)));
}
