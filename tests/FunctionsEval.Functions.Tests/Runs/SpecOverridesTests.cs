using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Tests.Runs;

public sealed class SpecOverridesTests
{
    private static readonly EvaluationSpec Spec = SpecReader.Read(
        """{ "task": "generation", "model": "a", "candidates": ["b", "c"], "baseline": "base", "onFineTune": {}, "suite": {} }""",
        "evaluation.json"
    );

    [Fact]
    public void Model_that_is_asked_for_is_evaluated_alone()
    {
        var spec = new SpecOverrides { Model = "wanted" }.Apply(Spec, "evaluation.json");

        Assert.Equal(["wanted"], spec.CandidateModels);
        Assert.Equal("base", spec.Baseline);
        Assert.NotNull(spec.OnFineTune);
        Assert.NotNull(spec.Suite);
    }

    [Fact]
    public void Baseline_that_is_asked_for_leaves_the_candidates()
    {
        var spec = new SpecOverrides { Baseline = "other" }.Apply(Spec, "evaluation.json");

        Assert.Equal(["a", "b", "c"], spec.CandidateModels);
        Assert.Equal("other", spec.Baseline);
    }
}
