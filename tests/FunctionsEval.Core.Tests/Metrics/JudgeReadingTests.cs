using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;

namespace FunctionsEval.Core.Tests.Metrics;

public sealed class JudgeReadingTests
{
    private static readonly RubricSpec Labels = new("judge", "m")
    {
        Rubric = "",
        Labels = ["right", "wrong"],
        Pass = ["right"],
    };
    private static readonly RubricSpec Scale = new("judge", "m")
    {
        Rubric = "",
        Lowest = 1,
        Highest = 5,
    };

    [Theory]
    [InlineData("right", "right")]
    [InlineData(" {\"label\": \"wrong\", \"reason\": \"no\"} ", "wrong")]
    [InlineData("```json\n{\"label\":\"right\"}\n```", "right")]
    [InlineData("Right", null)]
    [InlineData("It is right", null)]
    [InlineData("{\"label\":\"maybe\"}", null)]
    [InlineData("{\"label\":[\"right\"]}", null)]
    [InlineData("{\"score\":5}", null)]
    [InlineData("{\"label\":\"right\"", null)]
    [InlineData("", null)]
    public void Label_rubric_reads_one_of_its_labels_or_nothing(string text, string? label)
    {
        var grade = JudgeReading.Read(Labels, text);

        Assert.Equal((label, label is null ? GradeOutcome.Unparsable : GradeOutcome.Graded), (grade.Label, grade.Outcome));
        Assert.Equal(text, grade.Text);
    }

    [Theory]
    [InlineData("4", 4.0)]
    [InlineData("{\"score\": 4.5}", 4.5)]
    [InlineData("{\"score\": \"3\"}", 3.0)]
    [InlineData("4/5", null)]
    [InlineData("0", null)]
    [InlineData("6", null)]
    [InlineData("<think>maybe 2</think>\n{\"score\": 4}", 4.0)]
    [InlineData("{\"score\": 2} at first, but\n</think>\n4", 4.0)]
    [InlineData("[THINK]2[/THINK]```json\n{\"score\": 4}\n```", 4.0)]
    [InlineData("Here is my rating:\n\n{\"score\": 4}", 4.0)]
    [InlineData("Here is my rating:\n```json\n{\"score\": 4}\n```", 4.0)]
    [InlineData("It wrote {\"score\": 5}.\n{\"score\": 2}", null)]
    [InlineData("It wrote {\"score\": 5}", null)]
    [InlineData("{\"score\": 5}\nis what it wrote. 2", null)]
    [InlineData("<think>4", null)]
    [InlineData("NaN", null)]
    [InlineData("1,000", null)]
    [InlineData("four", null)]
    public void Score_rubric_reads_a_number_within_its_scale_or_nothing(string text, double? score)
    {
        var grade = JudgeReading.Read(Scale, text);

        Assert.Equal((score, score is null ? GradeOutcome.Unparsable : GradeOutcome.Graded), (grade.Score, grade.Outcome));
    }

    [Fact]
    public void Cosine_of_vectors_is_that_of_their_angle()
    {
        Assert.Equal(1, CosineSimilarity.Between([1, 2], [2, 4])!.Value, 1e-15);
        Assert.Equal(0, CosineSimilarity.Between([1, 0], [0, 3])!.Value, 1e-15);
        Assert.Equal(-1, CosineSimilarity.Between([1, 1], [-2, -2])!.Value, 1e-15);
        Assert.Null(CosineSimilarity.Between([0, 0], [1, 1]));
        Assert.Null(CosineSimilarity.Between([1], [1, 1]));
    }
}
