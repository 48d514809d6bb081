using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Datasets.Csv;
using FunctionsEval.Core.Datasets.Jsonl;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Core.Tasks.MultipleChoice;
using static FunctionsEval.Core.Tests.Datasets.DatasetText;

namespace FunctionsEval.Core.Tests.Datasets;

/// <summary>
/// Rows as the common benchmarks and tuning sets publish them; the oracle is each one's dataset card and its task in lm-evaluation-harness
/// 0.4.
/// </summary>
public sealed class BenchmarkShapeTests
{
    private static readonly DatasetReadOptions Questions = Options(task: MultipleChoiceTask.Instance) with { RequireInput = false };

    [Theory]
    [InlineData("""{"choices":["a","b","c","d"],"answerKey":"B"}""", 1)] // ARC: answerKey names a label
    [InlineData("""{"choices":["a","b","c","d"],"answerKey":"2"}""", 1)] // whose labels may be 1 to 4
    [InlineData("""{"choices":["a","b","c","d"],"answerKey":"4"}""", 3)]
    [InlineData("""{"choices":["a","b","c","d"],"answerKey":2}""", 2)] // a number is an index
    [InlineData("""{"choices":["a1","b","c1","d1"],"answerKey":"b"}""", 1)]
    [InlineData("""{"choices":{"text":["a","b","c","d"],"label":["A","B","C","D"]},"answerKey":"B"}""", 1)]
    [InlineData("""{"choices":{"text":["a","b","c","d"],"label":["1","2","3","4"]},"answerKey":"4"}""", 3)]
    [InlineData("""{"choices":{"text":["a","b","c","d"],"label":[1,2,3,4]},"answerKey":1}""", 0)]
    [InlineData("""{"choices":{"text":["3","4","1","2"],"label":["1","2","3","4"]},"answerKey":"3"}""", 2)] // label before text
    [InlineData("""{"choices":{"label":["A","B","C","D","E"],"text":["a","b","c","d","e"]},"answerKey":"E"}""", 4)] // CommonsenseQA
    [InlineData("""{"choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"b"}""", 1)]
    [InlineData("""{"choices":{"text":["a","b"],"label":["A","B"]},"answer":0}""", 0)]
    [InlineData("""{"question":{"stem":"q","choices":[{"text":"a","label":"A"},{"text":"b","label":"B"}]},"answerKey":"B"}""", 1)] // AI2
    [InlineData("""{"ind":1,"ctx":"He","endings":["a","b","c","d"],"label":"3"}""", 3)] // HellaSwag: an index in digits
    [InlineData("""{"question":"q","subject":"s","choices":["a","b","c","d"],"answer":3}""", 3)] // MMLU
    [InlineData("""{"question":"q","options":["a","b","c","d"],"answer":"D"}""", 3)] // RACE
    [InlineData("""{"question":"q","options":{"A":"a","B":"b","C":"c"},"answer":"c","answer_idx":"C"}""", 2)] // MedQA
    [InlineData("""{"goal":"g","sol1":"a","sol2":"b","label":1}""", 1)] // PIQA: an index
    [InlineData("""{"premise":"p","choice1":"a","choice2":"b","question":"cause","label":0}""", 0)] // COPA: an index
    [InlineData("""{"sentence":"_","option1":"a","option2":"b","answer":"2"}""", 1)] // WinoGrande: the option's number
    [InlineData("""{"sentence":"_","option1":"a","option2":"b","answer":"1"}""", 0)]
    [InlineData("""{"startphrase":"s","ending0":"a","ending1":"b","ending2":"c","ending3":"d","label":2}""", 2)] // SWAG
    [InlineData("""{"question":"q","answerA":"a","answerB":"b","answerC":"c","label":"3"}""", 2)] // Social IQa
    [InlineData("""{"question":"q","A":"a","B":"b","C":"c","D":"d","answer":"C"}""", 2)] // C-Eval
    [InlineData("""{"question":"q","passage":"p","answer":true}""", 1)] // BoolQ: no, yes
    [InlineData("""{"question":"q","choices":["True","False"],"answer":false}""", 1)]
    [InlineData("""{"question":"q","choices":["a","b","c","d"],"answerKey":"4"}""", 3)]
    [InlineData(
        """{"question":"q","mc1_targets":{"choices":["a","b","c"],"labels":[0,1,0]},"mc2_targets":{"choices":["a","b"],"labels":[1,1]}}""",
        1
    )] // TruthfulQA
    public async Task Question_has_the_choice_that_its_benchmark_means(string row, int gold) =>
        Assert.Equal([gold], (await ReadSampleAsync(row, Questions)).GoldChoices);

    [Theory]
    [InlineData("""{"choices":["a","b","c","d"],"answerKey":"5"}""", "unknown_label")]
    [InlineData("""{"choices":["a","b","c","d"],"answerKey":"0"}""", "unknown_label")]
    [InlineData("""{"choices":["4","3","2","1"],"answerKey":"2"}""", "ambiguous")]
    [InlineData("""{"choices":["a","b","c","d"],"answer":"4"}""", "ambiguous")] // counted from 1, or past the last?
    [InlineData("""{"choices":["a","b","c","d"],"answer":4}""", "ambiguous")]
    [InlineData("""{"choices":["a","b","c","d"],"answer":"5"}""", "unknown_label")]
    [InlineData("""{"choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"2"}""", "unknown_label")] // of letters no number
    [InlineData("""{"choices":{"text":["a","b"],"label":["1","2"]},"answerKey":0}""", "unknown_label")]
    [InlineData("""{"choices":{"text":["a","b"],"label":["A"]},"answerKey":"A"}""", "wrong_type")]
    [InlineData("""{"choices":{"text":["a","b"],"label":["A","A"]},"answerKey":"A"}""", "wrong_type")]
    [InlineData("""{"choices":{"other":["a","b"]},"answerKey":"A"}""", "wrong_type")]
    [InlineData("""{"endings":["a","b"],"options":["c","d"],"label":1}""", "ambiguous")]
    [InlineData("""{"sol1":"a","sol2":"b","answer":1}""", "ambiguous")] // an index, or sol1?
    [InlineData("""{"option1":"a","option2":"b","label":1}""", "ambiguous")]
    [InlineData("""{"goal":"g","sol1":"a","sol2":"b","label":-1}""", "unknown_label")]
    [InlineData("""{"endings":["a","b"],"label":""}""", "unknown_label")]
    [InlineData("""{"mc1_targets":{"choices":["a","b"],"labels":[0,0]}}""", "missing_reference")]
    [InlineData("""{"question":"q","answer":"yes"}""", "missing_reference")]
    public async Task Question_that_is_not_clear_is_malformed(string row, string reason) =>
        Assert.Equal(reason, (await ReadMalformedAsync(row, Questions)).Reason);

    /// <summary>A field that counts from 1 is told by its largest number, and the other rows would be read one off.</summary>
    [Fact]
    public async Task One_ambiguous_row_refuses_the_dataset_whatever_share_may_be_malformed()
    {
        var bytes = Encoding.UTF8.GetBytes(
            string.Concat(
                Enumerable
                    .Range(1, 40)
                    .Select(row => $$"""{"input":"q","choices":["a","b","c","d"],"answer":"{{(row == 40 ? 4 : row % 4)}}"}""" + "\n")
            )
        );
        var spec = new EvaluationSpec
        {
            Task = MultipleChoiceTask.Instance,
            Model = "m",
            Limits = new LimitSpec { MaxMalformedShare = 1 },
        };
        var e = await Assert.ThrowsAsync<DatasetException>(() =>
            DatasetProbe.CheckAsync(
                Range(bytes),
                bytes.Length,
                "b",
                spec.ReadOptions(JsonlFormat.Instance),
                spec.Limits.MaxMalformedShare,
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal((MalformedReasons.Ambiguous, (int?)40), (e.Code, e.Line));
        Assert.Contains("columns.reference", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_of_a_csv_has_a_column_for_each_choice()
    {
        var options = Questions with { Format = CsvFormat.Csv };
        Assert.Equal([1], (await ReadSampleAsync("goal,sol1,sol2,label\ng,a,b,1\n", options)).GoldChoices);
        Assert.Equal([2], (await ReadSampleAsync("question,A,B,C,D,answer\nq,w,x,y,z,C\n", options)).GoldChoices);
    }

    [Theory]
    [InlineData("""{"instruction":"Translate.","input":"cat","output":"chat"}""", "Translate.\ncat")]
    [InlineData("""{"instruction":"Name a colour.","input":"","output":"red"}""", "Name a colour.")]
    [InlineData("""{"instruction":"Name a colour.","output":"red"}""", "Name a colour.")]
    [InlineData("""{"instruction":"Name a colour.","input":null,"output":"red"}""", "Name a colour.")]
    [InlineData("""{"instruction":"Translate.","input":"cat","output":"chat","text":"Translate. cat chat"}""", "Translate.\ncat")]
    [InlineData("""{"instruction":"Name a colour.","input":"","output":"red","text":"Name a colour. red"}""", "Name a colour.")]
    [InlineData("""{"instruction":"Who?","context":"Ann did.","output":"Ann"}""", "Who?\nAnn did.")] // Dolly
    [InlineData("""{"instruction":"Who?","prompt":"Ann did. Who?","output":"Ann"}""", "Ann did. Who?")]
    public async Task Instruction_is_sent_with_its_input(string row, string input)
    {
        var sample = await ReadSampleAsync(row);
        Assert.Equal(input, sample.Input);
        Assert.Empty(sample.Messages);
    }

    [Theory]
    [InlineData("instruction,input,output\nTranslate.,cat,chat\n", "Translate.\ncat")]
    [InlineData("instruction,input,output,text\nName a colour.,,red,Name a colour. red\n", "Name a colour.")]
    [InlineData("instruction,output\nName a colour.,red\n", "Name a colour.")]
    [InlineData("Instruction,Input,Output\nTranslate.,cat,chat\n", "Translate.\ncat")]
    public async Task Instruction_of_a_csv_is_sent_with_its_input(string csv, string input) =>
        Assert.Equal(input, (await ReadSampleAsync(csv, Options(CsvFormat.Csv))).Input);

    [Fact]
    public async Task Csv_cell_of_an_empty_history_is_none()
    {
        var sample = await ReadSampleAsync("instruction,input,output,history\nSay,hi,o,[]\n", Options(CsvFormat.Csv));
        Assert.Equal(("Say\nhi", 0), (sample.Input, sample.Messages.Count));
    }

    [Fact]
    public async Task Instruction_comes_after_its_system_turn_and_history()
    {
        var sample = await ReadSampleAsync("""{"instruction":"And now?","input":"","output":"o","system":"s","history":[["q","a"]]}""");
        Assert.Equal([new("system", "s"), new("user", "q"), new("assistant", "a"), new("user", "And now?")], sample.Messages);
        Assert.Equal("And now?", sample.Input);
    }

    [Theory]
    [InlineData("""{"instruction":"Classify.","text":"I loved it.","label":"pos"}""", "columns.input")]
    [InlineData("""{"instruction":"Classify.","prompt":"I loved it.","label":"pos"}""", "prompt.user")]
    [InlineData("""{"instruction":"Classify.","input":"a","context":"b","label":"pos"}""", "context")]
    public async Task Instruction_beside_a_field_that_may_be_the_whole_prompt_is_ambiguous(string row, string told)
    {
        var malformed = await ReadMalformedAsync(row);
        Assert.Equal(MalformedReasons.Ambiguous, malformed.Reason);
        Assert.Contains(told, malformed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "i\nx")]
    [InlineData("{{ input }}", null, "i\nx")]
    [InlineData("{{ instruction }}: {{ input }}", null, "x")] // The template names the instruction: its input stays the field.
    [InlineData(null, "{{ row.instruction }}", "x")]
    public async Task Instruction_that_a_template_names_is_not_sent_twice(string? user, string? system, string input)
    {
        var spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Prompt = new PromptSpec { User = user, System = system },
        };
        Assert.Equal(
            input,
            (await ReadSampleAsync("""{"instruction":"i","input":"x","output":"o"}""", spec.ReadOptions(JsonlFormat.Instance))).Input
        );
    }

    [Fact]
    public async Task Instruction_stays_away_when_the_spec_names_the_input() =>
        Assert.Equal(
            "x",
            (
                await ReadSampleAsync(
                    """{"instruction":"i","input":"x","output":"o"}""",
                    Options() with
                    {
                        Columns = new ColumnSpec { Input = "input" },
                    }
                )
            ).Input
        );

    [Fact]
    public async Task Instruction_is_left_to_a_template_without_input()
    {
        var spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Prompt = new PromptSpec { User = "Classify: {{ text }}" },
        };
        Assert.Equal(
            "t",
            (await ReadSampleAsync("""{"instruction":"i","text":"t","label":"o"}""", spec.ReadOptions(JsonlFormat.Instance))).Input
        );
    }

    [Theory]
    [InlineData("""{"answers":{"text":["a","the a"],"answer_start":[0,0]}}""", "answers.text", "a|the a")]
    [InlineData("""{"answers":{"text":[],"answer_start":[]}}""", "answers.text", "")]
    [InlineData("""{"answers":{"text":[],"answer_start":[]}}""", "answers", "")]
    [InlineData("""{"answers":{"text":["a"],"answer_start":[0]}}""", null, "a")]
    [InlineData("""{"answers":{"text":[],"answer_start":[]}}""", null, "")]
    [InlineData("""{"answers":[{"text":"a","answer_start":0},{"text":"b","answer_start":4}],"is_impossible":false}""", "answers", "a|b")]
    [InlineData("""{"answers":[{"text":"a","answer_start":0},{"text":"b","answer_start":4}],"is_impossible":false}""", null, "a|b")]
    [InlineData("""{"answers":[],"is_impossible":true}""", null, "")]
    [InlineData("""{"answers":[],"is_impossible":true}""", "answers", "")]
    public async Task Answers_of_squad_are_the_references_and_none_is_the_empty_answer(string row, string? column, string references)
    {
        var sample = await ReadSampleAsync(
            row,
            Options() with
            {
                RequireInput = false,
                Columns = new ColumnSpec { Reference = column },
            }
        );
        Assert.Equal(references, string.Join('|', sample.References));
        Assert.NotEmpty(sample.References);
    }

    [Theory]
    [InlineData(
        """{"input":{"messages":[{"role":"user","content":"hi"}]},"preferred_output":[{"role":"assistant","content":"hello"}],"non_preferred_output":[{"role":"assistant","content":"no"}]}""",
        "input.messages",
        "preferred_output"
    )]
    [InlineData("""{"prompt":[{"role":"user","content":"hi"}],"chosen":[{"role":"assistant","content":"hello"}]}""", null, "chosen")]
    public async Task Preferred_turn_of_an_assistant_is_a_reference(string row, string? input, string reference)
    {
        var sample = await ReadSampleAsync(
            row,
            Options() with
            {
                Columns = new ColumnSpec { Input = input, Reference = reference },
            }
        );
        Assert.Equal(("hi", "hello"), (sample.Input, Assert.Single(sample.References)));
    }

    [Theory]
    [InlineData("""[{"role":"assistant","content":"a"},{"role":"user","content":"b"}]""")]
    [InlineData("""[{"role":"user","content":"b"}]""")]
    public async Task Several_turns_or_another_than_the_assistants_are_no_reference(string turns) =>
        Assert.Equal(MalformedReasons.WrongType, (await ReadMalformedAsync($$"""{"input":"q","expected":{{turns}}}""", Options())).Reason);

    [Theory]
    [InlineData("""{"answers":[]}""", "answers")]
    [InlineData("""{"answers":[],"is_impossible":false}""", "answers")]
    [InlineData("""{"answers":{"text":[]}}""", "answers.text")]
    [InlineData("""{"answers":{"text":[],"answer_start":[3]}}""", "answers.text")]
    public async Task List_without_answers_that_nothing_calls_unanswerable_is_a_missing_reference(string row, string column)
    {
        var malformed = await ReadMalformedAsync(
            row,
            Options() with
            {
                RequireInput = false,
                Columns = new ColumnSpec { Reference = column },
            }
        );
        Assert.Equal(MalformedReasons.MissingReference, malformed.Reason);
        Assert.Contains("is_impossible", malformed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversation_of_sharegpt_ends_with_the_reference()
    {
        var sample = await ReadSampleAsync(
            """{"id":"c","conversations":[{"from":"system","value":"s"},{"from":"human","value":"u1"},{"from":"gpt","value":"a1"},{"from":"human","value":"u2"},{"from":"gpt","value":"a2"}]}"""
        );
        Assert.Equal([new("system", "s"), new("user", "u1"), new("assistant", "a1"), new("user", "u2")], sample.Messages);
        Assert.Equal(("u2", "a2", "c"), (sample.Input, Assert.Single(sample.References), sample.Id));
    }

    [Theory]
    [InlineData("""{"system":"s","conversations":[{"from":"human","value":"u"},{"from":"gpt","value":"a"}]}""", "system:s user:u", "a")]
    [InlineData("""{"conversations":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}""", "user:u", "a")]
    [InlineData("""{"messages":[{"from":"user","value":"u"},{"from":"assistant","value":"a"}]}""", "user:u", "a")]
    [InlineData("""{"conversations":[{"from":"human","value":"u"}],"output":"a"}""", "user:u", "a")]
    [InlineData("""{"conversations":[{"from":"human","value":"u"}],"input":"i","output":"a"}""", "", "a")] // as it was read before
    public async Task Conversation_in_a_variant_is_read(string row, string turns, string reference)
    {
        var sample = await ReadSampleAsync(row);
        Assert.Equal(turns, string.Join(' ', sample.Messages.Select(turn => $"{turn.Role}:{turn.Content}")));
        Assert.Equal(reference, Assert.Single(sample.References));
    }

    [Theory]
    [InlineData("function_call", "unsupported_content")]
    [InlineData("observation", "unsupported_content")]
    [InlineData("tool", "unsupported_content")]
    [InlineData("narrator", "wrong_type")]
    public async Task Conversation_with_another_speaker_is_malformed(string speaker, string reason) =>
        Assert.Equal(
            reason,
            (
                await ReadMalformedAsync(
                    $$"""{"conversations":[{"from":"human","value":"u"},{"from":"{{speaker}}","value":"x"},{"from":"gpt","value":"a"}]}"""
                )
            ).Reason
        );
}
