using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tests.Fuzzing;

namespace FunctionsEval.Core.Tests.Parsing;

/// <summary>Whatever a model or a judge writes comes to a reading: nothing is thrown, and memory is bounded by the text.</summary>
public sealed class AnswerFuzzTests
{
    private static readonly string[] Words =
    [
        "<think>",
        "</think>",
        "<reasoning>",
        "</reasoning>",
        "[THINK]",
        "[/THINK]",
        "◁think▷",
        "◁/think▷",
        "<|channel|>",
        "analysis",
        "final",
        "<|message|>",
        "<|end|>",
        "<|start|>assistant",
        "```",
        "`",
        "\"",
        "\n",
        "{",
        "}",
        "[",
        "]",
        "{\"label\":\"x\"}",
        "{\"score\":4}",
        "\\ud800",
        "{\"\\ud800\":1,\"label\":\"x\",\"score\":4}",
        "\ud83d\ude00",
        "analysis",
        "assistantfinal",
        "Here is my response:",
        "x",
        "B",
        "4",
        "is: x",
        "-",
        "\0",
    ];

    private static readonly AnswerParser[] Parsers =
    [
        .. new[]
        {
            ParsingMethod.Label,
            ParsingMethod.Choice,
            ParsingMethod.Integer,
            ParsingMethod.JsonField,
            ParsingMethod.Regex,
            ParsingMethod.Text,
        }.Select(method =>
            new EvaluationSpec
            {
                Task = ClassificationTask.Instance,
                Model = "m",
                Labels = ["x", "y", "4"],
                Parsing = new ParsingSpec
                {
                    Method = method,
                    Field = "label",
                    Pattern = "is: (.)",
                },
            }.CreateParser()
        ),
    ];

    [Fact]
    public void Every_answer_is_read_or_unparsable_and_loses_nothing_but_markers() =>
        Fuzz.Run(
            3000,
            40_000_000,
            random =>
            {
                var text = TextOf(random);
                var separated = ReasoningMarkers.All.Separate(text);

                Assert.True(separated.Answer.Length + (separated.Reasoning?.Length ?? 0) <= text.Length + 1);
                foreach (var parser in Parsers)
                {
                    Assert.True(parser.Parse(text) is Parsed or Unparsable);
                    _ = parser.ParseLeniently(text);
                }
            }
        );

    [Fact]
    public void Every_reply_of_a_judge_is_a_grade_or_none() =>
        Fuzz.Run(
            5000,
            20_000_000,
            random =>
            {
                var text = TextOf(random);
                var label = JudgeReading.Read(
                    new RubricSpec("judge", "m")
                    {
                        Rubric = "",
                        Labels = ["x", "y"],
                        Pass = ["x"],
                    },
                    text
                );
                var score = JudgeReading.Read(
                    new RubricSpec("judge", "m")
                    {
                        Rubric = "",
                        Lowest = 1,
                        Highest = 5,
                    },
                    text
                );

                Assert.True(
                    label.Outcome == GradeOutcome.Graded
                        ? label.Label is "x" or "y"
                        : label is { Outcome: GradeOutcome.Unparsable, Reason: not null }
                );
                Assert.True(
                    score.Outcome == GradeOutcome.Graded
                        ? score.Score is >= 1 and <= 5
                        : score is { Outcome: GradeOutcome.Unparsable, Reason: not null }
                );
            }
        );

    [Theory]
    [InlineData("<think>")]
    [InlineData("x<think>")]
    [InlineData("</think>")]
    [InlineData("a</think>b")]
    [InlineData("```<think>")]
    [InlineData("<|channel|>")]
    [InlineData("<|channel|>analysis<|message|>x")]
    [InlineData("<reasoning>\n")]
    [InlineData("analysis")]
    public void Text_of_nothing_but_markers_is_read_in_linear_memory(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 400_000 / part.Length)) + "</think>```";
        var before = GC.GetAllocatedBytesForCurrentThread();

        ReasoningMarkers.All.Separate(text);

        // A match takes some 200 bytes, and the shortest marker has 7 characters.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, text.Length * 200L);
    }

    private static string TextOf(Random random)
    {
        var text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => Words[random.Next(Words.Length)]));
        return random.Next(2) == 0
            ? text
            : System.Text.Encoding.UTF8.GetString(Fuzz.Mutated(random, System.Text.Encoding.UTF8.GetBytes(text), Words));
    }
}
