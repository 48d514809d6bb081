using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.LanguageModelling;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>The JSONL row shapes of docs/datasets.md.</summary>
public sealed class RowShapeTests
{
    private static DatasetReadOptions Classification(params string[] labels) => Options(task: ClassificationTask.Instance, labels: labels);

    [Fact]
    public async Task Messages_last_assistant_turn_is_the_reference_and_the_rest_the_prompt()
    {
        var sample = await ReadSampleAsync(
            """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u1"},{"role":"assistant","content":"a1"},{"role":"user","content":"u2"},{"role":"assistant","content":"a2"}]}"""
        );
        Assert.Equal(["a2"], sample.References);
        Assert.Equal([new("system", "s"), new("user", "u1"), new("assistant", "a1"), new("user", "u2")], sample.Messages);
        Assert.Equal("u2", sample.Input);
    }

    /// <summary>As OpenAI's API documents <c>messages[].name</c>: few-shot turns among the instructions.</summary>
    [Fact]
    public async Task Messages_names_are_kept_and_part_of_what_is_asked()
    {
        const string Row =
            """{"messages":[{"role":"system","name":"example_user","content":"2+2"},{"role":"user","name":null,"content":"3+3"},{"role":"assistant","content":"6"}]}""";
        var contents = new SampleContent(new PromptSpec());

        var sample = await ReadSampleAsync(Row);
        var other = await ReadSampleAsync(Row.Replace("example_user", "example_assistant", StringComparison.Ordinal));

        Assert.Equal([new("system", "2+2") { Name = "example_user" }, new("user", "3+3")], sample.Messages);
        Assert.NotEqual(contents.HashOf(sample), contents.HashOf(other));
    }

    [Fact]
    public async Task Messages_final_turn_with_weight_0_leaves_the_last_trained_turn_as_reference()
    {
        var sample = await ReadSampleAsync(
            """{"messages":[{"role":"user","content":"u1"},{"role":"assistant","content":"a1","weight":1},{"role":"user","content":"u2"},{"role":"assistant","content":"a2","weight":0}]}"""
        );
        Assert.Equal(["a1"], sample.References);
        Assert.Equal([new("user", "u1")], sample.Messages);
    }

    [Fact]
    public async Task Messages_only_weight_0_turns_is_missing_reference()
    {
        var row = await ReadMalformedAsync(
            """{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a","weight":0}]}"""
        );
        Assert.Equal(MalformedReasons.MissingReference, row.Reason);
        Assert.Contains("weight 0", row.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_text_parts_are_joined()
    {
        var sample = await ReadSampleAsync(
            """{"messages":[{"role":"user","content":[{"type":"text","text":"one "},{"type":"text","text":"two"}]},{"role":"assistant","content":"a"}]}"""
        );
        Assert.Equal("one two", sample.Input);
    }

    [Fact]
    public async Task Messages_that_end_with_the_user_take_a_reference_beside_them()
    {
        var sample = await ReadSampleAsync(
            """{"messages":[{"role":"user","content":"2+2"},{"role":"assistant","content":"4"},{"role":"user","content":"3+3"}],"expected":"6"}"""
        );
        Assert.Equal(["6"], sample.References);
        Assert.Equal(3, sample.Messages.Count);
    }

    [Fact]
    public async Task Messages_with_a_named_reference_column_never_send_the_final_assistant_turn()
    {
        var options = Options() with { Columns = new ColumnSpec { Reference = "label" } };
        var sample = await ReadSampleAsync(
            """{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"spam"}],"label":"spam"}""",
            options
        );
        Assert.Equal([new("user", "u")], sample.Messages);
        Assert.Equal(["spam"], sample.References);
    }

    [Fact]
    public async Task Messages_without_a_turn_before_the_reference_is_missing_input() =>
        Assert.Equal(
            MalformedReasons.MissingInput,
            (await ReadMalformedAsync("""{"messages":[{"role":"assistant","content":"a"}]}""")).Reason
        );

    [Theory]
    [InlineData("""{"messages":"x"}""", "messages must be a list; it is a string.")]
    [InlineData("""{"messages":[1]}""", "messages[0] must be an object with role and content; it is a number.")]
    [InlineData("""{"messages":[{"content":"x"}]}""", "messages[0].role is missing; it must be a string.")]
    [InlineData(
        """{"messages":[{"role":"bot","content":"x"}]}""",
        "messages[0].role is none of system, developer, user, assistant, tool, function."
    )]
    [InlineData(
        """{"messages":[{"role":"user","content":5}]}""",
        "messages[0].content must be a string or a list of text parts; it is a number."
    )]
    public async Task Messages_of_the_wrong_type_name_the_place(string text, string message)
    {
        var row = await ReadMalformedAsync(text);
        Assert.Equal(MalformedReasons.WrongType, row.Reason);
        Assert.Equal(message, row.Message);
    }

    [Fact]
    public async Task Prompt_and_completion_are_input_and_reference()
    {
        var sample = await ReadSampleAsync("""{"prompt":"p ->","completion":" c"}""");
        Assert.Equal("p ->", sample.Input);
        Assert.Equal([" c"], sample.References);
        Assert.Empty(sample.Messages);
    }

    [Theory]
    [InlineData("expected")]
    [InlineData("ideal")]
    [InlineData("reference")]
    [InlineData("references")]
    [InlineData("output")]
    [InlineData("label")]
    public async Task Input_with_any_usual_reference_field_is_a_sample(string name) =>
        Assert.Equal(["r"], (await ReadSampleAsync($$"""{"input":"i","{{name}}":"r"}""")).References);

    [Theory]
    [InlineData("\"a\"", new[] { "a" })]
    [InlineData("12", new[] { "12" })]
    [InlineData("1.50", new[] { "1.50" })]
    [InlineData("true", new[] { "true" })]
    [InlineData("[\"a\",\"b\",3]", new[] { "a", "b", "3" })]
    public async Task Reference_of_any_plain_type_is_its_text(string json, string[] expected) =>
        Assert.Equal(expected, (await ReadSampleAsync($$"""{"input":"i","expected":{{json}}}""")).References);

    [Theory]
    [InlineData("""{"input":"i"}""")]
    [InlineData("""{"input":"i","expected":null}""")]
    [InlineData("""{"input":"i","expected":[]}""")]
    public async Task Reference_absent_is_missing_reference(string row) =>
        Assert.Equal(MalformedReasons.MissingReference, (await ReadMalformedAsync(row)).Reason);

    [Fact]
    public async Task Reference_absent_names_the_fields_looked_for()
    {
        var row = await ReadMalformedAsync("""{"input":"i","reply":"a"}""");
        Assert.All(
            ["messages", "expected", "ideal", "completion", "label"],
            name => Assert.Contains(name, row.Message, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Item_row_is_looked_up_inside_the_item()
    {
        var sample = await ReadSampleAsync("""{"item":{"input":"i","ideal":"r","id":"x"},"sample":{"output_text":"ignored"}}""");
        Assert.Equal(("i", "r", "x"), (sample.Input, sample.References[0], sample.Id));
    }

    [Fact]
    public async Task Input_as_a_list_of_turns_is_the_conversation()
    {
        var sample = await ReadSampleAsync(
            """{"input":[{"role":"system","content":"s"},{"role":"user","content":"u"}],"ideal":["a","b"]}"""
        );
        Assert.Equal([new("system", "s"), new("user", "u")], sample.Messages);
        Assert.Equal("u", sample.Input);
        Assert.Equal(["a", "b"], sample.References);
    }

    [Fact]
    public async Task Input_as_a_list_of_turns_never_sends_a_final_assistant_turn() =>
        Assert.Equal(
            [new("user", "u")],
            (
                await ReadSampleAsync("""{"prompt":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}],"completion":"a"}""")
            ).Messages
        );

    [Fact]
    public async Task Named_input_column_wins_over_messages()
    {
        var options = Options() with { Columns = new ColumnSpec { Input = "question" } };
        var sample = await ReadSampleAsync("""{"question":"q","ideal":"r","messages":[{"role":"user","content":"u"}]}""", options);
        Assert.Equal(("q", "r", 0), (sample.Input, sample.References[0], sample.Messages.Count));
    }

    [Fact]
    public async Task Text_alone_is_what_language_modelling_scores()
    {
        var sample = await ReadSampleAsync("""{"text":"t"}""", Options(task: LanguageModellingTask.Instance));
        Assert.Equal(["t"], sample.References);
        Assert.Equal("", sample.Input);
    }

    [Theory]
    [InlineData("""{"prompt":"p","completion":"c"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"p"},{"role":"assistant","content":"c"}]}""")]
    public async Task Other_shapes_in_language_modelling_score_the_reference_alone(string row)
    {
        var sample = await ReadSampleAsync(row, Options(task: LanguageModellingTask.Instance));
        Assert.Equal(["c"], sample.References);
        Assert.Empty(sample.Messages);
    }

    [Fact]
    public async Task Text_and_label_are_a_classification_sample()
    {
        var sample = await ReadSampleAsync("""{"text":"t","label":1}""", Classification("0", "1"));
        Assert.Equal(("t", "1"), (sample.Input, Assert.Single(sample.References)));
    }

    [Fact]
    public async Task Classification_reference_is_trimmed() =>
        Assert.Equal(
            ["spam"],
            (await ReadSampleAsync("""{"prompt":"p","completion":" spam\n"}""", Classification("spam", "ham"))).References
        );

    [Theory]
    [InlineData("Spam")]
    [InlineData("egg")]
    public async Task Classification_reference_outside_the_labels_is_unknown_label_and_not_quoted(string label)
    {
        var row = await ReadMalformedAsync($$"""{"text":"t","label":"{{label}}"}""", Classification("spam", "ham"));
        Assert.Equal(MalformedReasons.UnknownLabel, row.Reason);
        Assert.DoesNotContain(label, row.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classification_with_two_references_is_several_references() =>
        Assert.Equal(
            MalformedReasons.SeveralReferences,
            (await ReadMalformedAsync("""{"text":"t","label":["spam","ham"]}""", Classification("spam", "ham"))).Reason
        );

    [Fact]
    public async Task Columns_name_fields_in_any_depth()
    {
        var columns = new ColumnSpec
        {
            Input = "ticket.body",
            Reference = "gold",
            Id = "ticket.no",
            Tags = ["lang"],
        };
        var sample = await ReadSampleAsync(
            """{"ticket":{"body":"b","no":7},"gold":"g","lang":"de","input":"not this"}""",
            Options() with
            {
                Columns = columns,
            }
        );
        Assert.Equal(("b", "g", "7", "de"), (sample.Input, sample.References[0], sample.Id, sample.Tags["lang"]));
    }

    [Theory]
    [InlineData("""{"id":"a1","input":"i","expected":"r"}""", "a1")]
    [InlineData("""{"id":17,"input":"i","expected":"r"}""", "17")]
    [InlineData("""{"id":null,"input":"i","expected":"r"}""", "0")]
    [InlineData("""{"input":"i","expected":"r"}""", "0")]
    public async Task Id_is_the_rows_own_or_its_offset(string row, string id) => Assert.Equal(id, (await ReadSampleAsync(row)).Id);

    [Fact]
    public async Task Id_of_another_type_is_wrong_type() =>
        Assert.Equal(MalformedReasons.WrongType, (await ReadMalformedAsync("""{"id":[1],"input":"i","expected":"r"}""")).Reason);

    [Fact]
    public async Task Tags_take_plain_values_and_leave_out_null()
    {
        var sample = await ReadSampleAsync(
            """{"input":"i","expected":"r","tags":{"lang":"de","n":2,"new":true,"none":null},"metadata":{"x":[]}}"""
        );
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["lang"] = "de",
                ["n"] = "2",
                ["new"] = "true",
            },
            sample.Tags
        );
    }

    [Fact]
    public async Task Input_absent_is_missing_input_unless_a_template_makes_the_prompt()
    {
        const string Row = """{"topic":"q","expected":"r"}""";
        Assert.Equal(MalformedReasons.MissingInput, (await ReadMalformedAsync(Row)).Reason);
        Assert.Equal("", (await ReadSampleAsync(Row, Options() with { RequireInput = false })).Input);
    }

    [Fact]
    public async Task Duplicate_property_last_one_wins() =>
        Assert.Equal("second", (await ReadSampleAsync("""{"input":"first","input":"second","expected":"r"}""")).Input);

    [Fact]
    public async Task Fields_outlive_the_enumeration() =>
        Assert.Equal("v", (await ReadSampleAsync("""{"input":"i","expected":"r","extra":"v"}""")).Fields.GetProperty("extra").GetString());
}
