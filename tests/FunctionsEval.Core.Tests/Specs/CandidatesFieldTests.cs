using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

/// <summary>Several candidates in one spec. The oracle is docs/spec.md.</summary>
public sealed class CandidatesFieldTests
{
    [Theory]
    [InlineData("""{"task":"generation","model":"a","candidates":["b","c"]}""")]
    [InlineData("""{"task":"generation","candidates":["a","b","c"]}""")]
    [InlineData("""{"task":"generation","model":"a","candidates":["a","b","B","c","A"]}""")]
    [InlineData("""{"task":"generation","candidates":["a","b","c"],"model":null}""")]
    public void Model_and_candidates_are_joined_in_their_order(string json)
    {
        var spec = Read(json);

        Assert.Equal(["a", "b", "c"], spec.CandidateModels);
        Assert.True(spec.HasSeveralCandidates);
        Assert.Equal(Read("""{"task":"generation","model":"a","candidates":["b","c"]}"""), spec, SameCanonicalForm);
    }

    [Fact]
    public void Canonical_form_reads_as_the_same_spec()
    {
        var spec = Read("""{"task":"generation","candidates":["a","b"],"baseline":"p"}""");

        Assert.Equal(spec, SpecReader.Read(SpecReader.Canonical(spec), "spec.json"), SameCanonicalForm);
    }

    [Fact]
    public void Spec_with_one_model_has_the_form_that_it_had()
    {
        var form = SpecReader.Canonical(Read("""{"task":"generation","model":"a"}"""));

        Assert.DoesNotContain("candidates", form, StringComparison.Ordinal);
        Assert.Equal(form, SpecReader.Canonical(Read("""{"task":"generation","model":"a"}""").WithCandidates(["a", "A"])));
    }

    [Theory]
    [InlineData(
        """{"task":"generation","candidates":[]}""",
        "candidates: is empty. Name the models, or leave it out and name one in $.model."
    )]
    [InlineData(
        """{"task":"generation","model":"a","candidates":["A"]}""",
        "candidates: names 'a' alone. Name another model too, or leave it out and name one in $.model."
    )]
    [InlineData("""{"task":"generation","candidates":["a"," "]}""", "candidates[1]: is empty.")]
    [InlineData("""{"task":"generation"}""", "model: is missing: give the name of a model in the app settings (Models__{name}__…).")]
    public void Refusals_say_what_to_write(string json, string message) =>
        Assert.EndsWith(message, Assert.Throws<SpecException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void There_are_20_candidates_at_most(int count, bool isRead)
    {
        var json =
            $$"""{"task":"generation","candidates":[{{string.Join(',', Enumerable.Range(0, count).Select(number => $"\"m{number}\""))}}]}""";

        Assert.Equal(isRead, Record.Exception(() => Read(json)) is null);
        Assert.Equal(isRead, Record.Exception(() => Read("""{"task":"generation","model":"a"}""").WithCandidates(Names(count))) is null);
    }

    [Fact]
    public void Baseline_is_evaluated_once_and_each_candidate_against_its_run()
    {
        var spec = Read(
            """
            {"task":"generation","candidates":["a","b"],"baseline":"p","onFineTune":{},"notify":{"queue":true},
             "metrics":["bleu",{"name":"pairwise","model":"j","against":"baseline","rubric":"{{ answer_a }} {{ answer_b }}"}],
             "gate":{"rules":[{"metric":"bleu","betterThanBaselineAtAlpha":0.05}]}}
            """
        );

        var baseline = GroupSpecs.BaselineOf(spec, "p");
        var candidate = GroupSpecs.CandidateOf(spec, "b", "ev-aaaaaaaaaaaaaaaaaaaaaaaaaa");

        Assert.Equal(("p", null, false), (baseline.Model, baseline.Baseline, baseline.HasSeveralCandidates));
        Assert.Equal(["bleu"], baseline.Metrics.Select(metric => metric.Name));
        Assert.Equal((null, null, null), (baseline.Gate, baseline.Notify, baseline.OnFineTune));
        Assert.Equal(
            ("b", "run:ev-aaaaaaaaaaaaaaaaaaaaaaaaaa", false),
            (candidate.Model, candidate.Baseline, candidate.HasSeveralCandidates)
        );
        Assert.Equal(["bleu", "pairwise"], candidate.Metrics.Select(metric => metric.Name));
        Assert.IsType<GateSpec>(candidate.Gate);
        Assert.Null(candidate.Notify);
        foreach (var member in new[] { baseline, candidate })
        {
            SpecReader.Read(SpecReader.Canonical(member), "spec.json");
        }
    }

    [Fact]
    public void Baseline_without_a_metric_of_its_own_measures_any_answer()
    {
        var spec = Read(
            """
            {"task":"generation","candidates":["a","b"],"baseline":"p",
             "metrics":[{"name":"pairwise","model":"j","against":"baseline","rubric":"{{ answer_a }} {{ answer_b }}"}]}
            """
        );

        Assert.Equal(["answer_length"], GroupSpecs.BaselineOf(spec, "p").Metrics.Select(metric => metric.Name));
    }

    [Fact]
    public void Ids_of_members_depend_on_group_role_and_model()
    {
        string[] ids =
        [
            RunId.CreateMember("ev-1", "candidate", "a"),
            RunId.CreateMember("ev-1", "candidate", "b"),
            RunId.CreateMember("ev-1", "baseline", "a"),
            RunId.CreateMember("ev-2", "candidate", "a"),
        ];

        Assert.Equal(4, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(RunId.IsValid(id)));
    }

    private static EvaluationSpec Read(string json) => SpecReader.Read(json, "evaluation.json");

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(number => $"m{number}");

    private static bool SameCanonicalForm(EvaluationSpec left, EvaluationSpec right) =>
        SpecReader.Canonical(left) == SpecReader.Canonical(right);
}
