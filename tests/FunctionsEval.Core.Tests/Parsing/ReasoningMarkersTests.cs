using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>
/// Reasoning is no answer. The formats are those of vLLM's and SGLang's reasoning parsers and of OpenAI's harmony; the expected values are
/// what those parsers give as content.
/// </summary>
public sealed class ReasoningMarkersTests
{
    [Theory]
    [InlineData("<think>\nCould be C.\n</think>\n\nB", "B", "Could be C.")]
    [InlineData("<THINK>C?</Think>B", "B", "C?")]
    [InlineData("  <thinking>C?</thinking> B ", "B", "C?")]
    [InlineData("<thought>C?</thought>B", "B", "C?")]
    [InlineData("<seed:think>C?</seed:think>B", "B", "C?")]
    [InlineData("<longcat_think>C?</longcat_think>B", "B", "C?")]
    [InlineData("[THINK]C?[/THINK]B", "B", "C?")]
    [InlineData("◁think▷C?◁/think▷B", "B", "C?")]
    [InlineData("<|START_THINKING|>C?<|END_THINKING|><|START_RESPONSE|>B<|END_RESPONSE|>", "B", "C?")]
    [InlineData("<|channel>thought\nC?<channel|>B", "B", "thought\nC?")]
    [InlineData("<|begin_of_thought|>C?<|end_of_thought|><|begin_of_solution|>B<|end_of_solution|>", "B", "C?")]
    [InlineData("<|inner_prefix|>C?<|inner_suffix|>B", "B", "C?")]
    [InlineData("[unused16]C?[unused17]B", "B", "C?")]
    [InlineData("<reasoning>C?</reasoning>\nB", "B", "C?")]
    [InlineData("<reflection>C?</reflection>\nB", "B", "C?")]
    [InlineData("<scratchpad>C?</scratchpad>\nB", "B", "C?")]
    [InlineData("Here is my thought process: C? Here is my response: B", "B", "C?")]
    [InlineData("<|channel|>analysis<|message|>C?<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>", "B", "C?")]
    [InlineData(
        "<|start|>assistant<|channel|>analysis<|message|>C?<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{\"a\":1}",
        "{\"a\":1}",
        "C?"
    )]
    [InlineData("<|channel|>final<|message|>B", "B", null)]
    [InlineData("analysisThe user asks. C?assistantfinalB", "B", "The user asks. C?")]
    public void Text_between_markers_is_reasoning_and_what_follows_is_the_answer(string text, string answer, string? reasoning) =>
        Assert.Equal(new ModelText(answer, reasoning), ReasoningMarkers.All.Separate(text));

    /// <summary>Templates of DeepSeek R1, Qwen 3 and others end the prompt with the opening marker.</summary>
    [Theory]
    [InlineData("Could be C.\n</think>\n\nB", "B", "Could be C.")]
    [InlineData("C?[/THINK]B", "B", "C?")]
    [InlineData("C?</seed:think>B", "B", "C?")]
    [InlineData("\n</think>\n\nB", "B", "")]
    [InlineData("C?<|end|><|start|>assistant<|channel|>final<|message|>B", "B", "C?")]
    public void Opening_that_is_in_the_prompt_is_not_needed(string text, string answer, string reasoning) =>
        Assert.Equal(new ModelText(answer, reasoning), ReasoningMarkers.All.Separate(text));

    [Theory]
    [InlineData("<think>Could be C, or B", "Could be C, or B")]
    [InlineData("[THINK]C", "C")]
    [InlineData("<reasoning>C", "C")]
    [InlineData("<|channel|>analysis<|message|>Could be C", "Could be C")]
    [InlineData("<|channel|>analysis", null)]
    [InlineData("<think>C</think>", "C")]
    [InlineData("C</think>\n ", "C")]
    public void Text_that_is_cut_in_its_reasoning_has_no_answer(string text, string? reasoning)
    {
        var separated = ReasoningMarkers.All.Separate(text);

        Assert.Equal("", separated.Answer);
        Assert.Equal(reasoning, separated.Reasoning);
    }

    [Theory]
    [InlineData("<think>C?</think>\n<think>D?</think>B", "B")]
    [InlineData("<think>a <think> b</think> C?</think>B", "B")]
    [InlineData("<think>C?</think>B</think>", "B")]
    [InlineData("Let me see. <think>C?</think> B", "Let me see.  B")]
    [InlineData("B\n<think>Or is it C?", "B")]
    [InlineData("<think>The tag `</think>` ends it. C?</think>B", "B")]
    [InlineData("<think>C?</think>```html\n<think>x\n```", "```html\n<think>x\n```")]
    public void Several_nested_and_later_blocks_are_reasoning(string text, string answer) =>
        Assert.Equal(answer, ReasoningMarkers.All.Separate(text).Answer);

    [Theory]
    [InlineData("billing")]
    [InlineData("  <b>B</b>\n")]
    [InlineData("Use `<think>` and `</think>`.")]
    [InlineData("Some models write <think> first.")]
    [InlineData("```html\n<thinking>x</thinking>\n```")]
    [InlineData("{\"html\": \"<think>x</think>\", \"label\": \"a\"}")]
    [InlineData("[\"</think>\"]")]
    [InlineData("<doc><reasoning>why</reasoning><answer>B</answer></doc>")]
    [InlineData("The analysis: assistant final")]
    [InlineData("Here is my thought process: it is B.")]
    public void Text_without_reasoning_stays_as_it_is(string text) =>
        Assert.Equal(new ModelText(text, null), ReasoningMarkers.All.Separate(text));

    /// <summary>
    /// As long as an answer can be, built so that each marker asks for all that stands before it. Reading them one against the other takes
    /// hours.
    /// </summary>
    [Theory]
    [InlineData("blanks")]
    [InlineData("one long channel")]
    [InlineData("many channels")]
    public void Reading_takes_time_in_proportion_to_the_text(string kind)
    {
        const int Length = 8 * 1024 * 1024;
        var text = kind switch
        {
            "blanks" => new string(' ', Length / 2) + "x" + string.Concat(Enumerable.Repeat("<reasoning>", Length / 22)),
            "one long channel" => "<|channel|>" + new string('a', Length) + "<",
            _ => string.Concat(Enumerable.Repeat("<|channel|>" + new string('a', 300) + "<", Length / 312)),
        };

        Assert.Equal(new ModelText(text, null), ReasoningMarkers.All.Separate(text));
    }

    [Fact]
    public void Half_a_surrogate_pair_in_what_looks_like_json_is_read_as_text() =>
        Assert.Equal(
            "{\"a\": \"\uD800\", \"b\": \"\"}",
            ReasoningMarkers.All.Separate("{\"a\": \"\uD800\", \"b\": \"<think>x</think>\"}").Answer
        );

    [Fact]
    public void Marker_that_a_reference_or_the_spec_contains_is_text()
    {
        const string Text = "<think>a</think>b";
        var spec = new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" };
        var pattern = spec with
        {
            Parsing = new ParsingSpec { Method = ParsingMethod.Regex, Pattern = @"<\/?think>(\w)$" },
        };

        Assert.Equal(Text, spec.CreateParser().MarkersBeside(["x <think>"]).Separate(Text).Answer);
        Assert.Equal("b", spec.CreateParser().MarkersBeside(["x <thinking>"]).Separate(Text).Answer);
        Assert.Equal(new Parsed("b"), pattern.CreateParser().Parse(Text));
        Assert.Equal(
            new Parsed("<think>a"),
            (spec with { Task = ClassificationTask.Instance, Labels = ["<think>a", "b"] }).CreateParser().Parse("<think>a")
        );
    }

    /// <summary>
    /// A prediction equals what the same answer gives without its reasoning; lenient reading would take a letter, a label or an object of
    /// the reasoning.
    /// </summary>
    [Theory]
    [InlineData(ParsingMethod.Choice, "<think>Maybe the answer is C.</think>\nB", "x", "x")]
    [InlineData(ParsingMethod.Choice, "<think>Option A seems right. Option C no.</think>\nI say B.", null, "x")]
    [InlineData(ParsingMethod.Label, "<think>it could be y</think>\nI am unsure", null, null)]
    [InlineData(ParsingMethod.Label, "<think>Not y, maybe z.</think>\n\nx", "x", "x")]
    [InlineData(ParsingMethod.JsonField, "<think>{\"label\":\"z\"}</think>{\"label\":\"x\"}", "x", "x")]
    [InlineData(ParsingMethod.JsonField, "{\"label\":\"z\"}\n</think>\nSo: {\"label\":\"x\"}", null, "x")]
    [InlineData(ParsingMethod.Regex, "<think>is: z</think>is: x", "x", "x")]
    [InlineData(ParsingMethod.Label, "<think>it is x", null, null)]
    public void Reasoning_is_never_read(ParsingMethod method, string text, string? strict, string? lenient)
    {
        var parser = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "m",
            Labels = ["w", "x", "y", "z"],
            Parsing = new ParsingSpec
            {
                Method = method,
                Field = "label",
                Pattern = "is: (.)",
            },
        }.CreateParser();

        Assert.Equal(strict, (parser.Parse(text) as Parsed)?.Value);
        Assert.Equal(lenient, parser.ParseLeniently(text));
    }

    [Fact]
    public void Row_of_an_answer_has_its_reasoning_apart_and_one_of_reasoning_alone_counts_as_wrong()
    {
        var parser = new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" }.CreateParser();
        var row = new EvaluatedSample
        {
            Id = "1",
            Ordinal = 0,
            Line = 1,
            Offset = 0,
            Outcome = Outcome.Scored,
            References = [""],
        };

        var answered = RowReading.Read(row, parser, "<think>two</think>\nfour");
        var cut = RowReading.Read(row, parser, "<think>two");

        Assert.Equal(("four", "two", "four", Outcome.Scored), (answered.Text, answered.Reasoning, answered.Prediction, answered.Outcome));
        Assert.Equal(
            ("", "two", null, Outcome.Unparsable, UnparsableReasons.ReasoningOnly),
            (cut.Text, cut.Reasoning, cut.Prediction, cut.Outcome, cut.Reason)
        );
    }
}
