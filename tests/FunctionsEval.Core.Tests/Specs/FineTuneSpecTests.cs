using FunctionsEval.Core.Specs;

namespace FunctionsEval.Core.Tests.Specs;

public sealed class FineTuneSpecTests
{
    private static readonly FineTuningJobTraits Job = new("gpt-4o-mini-2024-07-18", "Support", "file-1", "train-2026.jsonl");

    [Theory]
    [InlineData(null, null, null, true)]
    [InlineData("gpt-4o-mini*", "support", "train-*.jsonl", true)]
    [InlineData("gpt-4o-mini", null, null, false)]
    [InlineData("gpt-4o-????-2024-07-18", null, null, true)]
    [InlineData(null, "sup", null, false)]
    [InlineData(null, null, "file-1", true)]
    [InlineData(null, null, "other.jsonl", false)]
    public void Every_pattern_must_match_the_whole_text(string? baseModel, string? suffix, string? trainingFile, bool expected) =>
        Assert.Equal(
            expected,
            new FineTuneSpec
            {
                BaseModel = baseModel,
                Suffix = suffix,
                TrainingFile = trainingFile,
            }.Matches(Job)
        );

    [Fact]
    public void Pattern_of_what_the_job_lacks_does_not_match() =>
        Assert.False(new FineTuneSpec { Suffix = "*" }.Matches(Job with { Suffix = null }));

    [Fact]
    public void OnFineTune_says_when_and_is_no_part_of_the_identity()
    {
        const string Spec = """{ "task": "generation", "model": "m" ONFINETUNE }""";
        var without = SpecReader.Read(Spec.Replace("ONFINETUNE", "", StringComparison.Ordinal), "s");
        var with = SpecReader.Read(
            Spec.Replace("ONFINETUNE", """, "onFineTune": { "baseModel": "gpt-*" } """, StringComparison.Ordinal),
            "s"
        );

        Assert.Equal("gpt-*", with.OnFineTune!.BaseModel);
        Assert.Equal(SpecReader.Canonical(without), SpecReader.Canonical(with));
    }
}
