using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Specs;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>
/// Files in the shapes of the public sample sets for fine-tuning (microsoft-foundry/fine-tuning, Sample_Datasets and Demos), with the spec
/// that a user would write for them. The rows are this project's own.
/// </summary>
public sealed class FineTuningFileTests
{
    private const string Judge = """{"name":"judge","model":"j","scale":[1,5],"rubric":"Is this polite? {{ answer }}"}""";

    [Theory]
    [InlineData("sft-chat", "{}")]
    [InlineData("sft-vision", "{}")]
    [InlineData("dpo", "{}")]
    [InlineData("dpo", """{"columns":{"input":"input.messages","reference":"preferred_output"}}""")]
    [InlineData("preference-pairs", "{}")]
    [InlineData("rft-fields", """{"columns":{"reference":"clause_kind"}}""")]
    [InlineData("rft-number", """{"columns":{"reference":"target"}}""")]
    [InlineData("rft-tools", """{"tools":"send"}""")]
    [InlineData("eval-fields", """{"columns":{"reference":"target"},"prompt":{"user":"Make {{ target }} from {{ nums }}."}}""")]
    [InlineData("question-answer", """{"columns":{"input":"question","reference":"answer"}}""")]
    public async Task File_for_texts_has_only_samples_with_a_reference(string name, string more)
    {
        var samples = await ReadAllAsync(name, OptionsOf(more));
        Assert.All(samples, sample => Assert.NotEmpty(sample.References));
        Assert.All(samples, sample => Assert.True(sample.Messages.Count == 0 || sample.Messages[^1].Role != "assistant"));
    }

    [Theory]
    [InlineData("rft-messages-only", "{}")]
    [InlineData("rft-fields", "{}")]
    [InlineData("rft-number", "{}")]
    [InlineData("rft-policy", """{"tools":"send"}""")]
    [InlineData("eval-results", """{"tools":"ignore"}""")]
    public async Task File_without_references_has_only_samples_where_no_metric_needs_one(string name, string more)
    {
        var samples = await ReadAllAsync(name, OptionsOf(more, Judge));
        Assert.All(samples, sample => Assert.Empty(sample.References));
        Assert.All(samples, sample => Assert.Equal("user", sample.Messages[^1].Role));
    }

    [Theory]
    [InlineData("sft-tool-calls", true)]
    [InlineData("sft-agent", true)]
    [InlineData("eval-items", true)]
    [InlineData("rft-tools", true)]
    [InlineData("rft-policy", true)]
    [InlineData("eval-results", true)]
    [InlineData("sft-chat", false)]
    public async Task File_with_calls_has_only_samples_for_a_shape_that_takes_calls(string name, bool hasTools)
    {
        var samples = await ReadAllAsync(name, Options() with { Shape = new CallShape() });
        Assert.All(samples, sample => Assert.Equal(hasTools, sample.Tools is not null));
    }

    [Fact]
    public async Task Row_without_reference_names_the_metrics_that_need_one()
    {
        var text = await File.ReadAllTextAsync(PathOf("rft-messages-only"));
        var row = Assert.IsType<MalformedRow>((await ReadAsync(text, OptionsOf("{}", Judge, "\"bleu\"", "\"rouge\"")))[0]);
        Assert.Equal(MalformedReasons.MissingReference, row.Reason);
        Assert.EndsWith(" bleu, rouge need one.", row.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"judge","model":"j","scale":[1,5]}""", true)]
    [InlineData("""{"name":"judge","model":"j","scale":[1,5],"rubric":"{{ reference }}{{ answer }}"}""", true)]
    [InlineData("""{"name":"judge","model":"j","scale":[1,5],"rubric":"{% for r in references %}{{ r }}{% endfor %}"}""", true)]
    [InlineData("""{"name":"judge","model":"j","scale":[1,5],"rubric":"No reference. {{ answer }}"}""", false)]
    [InlineData("\"unparsable_rate\"", false)]
    [InlineData("\"self_perplexity\"", false)]
    [InlineData("\"exact_match\"", true)]
    [InlineData("{\"name\":\"semantic_similarity\",\"model\":\"e\"}", true)]
    public void Reference_is_needed_by_the_metrics_that_compare_with_it(string metric, bool needed) =>
        Assert.Equal(needed, OptionsOf("{}", metric).RequireReference);

    [Fact]
    public void Task_whose_model_scores_given_texts_needs_them() =>
        Assert.True(
            SpecReader
                .Read("""{"task":"language_modelling","model":"m"}""", "evaluation.json")
                .ReadOptions(JsonlFormat.Instance)
                .RequireReference
        );

    [Fact]
    public async Task Conversation_that_ends_with_the_user_is_asked_whole_where_no_metric_needs_a_reference()
    {
        const string Row =
            """{"messages":[{"role":"user","content":"u1"},{"role":"assistant","content":"a1"},{"role":"user","content":"u2"}]}""";
        var free = await ReadSampleAsync(Row, OptionsOf("{}", Judge));
        Assert.Equal(["u1", "a1", "u2"], free.Messages.Select(turn => turn.Content));
        Assert.Empty(free.References);
        Assert.Equal(["a1"], (await ReadSampleAsync(Row)).References);
    }

    [Fact]
    public async Task Conversation_that_ends_with_the_answer_keeps_it_as_reference_where_none_is_needed()
    {
        var sample = await ReadSampleAsync(
            """{"messages":[{"role":"user","content":"u1"},{"role":"assistant","content":"a1"}]}""",
            OptionsOf("{}", Judge)
        );
        Assert.Equal(["a1"], sample.References);
    }

    [Theory]
    [InlineData("language_modelling", "send", true)]
    [InlineData("multiple_choice", "send", true)]
    [InlineData("multiple_choice", "ignore", false)]
    [InlineData("generation", "send", false)]
    public void Tools_can_be_sent_only_where_the_model_writes(string task, string tools, bool isRefused)
    {
        var spec = $$"""{"task":"{{task}}","model":"m","tools":"{{tools}}"}""";
        if (isRefused)
        {
            Assert.Contains(
                "$.tools",
                Assert.Throws<SpecException>(() => SpecReader.Read(spec, "evaluation.json")).Message,
                StringComparison.Ordinal
            );
        }
        else
        {
            Assert.Equal(tools, SpecReader.Read(spec, "evaluation.json").Tools.ToString()!.ToLowerInvariant());
        }
    }

    [Fact]
    public async Task Probe_refuses_a_text_task_for_a_file_with_tools_and_names_the_fix()
    {
        var bytes = await File.ReadAllBytesAsync(PathOf("rft-tools"));
        var refused = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetProbe.CheckAsync(Range(bytes), bytes.Length, "rft.jsonl", OptionsOf("{}"), maxMalformedShare: 1)
        );
        Assert.Contains("\"tools\": \"send\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("line 1", refused.Message, StringComparison.Ordinal);
    }

    private static string PathOf(string name) =>
        Repository.PathOf("tests", "FunctionsEval.Core.Tests", "Datasets", "Shapes", $"{name}.jsonl");

    private static DatasetReadOptions OptionsOf(string more, params string[] metrics)
    {
        var spec =
            $$"""{"task":"generation","model":"m","metrics":[{{string.Join(',', metrics)}}]{{(more == "{}" ? "}" : "," + more[1..])}}""";
        return SpecReader.Read(spec, "evaluation.json").ReadOptions(JsonlFormat.Instance);
    }

    private static async Task<List<Sample>> ReadAllAsync(string name, DatasetReadOptions options)
    {
        var rows = await ReadAsync(await File.ReadAllBytesAsync(PathOf(name)), options);
        Assert.NotEmpty(rows);
        return [.. rows.Select(row => row is MalformedRow bad ? throw new InvalidDataException(bad.Message) : ((ValidRow)row).Sample)];
    }
}
