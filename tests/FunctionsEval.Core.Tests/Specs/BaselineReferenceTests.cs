using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

public sealed class BaselineReferenceTests
{
    private const string RunId = "ev-m7jxfbitephzjonfqwtgd26xba";

    [Fact]
    public void Baseline_is_a_model_a_run_or_the_latest_run()
    {
        Assert.Null(BaselineReference.From(null));
        Assert.Equal(new BaselineReference.CalledModel("runner"), BaselineReference.From("runner"));
        Assert.Equal(new BaselineReference.StoredRun(RunId), BaselineReference.From($"run:{RunId}"));
        Assert.Equal(new BaselineReference.LatestRun(null), BaselineReference.From("run:latest"));
        Assert.Equal(new BaselineReference.LatestRun("tuned/ft:a:b"), BaselineReference.From("run:latest:tuned/ft:a:b"));
    }

    [Theory]
    [InlineData("run:latest")]
    [InlineData("run:latest:production")]
    [InlineData($"run:{RunId}")]
    public void Reference_is_written_as_it_was_read(string baseline) =>
        Assert.Equal(baseline, BaselineReference.From(baseline)!.ToString());

    [Theory]
    [InlineData("run:")]
    [InlineData("run:newest")]
    [InlineData("run:latest:")]
    [InlineData("run:latest: ")]
    [InlineData("run:ev-1")]
    public void What_names_no_run_is_refused_with_the_forms_that_do(string baseline)
    {
        var refused = Assert.Throws<SpecException>(() =>
            SpecReader.Read($$"""{"task":"classification","model":"m","labels":["a","b"],"baseline":"{{baseline}}"}""", "evaluation.json")
        );

        Assert.StartsWith("evaluation.json: $.baseline: begins with 'run:'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("run:latest:MODEL", refused.Message, StringComparison.Ordinal);
    }
}
