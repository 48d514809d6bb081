using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Training;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>Conversations each trained turn of which is a sample.</summary>
public sealed class TurnRowTests
{
    private const string Three =
        """{"id":"c","messages":[{"role":"system","content":"s"},{"role":"user","content":"q1"},{"role":"assistant","content":"a1"},{"role":"user","content":"q2"},{"role":"assistant","content":"a2","weight":0},{"role":"user","content":"q3"},{"role":"assistant","content":"a3","weight":1}],"tags":{"lang":"de"}}""";

    private static readonly DatasetReadOptions All = Options() with { Turns = TurnSelection.All };

    [Fact]
    public async Task Each_trained_turn_is_a_sample_given_the_turns_before_it()
    {
        var samples = (await ReadAsync(Three, All)).Cast<ValidRow>().Select(row => row.Sample).ToList();

        Assert.Equal(["c#1", "c#2"], samples.Select(sample => sample.Id));
        Assert.Equal([new("c", 1, 2), new("c", 2, 2)], samples.Select(sample => sample.Turn));
        Assert.Equal(["a1", "a3"], samples.Select(sample => Assert.Single(sample.References)));
        Assert.Equal(["q1", "q3"], samples.Select(sample => sample.Input));
        Assert.Equal(["s", "q1"], samples[0].Messages.Select(turn => turn.Content));
        Assert.Equal(["s", "q1", "a1", "q2", "a2", "q3"], samples[1].Messages.Select(turn => turn.Content));
        Assert.All(samples, sample => Assert.Equal("de", sample.Tags["lang"]));
    }

    [Fact]
    public async Task Last_turn_alone_is_the_sample_by_default()
    {
        var sample = await ReadSampleAsync(Three);
        Assert.Equal(("c", null, null), (sample.Id, sample.Turn, sample.RowInput));
        Assert.Equal(["a3"], sample.References);
    }

    [Fact]
    public async Task Last_of_all_turns_asks_and_expects_what_the_row_as_one_sample_does()
    {
        var contents = new SampleContent(new PromptSpec());
        var last = (ValidRow)(await ReadAsync(Three, All))[^1];
        Assert.Equal(contents.HashOf(await ReadSampleAsync(Three)), contents.HashOf(last.Sample));
    }

    [Fact]
    public async Task Turns_of_a_row_have_its_place_and_positions_of_their_own()
    {
        var rows = await ReadAsync($"{Three}\n{{\n{Three.Replace("\"id\":\"c\",", "", StringComparison.Ordinal)}\n", All);

        Assert.Equal([0, 1, 2, 3, 4], rows.Select(row => row.Ordinal));
        Assert.Equal([1, 1, 2, 3, 3], rows.Select(row => row.Line));
        var third = rows[3].Offset;
        Assert.Equal([0, 0, rows[2].Offset, third, third], rows.Select(row => row.Offset));
        Assert.Equal(["c#1", "c#2", $"{rows[2].Offset}", $"{third}#1", $"{third}#2"], rows.Select(row => row.Id));
        Assert.Equal(["c", "c", $"{rows[2].Offset}", $"{third}", $"{third}"], rows.Select(row => row.RowId));
    }

    [Fact]
    public async Task Turn_that_is_no_sample_does_not_keep_the_others_from_being_one()
    {
        var rows = await ReadAsync(
            """{"id":"c","messages":[{"role":"user","content":"q1"},{"role":"assistant","content":"Hello!"},{"role":"user","content":"q2"},{"role":"assistant","content":"yes"}]}""",
            Options(task: ClassificationTask.Instance, labels: ["yes", "no"]) with
            {
                Turns = TurnSelection.All,
            }
        );

        var bad = Assert.IsType<MalformedRow>(rows[0]);
        Assert.Equal((MalformedReasons.UnknownLabel, "c#1"), (bad.Reason, bad.Id));
        Assert.Equal(["yes"], Assert.IsType<ValidRow>(rows[1]).Sample.References);
    }

    [Fact]
    public async Task Conversations_of_ShareGPT_have_turns_too()
    {
        var rows = await ReadAsync(
            """{"system":"s","conversations":[{"from":"human","value":"q1"},{"from":"gpt","value":"a1"},{"from":"human","value":"q2"},{"from":"gpt","value":"a2"}]}""",
            All
        );
        Assert.Equal(["a1", "a2"], rows.Select(row => Assert.Single(((ValidRow)row).Sample.References)));
        Assert.All(rows, row => Assert.Equal("system", ((ValidRow)row).Sample.Messages[0].Role));
    }

    [Fact]
    public async Task Conversation_with_one_trained_turn_has_one_sample_that_says_so()
    {
        var sample = await ReadSampleAsync(
            """{"id":"c","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}""",
            All
        );
        Assert.Equal(new ConversationTurn("c", 1, 1), sample.Turn);
    }

    [Theory]
    [InlineData("""{"input":"q","expected":"a"}""", MalformedReasons.UnsupportedContent, "The row has no messages")]
    [InlineData(
        """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"},{"role":"user","content":"q"}],"expected":"a"}""",
        MalformedReasons.Ambiguous,
        "The row has a reference beside messages"
    )]
    [InlineData(
        """{"input":{"messages":[{"role":"user","content":"q"}]},"preferred_output":[{"role":"assistant","content":"a"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}""",
        MalformedReasons.Ambiguous,
        "The row has a reference beside input.messages"
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","weight":0}]}""",
        MalformedReasons.MissingReference,
        "messages has no reference: every assistant turn has weight 0."
    )]
    [InlineData("""{"messages":"q"}""", MalformedReasons.WrongType, "messages must be a list")]
    [InlineData("""{"messages":[]}""", MalformedReasons.MissingReference, "messages has no assistant turn")]
    [InlineData(
        """{"messages":[{"role":"assistant","content":"a"},{"role":"judge","content":"q"}]}""",
        MalformedReasons.WrongType,
        "messages[1].role is none of"
    )]
    public async Task Row_without_turns_of_its_own_is_malformed_once_and_says_why(string row, string reason, string message)
    {
        var malformed = await ReadMalformedAsync(row, All);
        Assert.Equal(reason, malformed.Reason);
        Assert.StartsWith(message, malformed.Message, StringComparison.Ordinal);
        Assert.Null(malformed.Turn);
    }

    [Fact]
    public async Task Answer_with_nothing_before_it_is_a_malformed_turn()
    {
        var rows = await ReadAsync(
            """{"messages":[{"role":"assistant","content":"Hello!"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}""",
            All
        );
        Assert.Equal(MalformedReasons.MissingInput, Assert.IsType<MalformedRow>(rows[0]).Reason);
        Assert.IsType<ValidRow>(rows[1]);
    }

    [Fact]
    public async Task Conversation_of_more_turns_than_are_taken_is_malformed()
    {
        string Row(int turns) =>
            $$"""{"messages":[{{string.Join(',', Enumerable.Range(0, turns / 2).Select(_ => """{"role":"user","content":"q"},{"role":"assistant","content":"a"}"""))}}]}""";

        Assert.Equal(ConversationTurn.MaxTurns / 2, (await ReadAsync(Row(ConversationTurn.MaxTurns), All)).Count);
        var malformed = await ReadMalformedAsync(Row(ConversationTurn.MaxTurns + 2), All);
        Assert.Equal(MalformedReasons.UnsupportedContent, malformed.Reason);
    }

    [Fact]
    public async Task Table_has_no_turns()
    {
        var malformed = await ReadMalformedAsync("input,expected\nq,a\n", Options(Format("csv")) with { Turns = TurnSelection.All });
        Assert.StartsWith("The row has no messages", malformed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_turns_leak_with_their_row()
    {
        var index = TrainingIndex.Create(1000);
        index.Add(await ReadSampleAsync(Three));
        var found = (await ReadAsync(Three, All)).Select(row => index.Find(((ValidRow)row).Sample));
        Assert.Equal([Leak.Exact, Leak.Exact], found);

        // "q1" alone is a turn of the training row, and no row of it.
        var other = await ReadAsync(
            """{"messages":[{"role":"user","content":"q3"},{"role":"assistant","content":"a"},{"role":"user","content":"other"},{"role":"assistant","content":"a"}]}""",
            All
        );
        Assert.Equal([Leak.None, Leak.None], other.Select(row => index.Find(((ValidRow)row).Sample)));
    }

    [Fact]
    public async Task Probe_counts_the_samples_of_a_row()
    {
        var bytes = Encoding.UTF8.GetBytes(
            $"{Three}\n{Three}\n{{\"messages\":[{{\"role\":\"user\",\"content\":\"q\"}},{{\"role\":\"assistant\",\"content\":\"a\"}}]}}\n"
        );
        var all = await DatasetProbe.CheckAsync(Range(bytes), bytes.Length, "d.jsonl", All, 0.01);
        Assert.Equal((5, 0, 5 / 3.0), (all.Rows, all.Malformed, all.SamplesPerRow));
        var last = await DatasetProbe.CheckAsync(Range(bytes), bytes.Length, "d.jsonl", Options(), 0.01);
        Assert.Equal(1, last.SamplesPerRow);
    }

    [Theory]
    [InlineData("c#2", 2, "c")]
    [InlineData("c#12", 2, "c#12")]
    [InlineData("c#2", 0, "c#2")]
    [InlineData("#1#1", 1, "#1")]
    public void Id_of_a_row_is_that_of_the_sample_without_its_turn(string id, int turn, string row) =>
        Assert.Equal(row, ConversationTurn.RowIdOf(id, turn));
}
