using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Probing;

namespace FunctionsEval.Functions.Tests.Probing;

public sealed class SpecNeedsTests
{
    [Theory]
    [InlineData("""{"task":"classification","labels":["a","b"]}""", "answer")]
    [InlineData("""{"task":"classification","labels":["a","b"],"metrics":["brier"]}""", "answer label_probabilities")]
    [InlineData(
        """{"task":"classification","labels":["a","b"],"metrics":["brier"],"labelProbabilities":"exact"}""",
        "answer scored_choices"
    )]
    [InlineData("""{"task":"generation","metrics":["self_perplexity"]}""", "answer log_probabilities")]
    [InlineData("""{"task":"generation","tools":"send"}""", "answer tools")]
    [InlineData("""{"task":"tool_calls"}""", "answer tools")]
    [InlineData("""{"task":"language_modelling"}""", "scored_text")]
    [InlineData("""{"task":"multiple_choice"}""", "scored_choices")]
    [InlineData("""{"task":"generation","limits":{"maxCost":1}}""", "answer usage prices")]
    [InlineData("""{"task":"generation","responseFormat":{"type":"json_object"}}""", "answer json_object")]
    [InlineData("""{"task":"generation","sampling":{"seed":1,"stop":["x"],"stream":true}}""", "answer")]
    public void Needs_follow_from_task_metrics_and_fields(string spec, string expected) =>
        Assert.Equal(expected, string.Join(' ', SpecNeeds.Of(Read(spec)).Select(ProbeNames.NameOf)));

    [Fact]
    public void Metric_that_does_not_fit_is_refused() =>
        Assert.Throws<OptionException>(() => SpecNeeds.Of(Read("""{"task":"generation","metrics":["brier"]}""")));

    [Theory]
    [InlineData(ProbeState.Works, true)]
    [InlineData(ProbeState.Differs, true)]
    [InlineData(ProbeState.Missing, false)]
    [InlineData(ProbeState.Unknown, null)]
    public async Task Spec_can_be_served_where_every_need_is_met(ProbeState tools, bool? expected)
    {
        await using var harness = ProbeHarness.Create(null, "http://127.0.0.1:9/v1", null);
        var probe = new ModelProbe
        {
            Plan = harness.Planner.For(harness.Model().Options),
            IsUsable = true,
            Findings = [new(ProbeFeature.Answer, ProbeState.Works), new(ProbeFeature.Tools, tools, "Why.")],
            Used = new ProbeUse(2, 1, 1, null),
        };

        var spec = SpecNeeds.Check([ProbeFeature.Answer, ProbeFeature.Tools], probe);

        Assert.Equal(expected, spec.CanServe);
        Assert.Equal(expected == true ? [] : ["tools: Why."], spec.Problems);
    }

    [Fact]
    public async Task Model_that_is_not_usable_serves_no_spec()
    {
        await using var harness = ProbeHarness.Create(null, "http://127.0.0.1:9/v1", null);
        var probe = await harness.ProbeAsync();

        var spec = SpecNeeds.Check([ProbeFeature.Answer], probe);

        Assert.Equal((false, probe.Problem), (spec.CanServe, Assert.Single(spec.Problems)));
    }

    private static EvaluationSpec Read(string json) => SpecReader.Read(json.Insert(1, "\"model\":\"m\","), "evaluation.json");
}
