using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Scoring;

/// <summary>Which answers of one run can stand for a model in another.</summary>
public sealed class AnswerReuseTests
{
    private const string Judge = """{"name":"judge","model":"j","labels":["good","bad"]}""";

    [Theory]
    [InlineData("""{"labels":["a","b","c"]}""", "labels: ")]
    [InlineData("""{"parsing":{"scoreTruncated":true}}""", "parsing: ")]
    [InlineData("""{"repeats":2}""", "repeats: ")]
    [InlineData("""{"turns":"all"}""", "turns: ")]
    [InlineData("""{"columns":{"input":"question"}}""", "columns.input: ")]
    [InlineData("""{"task":"generation","labels":[]}""", "task: ")]
    public void Answers_that_were_read_in_another_way_are_refused_by_the_field(string other, string field)
    {
        var problem = AnswerReuse.FindProblem(Spec("{}"), Spec(other));

        Assert.StartsWith(field, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"metrics":["f1"]}""")]
    [InlineData("""{"slices":["kind"],"limits":{"maxRows":10},"intervals":{"replicates":50}}""")]
    [InlineData("""{"columns":{"tags":["kind"]},"positiveLabel":"a","name":"other"}""")]
    [InlineData("""{"prompt":{"user":"Say {{ input }}"},"sampling":{"temperature":1}}""")]
    public void What_is_measured_anew_or_asked_otherwise_may_differ(string other) =>
        Assert.Null(AnswerReuse.FindProblem(Spec("{}"), Spec(other)));

    [Fact]
    public void Metric_that_needs_what_was_not_kept_is_refused()
    {
        var problem = AnswerReuse.FindProblem(Spec("""{"metrics":["accuracy","latency"]}"""), Spec("{}"));

        Assert.StartsWith("metrics: 'latency' needs Latency", problem, StringComparison.Ordinal);
        Assert.Null(AnswerReuse.FindProblem(Spec("{}"), Spec("""{"metrics":["accuracy","latency"]}""")));
    }

    [Fact]
    public void Grades_are_used_where_the_grader_is_the_same_to_the_letter()
    {
        var graded = Generation($"[\"exact_match\",{Judge}]");

        Assert.Null(AnswerReuse.FindProblem(graded, Generation($"[{Judge}]")));
        Assert.StartsWith(
            "metrics: 'judge' grades",
            AnswerReuse.FindProblem(graded, Generation("[\"exact_match\"]")),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "metrics: 'judge' grades",
            AnswerReuse.FindProblem(graded, Generation($"[{Judge.Replace("\"j\"", "\"k\"", StringComparison.Ordinal)}]")),
            StringComparison.Ordinal
        );
    }

    /// <summary>The baseline's answers are not graded by what compares the candidate's with them.</summary>
    [Fact]
    public void Comparison_with_the_baseline_needs_no_grade_of_the_earlier_run()
    {
        var wanted = Generation("""["exact_match",{"name":"pairwise","model":"j","against":"baseline"}]""", baseline: "run:latest");

        Assert.Null(AnswerReuse.FindProblem(wanted, Generation("[\"exact_match\"]")));
    }

    [Fact]
    public void Differences_are_what_the_models_are_asked_by_member()
    {
        var other = Spec("""{"prompt":{"user":"Say {{ input }}"},"sampling":{"temperature":1},"slices":["kind"]}""");

        Assert.Equal(["prompt.user", "sampling.temperature"], AnswerReuse.DifferencesOf(Spec("{}"), other));
        Assert.False(AnswerReuse.HaveSameContents(Spec("{}"), other));
        Assert.Empty(AnswerReuse.DifferencesOf(other, other));
    }

    private static EvaluationSpec Spec(string members)
    {
        var spec = System
            .Text.Json.Nodes.JsonNode.Parse("""{"task":"classification","model":"m","labels":["a","b"],"metrics":["accuracy"]}""")!
            .AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(members)!.AsObject())
        {
            spec[name] = value?.DeepClone();
        }

        if ((string?)spec["task"] == "generation")
        {
            spec["metrics"] = new System.Text.Json.Nodes.JsonArray("exact_match");
        }

        return SpecReader.Read(spec.ToJsonString(), "evaluation.json");
    }

    private static EvaluationSpec Generation(string metrics, string? baseline = null) =>
        SpecReader.Read(
            $$"""{"task":"generation","model":"m","metrics":{{metrics}}{{(baseline is null ? "" : $",\"baseline\":\"{baseline}\"")}}}""",
            "evaluation.json"
        );
}
