using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

public sealed class YamlSpecTests
{
    [Fact]
    public void Yaml_means_what_the_same_in_json_means()
    {
        const string Yaml = """
            # A comment
            task: classification
            model: tuned
            baseline: base
            labels: [yes, no, "null", '7', on]
            prompt:
              system: |
                Answer with one word.
              user: "{{ input }}"
            sampling: { temperature: 0.5, maxOutputTokens: 8, seed: null }
            parsing:
              ignoreCase: true
            gate:
              rules:
                - metric: accuracy
                  notWorseThanBaselineBy: 1e-2
                - minimumCoverage: 1
            limits:
              deadline: "06:00:00"
            """;
        const string Json = """
            { "task": "classification", "model": "tuned", "baseline": "base", "labels": ["yes", "no", "null", "7", "on"],
              "prompt": { "system": "Answer with one word.\n", "user": "{{ input }}" }, "sampling": { "temperature": 0.5, "maxOutputTokens": 8 },
              "parsing": { "ignoreCase": true },
              "gate": { "rules": [ { "metric": "accuracy", "notWorseThanBaselineBy": 0.01 }, { "minimumCoverage": 1 } ] }, "limits": { "deadline": "06:00:00" } }
            """;
        Assert.Equal(
            SpecReader.Canonical(SpecReader.Read(Json, "evaluation.json")),
            SpecReader.Canonical(SpecReader.Read(Yaml, "evaluation.yaml"))
        );
    }

    [Theory]
    [InlineData("task: [", "not valid YAML")]
    [InlineData("task: generation\nmodel: &a m", "line 2")]
    [InlineData("task: generation\nmodel: *a", "anchor")]
    [InlineData("task: generation\nmodel: !!str m", "tag")]
    [InlineData("task: generation\n---\nmodel: m", "second document")]
    [InlineData("", "is empty")]
    [InlineData("- a", "expected an object")]
    [InlineData("task: generation\nmodel: m\nmodle: m", "$.modle")]
    [InlineData("task: generation\nmodel: m\nmodel: n", "given twice")]
    public void Mistake_is_told_with_its_place(string yaml, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<SpecException>(() => SpecReader.Read(yaml, "evaluation.yaml")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Yaml_spec_is_found_beside_a_dataset_after_the_one_in_json()
    {
        Assert.Equal(
            [
                "a/test.jsonl.evaluation.json",
                "a/test.jsonl.evaluation.yaml",
                "a/evaluation.json",
                "a/evaluation.yaml",
                "evaluation.json",
                "evaluation.yaml",
            ],
            DatasetNames.SpecCandidates("a/test.jsonl")
        );
        Assert.IsType<DatasetNameKind.Spec>(DatasetNames.Classify("a/evaluation.yaml"));
        Assert.IsType<DatasetNameKind.Ignored>(DatasetNames.Classify("a/evaluation.yml"));
    }
}
