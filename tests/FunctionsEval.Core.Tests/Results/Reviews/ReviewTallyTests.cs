using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Tests.Results.Reviews;

public sealed class ReviewTallyTests
{
    private static readonly RunOpinions Opinions = new([
        new RubricSpec("judge", "gpt-judge")
        {
            Rubric = "",
            Labels = ["good", "bad"],
            Pass = ["good"],
        },
    ]);

    /// <summary>Cohen's κ by hand: 20 both right, 15 both wrong, 5 and 10 apart: p₀ 0.7, pₑ 0.5.</summary>
    [Fact]
    public void Agreement_with_a_judge_is_cohens_kappa_over_the_answers_that_people_graded()
    {
        var cases = Enumerable
            .Repeat((Person: ReviewGrade.Right, Judge: "good"), 20)
            .Concat(Enumerable.Repeat((Person: ReviewGrade.Right, Judge: "bad"), 5))
            .Concat(Enumerable.Repeat((Person: ReviewGrade.Wrong, Judge: "good"), 10))
            .Concat(Enumerable.Repeat((Person: ReviewGrade.Wrong, Judge: "bad"), 15))
            .ToList();
        var tally = new ReviewTally([
            .. cases.Select((one, place) => Said("Ann", $"{place}", one.Person, Roles.Candidate)),
            Said("Ann", "50", ReviewGrade.Skip, Roles.Candidate),
        ]);
        for (var place = 0; place < cases.Count; place++)
        {
            tally.Add($"{place}", Sample(candidate: Answer(cases[place].Judge)), Opinions);
        }

        var summary = tally.Finish("ev-1");

        var agreement = summary.Agreements.Single(one => one.Source == "grader");
        Assert.Equal(("judge", 50L, 0.7), (agreement.Other, agreement.Items, agreement.Share.Value));
        Assert.Equal(0.4, agreement.Kappa.Value!.Value, 12);
        Assert.True(agreement.Kappa.Lower < 0.4 && agreement.Kappa.Upper > 0.4);
        Assert.Equal(new ReviewerTotals("Ann", Graded: 50, Skipped: 1), Assert.Single(summary.Reviewers));
        Assert.Equal(0.5, Assert.Single(summary.RightRates).Value);
    }

    [Fact]
    public void Win_rate_counts_ties_as_half_and_a_sample_once_however_many_grade_it()
    {
        var tally = new ReviewTally([
            Said("Ann", "1", ReviewGrade.Candidate),
            Said("Bob", "1", ReviewGrade.Tie),
            Said("Ann", "2", ReviewGrade.Baseline),
            Said("Ann", "3", ReviewGrade.Candidate),
            Said("Ann", "gone", ReviewGrade.Candidate),
        ]);
        foreach (var key in new[] { "1", "2", "3" })
        {
            tally.Add(key, Sample(Answer("good"), Answer("bad")), Opinions);
        }

        var summary = tally.Finish("ev-1");

        Assert.Equal(1.75 / 3, summary.WinRate!.Value, 12);
        Assert.Equal((3L, 2L, 1L, 1L), (summary.WinRate.Samples, summary.WinRate.Wins, summary.WinRate.Ties, summary.WinRate.Losses));
        Assert.Equal((4L, 1L), (summary.Reviews, summary.UnknownSamples));
    }

    [Fact]
    public void Reviewers_are_held_against_each_other_over_what_both_graded()
    {
        var tally = new ReviewTally([
            Said("Ann", "1", ReviewGrade.Candidate),
            Said("Bob", "1", ReviewGrade.Candidate),
            Said("Ann", "2", ReviewGrade.Baseline),
            Said("Bob", "2", ReviewGrade.Tie),
            Said("Bob", "3", ReviewGrade.Tie),
        ]);
        foreach (var key in new[] { "1", "2", "3" })
        {
            tally.Add(key, Sample(Answer(null), Answer(null)), Opinions);
        }

        var between = tally.Finish("ev-1").Agreements.Single(agreement => agreement.Source == "reviewer");

        Assert.Equal(("Bob", "Ann"), (between.Reviewer, between.Other));
        Assert.Equal((2L, 0.5), (between.Items, between.Share.Value));
    }

    [Fact]
    public void Last_line_of_a_person_and_an_item_counts_and_one_that_is_taken_back_does_not()
    {
        Review[] lines =
        [
            Said("Ann", "1", ReviewGrade.Candidate),
            Said("Ann", "1", ReviewGrade.Tie),
            Said("Bob", "1", ReviewGrade.Baseline),
            Said("Ann", "2", ReviewGrade.Right, Roles.Candidate),
            Said("Ann", "2", null, Roles.Candidate),
            Said("Ann", "2", ReviewGrade.Wrong, Roles.Baseline),
        ];

        var current = Review.Current(lines.Concat(lines)); // Written twice, they say the same.

        Assert.Equal(
            [("Ann", "1", ReviewGrade.Tie), ("Bob", "1", ReviewGrade.Baseline), ("Ann", "2", ReviewGrade.Wrong)],
            current.Select(review => (review.Reviewer, review.Sample, review.Grade!.Value))
        );
    }

    [Fact]
    public void Dispute_is_where_judge_and_references_differ_or_the_references_alone_tell_the_models_apart()
    {
        Assert.True(Opinions.IsDisputed(Sample(Answer("bad", "a")), Roles.Candidate));
        Assert.False(Opinions.IsDisputed(Sample(Answer("good", "a")), Roles.Candidate));
        Assert.True(Opinions.IsDisputed(Sample(Answer(null, "a"), Answer(null, "b")), null));
        Assert.False(Opinions.IsDisputed(Sample(Answer(null, "a"), Answer(null, "a")), null));
    }

    [Fact]
    public void Each_place_has_another_model_and_the_candidate_stands_first_in_about_half_of_the_samples()
    {
        var first = Enumerable.Range(0, 1000).Count(sample => BlindOrder.RoleAt("ev-1", $"{sample}", 1) == Roles.Candidate);

        Assert.InRange(first, 430, 570); // Five standard deviations of a fair coin are 79.
        Assert.All(
            Enumerable.Range(0, 100),
            sample => Assert.NotEqual(BlindOrder.RoleAt("ev-1", $"{sample}", 1), BlindOrder.RoleAt("ev-1", $"{sample}", 2))
        );
    }

    private static Review Said(string reviewer, string sample, ReviewGrade? grade, string? role = null) =>
        new()
        {
            Time = DateTimeOffset.UnixEpoch,
            Reviewer = reviewer,
            Sample = sample,
            Role = role,
            Grade = grade,
        };

    private static SampleResult Sample(AnswerResult candidate, AnswerResult? baseline = null) =>
        new()
        {
            Id = "s",
            Line = 1,
            Offset = 0,
            References = ["a"],
            Candidate = candidate,
            Baseline = baseline,
        };

    private static AnswerResult Answer(string? judged, string text = "a") =>
        new()
        {
            Outcome = Outcome.Scored,
            Text = text,
            Prediction = text,
            Grades = judged is null
                ? null
                : new Dictionary<string, Grade>
                {
                    ["judge"] = new() { Outcome = GradeOutcome.Graded, Label = judged },
                },
        };
}
