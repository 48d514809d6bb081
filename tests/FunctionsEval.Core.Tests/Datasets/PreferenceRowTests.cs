using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Tasks.LanguageModelling;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Pairs of answers: OpenAI's form for DPO, and that of Hugging Face's sets.</summary>
public sealed class PreferenceRowTests
{
    private const string Hello = """[{"role":"assistant","content":"hello"}]""";

    [Theory]
    [InlineData("""[{"role":"assistant","content":"hello"}]""")]
    [InlineData("""{"role":"assistant","content":"hello"}""")]
    [InlineData("\"hello\"")]
    [InlineData("""[{"role":"assistant","content":[{"type":"text","text":"hel"},{"type":"text","text":"lo"}]}]""")]
    public async Task Preferred_output_is_the_reference(string preferred)
    {
        var sample = await ReadSampleAsync(
            $$"""{"input":{"messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"}]},"preferred_output":{{preferred}},"non_preferred_output":{{Hello}}}"""
        );
        Assert.Equal([new("system", "s"), new("user", "hi")], sample.Messages);
        Assert.Equal(("hi", "hello"), (sample.Input, Assert.Single(sample.References)));
    }

    [Fact]
    public async Task Tools_of_the_input_are_the_tools_of_the_row()
    {
        const string Row =
            """{"input":{"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f"}}],"parallel_tool_calls":true},"preferred_output":[{"role":"assistant","content":"hello"}]}""";
        var sample = await ReadSampleAsync(Row, Options() with { Tools = ToolUse.Send });
        Assert.Equal(1, sample.Tools!.Tools!.Value.GetArrayLength());
        Assert.True(sample.Tools.ParallelToolCalls);
        Assert.Equal(MalformedReasons.Ambiguous, (await ReadMalformedAsync(Row)).Reason);
    }

    [Fact]
    public async Task Conversation_of_the_input_that_ends_with_an_answer_is_never_its_own_reference()
    {
        var sample = await ReadSampleAsync(
            $$"""{"input":{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hey"}]},"preferred_output":{{Hello}}}"""
        );
        Assert.Equal([new("user", "hi")], sample.Messages);
        Assert.Equal(["hello"], sample.References);
    }

    [Fact]
    public async Task Preferred_output_that_calls_a_tool_names_the_task_for_it()
    {
        var row = await ReadMalformedAsync(
            """{"input":{"messages":[{"role":"user","content":"hi"}]},"preferred_output":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}]}"""
        );
        Assert.Equal("The reference in preferred_output[0] calls tools. Use the task tool_calls for such rows.", row.Message);
    }

    [Fact]
    public async Task Preferred_output_is_the_text_that_language_modelling_scores() =>
        Assert.Equal(
            ["hello"],
            (
                await ReadSampleAsync(
                    $$"""{"input":{"messages":[{"role":"user","content":"hi"}]},"preferred_output":{{Hello}}}""",
                    Options(task: LanguageModellingTask.Instance)
                )
            ).References
        );

    [Theory]
    [InlineData("""{"prompt":"hi","chosen":"hello","rejected":"no"}""", "")]
    [InlineData(
        """{"prompt":[{"role":"user","content":"hi"}],"chosen":[{"role":"assistant","content":"hello"}],"rejected":[]}""",
        "user:hi"
    )]
    [InlineData(
        """{"prompt":"hi","chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}],"rejected":[]}""",
        "user:hi"
    )]
    [InlineData(
        """{"prompt":[{"role":"user","content":"hi"}],"chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}],"rejected":[]}""",
        "user:hi"
    )]
    [InlineData(
        """{"chosen":[{"role":"system","content":"s"},{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}],"rejected":[]}""",
        "system:s user:hi"
    )]
    public async Task Chosen_answer_beside_a_rejected_one_is_the_reference(string row, string turns)
    {
        var sample = await ReadSampleAsync(row);
        Assert.Equal(("hi", "hello"), (sample.Input, Assert.Single(sample.References)));
        Assert.Equal(turns, string.Join(' ', sample.Messages.Select(turn => $"{turn.Role}:{turn.Content}")));
    }

    [Theory]
    [InlineData("""{"prompt":"hi","chosen":"hello"}""", "missing_reference")]
    [InlineData("""{"prompt":"hi","completion":"go away","label":false}""", "ambiguous")]
    [InlineData("""{"chosen":"hello","rejected":"no"}""", "missing_input")]
    [InlineData(
        """{"prompt":"bye","chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}],"rejected":[]}""",
        "ambiguous"
    )]
    [InlineData(
        """{"prompt":[{"role":"user","content":"bye"}],"chosen":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}],"rejected":[]}""",
        "ambiguous"
    )]
    [InlineData("""{"prompt":"hi","chosen":[{"role":"user","content":"hi"}],"rejected":[]}""", "wrong_type")]
    public async Task Pair_that_is_no_sample_is_malformed(string row, string reason) =>
        Assert.Equal(reason, (await ReadMalformedAsync(row)).Reason);
}
