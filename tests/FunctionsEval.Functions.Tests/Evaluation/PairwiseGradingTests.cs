using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Comparisons of two answers: what the judge is asked in each order, and what is kept.</summary>
public sealed class PairwiseGradingTests
{
    private static readonly Sample Question = new()
    {
        Id = "s",
        Offset = 40,
        Messages = [new("system", "Be kind."), new("user", "How are you?")],
        Input = "How are you?",
        References = ["Fine 😀"],
    };

    private readonly List<string> _asked = [];

    [Fact]
    public async Task Judge_is_asked_in_both_orders_and_the_lengths_are_kept()
    {
        var (row, stopped) = await GradeAsync(PairwiseOpponent.Reference, Answered(), _ => Says("A"));

        Assert.Null(stopped);
        Assert.Equal(
            ["system: Be kind.\n\nuser: How are you?|good|Fine 😀", "system: Be kind.\n\nuser: How are you?|Fine 😀|good"],
            _asked
        );
        Assert.Equal(["pairwise_first", "pairwise_second"], row.Grades!.Keys);
        Assert.All(row.Grades.Values, grade => Assert.Equal(("A", new ComparedLengths(4, 6)), (grade.Label, grade.Lengths)));
    }

    [Fact]
    public async Task Second_order_is_asked_later_without_the_first_being_paid_again()
    {
        var (partial, stopped) = await GradeAsync(
            PairwiseOpponent.Reference,
            Answered(),
            call => call == 1 ? Says("B") : new ModelCallResult.NotSent()
        );
        Assert.NotNull(stopped);
        Assert.True(partial.IsPartial);
        Assert.Equal(["pairwise_first"], partial.Grades!.Keys);

        var (row, _) = await GradeAsync(PairwiseOpponent.Reference, partial, _ => Says("A"));

        Assert.False(row.IsPartial);
        Assert.Equal(3, _asked.Count);
        Assert.Equal(("B", "A"), (row.Grades!["pairwise_first"].Label, row.Grades["pairwise_second"].Label));
    }

    [Theory]
    [InlineData("""{"label": "tie"}""", "tie")]
    [InlineData("B", "B")]
    [InlineData("Both are good.", null)]
    [InlineData("""{"label": "C"}""", null)]
    [InlineData("a", null)]
    public async Task What_is_no_verdict_is_no_tie(string text, string? label)
    {
        var (row, _) = await GradeAsync(PairwiseOpponent.Reference, Answered(), _ => SaysText(text));

        Assert.All(
            row.Grades!.Values,
            grade => Assert.Equal((label, label is null ? GradeOutcome.Unparsable : GradeOutcome.Graded), (grade.Label, grade.Outcome))
        );
    }

    [Theory]
    [InlineData(Outcome.Scored, "well", true)]
    [InlineData(Outcome.Unparsable, null, true)]
    [InlineData(Outcome.Truncated, "we", false)]
    [InlineData(Outcome.Exhausted, null, false)]
    public async Task Baseline_without_an_answer_that_counts_is_compared_with_nothing(Outcome outcome, string? text, bool isCompared)
    {
        var baseline = new BaselineAnswers([Answered() with { Outcome = outcome, Text = text }]);

        var (row, _) = await GradeAsync(PairwiseOpponent.Baseline, Answered(), _ => Says("A"), baseline);

        Assert.Equal(isCompared ? 2 : 0, _asked.Count);
        Assert.All(
            row.Grades!.Values,
            grade =>
            {
                Assert.Equal(isCompared ? GradeOutcome.Graded : GradeOutcome.NotGraded, grade.Outcome);
                Assert.Equal(!isCompared, grade.Reason?.StartsWith(GradeReasons.BaselineUnanswered, StringComparison.Ordinal) == true);
            }
        );
    }

    [Fact]
    public async Task Answer_to_another_sample_or_repeat_is_none()
    {
        var baseline = new BaselineAnswers([Answered() with { Repeat = 2 }, Answered() with { Id = "other", Repeat = 1 }]);

        var (row, _) = await GradeAsync(PairwiseOpponent.Baseline, Answered() with { Repeat = 1 }, _ => Says("A"), baseline);

        Assert.Empty(_asked);
        Assert.All(row.Grades!.Values, grade => Assert.Equal(GradeOutcome.NotGraded, grade.Outcome));
    }

    private Task<(EvaluatedSample Row, ModelCallResult? Stopped)> GradeAsync(
        PairwiseOpponent against,
        EvaluatedSample answered,
        Func<int, ModelCallResult> reply,
        BaselineAnswers? baseline = null
    )
    {
        PairwiseSpec Order(string name, bool isFirst) =>
            new(name, "j")
            {
                Metric = "pairwise",
                Rubric = "{{ conversation }}|{{ answer_a }}|{{ answer_b }}",
                Against = against,
                ShowsAnswerFirst = isFirst,
            };

        var calls = 0;
        var grading = new AnswerGrading(
            [Order("pairwise_first", true), Order("pairwise_second", false)],
            (model, request, _, _) =>
            {
                Assert.Equal(("j", "pairwise"), (model, request.Grader));
                _asked.Add(request.Messages[0].Content);
                return Task.FromResult(reply(++calls));
            },
            (_, _, _, _) => throw new InvalidOperationException("There is no HTTP grader."),
            baseline
        );
        return grading.GradeAsync(answered, Question, CancellationToken.None, TestContext.Current.CancellationToken);
    }

    private static EvaluatedSample Answered() =>
        new()
        {
            Id = "s",
            Ordinal = 0,
            Line = 1,
            Offset = 40,
            Outcome = Outcome.Scored,
            Text = "good",
        };

    private static ModelCallResult.Answered Says(string label) => SaysText($$"""{"label": "{{label}}"}""");

    private static ModelCallResult.Answered SaysText(string text) =>
        new(
            new Completion
            {
                Text = text,
                FinishReason = "stop",
                InputTokens = 5,
                OutputTokens = 1,
            }
        );
}
