using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks.Preference;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Pairs of answers as the tasks preference and preference_likelihood read them.</summary>
public sealed class PairTaskRowTests
{
    private const string Dpo =
        """{"input":{"messages":[{"role":"user","content":"hi"}]},"preferred_output":[{"role":"assistant","content":"hello"}],"non_preferred_output":[{"role":"assistant","content":"what"}]}""";

    private static readonly DatasetReadOptions Written = Options(task: PreferenceTask.Instance);
    private static readonly DatasetReadOptions Scored = Options(task: PreferenceLikelihoodTask.Instance);

    [Theory]
    [InlineData(Dpo)]
    [InlineData("""{"prompt":"hi","chosen":"hello","rejected":"what"}""")]
    [InlineData(
        """{"chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}],"rejected":[{"role":"user","content":"hi"},{"role":"assistant","content":"what"}]}"""
    )]
    [InlineData("""{"input":"hi","preferred_output":"hello","non_preferred_output":"what"}""")]
    public async Task Pair_is_two_choices_of_which_the_preferred_one_is_right(string row)
    {
        var sample = await ReadSampleAsync(row, Scored);

        Assert.Equal(["hello", "what"], sample.Choices);
        Assert.Equal([0], sample.GoldChoices);
        Assert.Equal(["hello"], sample.References);
        var asked = PreferenceLikelihoodTask.Instance.Ask(sample, new PromptRenderer(new PromptSpec()));
        Assert.Equal([("hi hello", 2), ("hi what", 2)], asked.Select(question => (question.ScoredText, question.ScoredFrom)));

        var written = await ReadSampleAsync(row, Written);
        Assert.Equal(["hello"], written.References);
        Assert.Empty(written.Choices);
    }

    [Theory]
    [InlineData("""{"input":"hi","preferred_output":"hello"}""", MalformedReasons.MissingReference, "non_preferred_output, rejected")]
    [InlineData(
        """{"input":"hi","preferred_output":"hello","non_preferred_output":"hello"}""",
        MalformedReasons.Ambiguous,
        "the same text"
    )]
    [InlineData("""{"input":"hi","preferred_output":"","non_preferred_output":"a"}""", MalformedReasons.MissingReference, "is empty")]
    [InlineData("""{"input":"hi","preferred_output":["a","b"],"non_preferred_output":"c"}""", MalformedReasons.Ambiguous, "has 2 texts")]
    public async Task Row_that_is_no_pair_cannot_be_scored(string row, string reason, string told)
    {
        var malformed = await ReadMalformedAsync(row, Scored);
        Assert.Equal(reason, malformed.Reason);
        Assert.Contains(told, malformed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input":"hi","preferred_output":"a","non_preferred_output":{"x":1}}""", MalformedReasons.WrongType)]
    [InlineData("""{"input":"hi","preferred_output":"a","non_preferred_output":""}""", MalformedReasons.WrongType)]
    [InlineData("""{"input":"hi","preferred_output":"a","non_preferred_output":["b","c"]}""", MalformedReasons.WrongType)]
    [InlineData(
        """{"input":"hi","preferred_output":"a","non_preferred_output":{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}}""",
        MalformedReasons.UnsupportedContent
    )]
    [InlineData(
        """{"chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"a"}],"rejected":[{"role":"user","content":"ho"},{"role":"assistant","content":"b"}]}""",
        MalformedReasons.Ambiguous
    )]
    public async Task Second_answer_that_does_not_fit_makes_the_row_malformed(string row, string reason)
    {
        Assert.Equal(reason, (await ReadMalformedAsync(row, Written)).Reason);
        Assert.Equal(reason, (await ReadMalformedAsync(row, Scored)).Reason);
    }

    [Fact]
    public async Task Second_answer_is_not_needed_where_a_judge_compares()
    {
        Assert.Equal(["a"], (await ReadSampleAsync("""{"input":"hi","preferred_output":"a"}""", Written)).References);
        Assert.Empty((await ReadSampleAsync("""{"input":"hi"}""", Written with { RequireReference = false })).References);
    }
}
