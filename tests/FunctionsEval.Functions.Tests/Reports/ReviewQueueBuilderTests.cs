using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Samples;

namespace FunctionsEval.Functions.Tests.Reports;

public sealed class ReviewQueueBuilderTests
{
    [Fact]
    public void Next_items_are_the_first_in_the_blind_order_whatever_the_order_of_the_samples()
    {
        var samples = Enumerable.Range(0, 200).Select(number => Sample(number, "yes", "no")).ToList();

        var forward = Build(samples, ReviewKind.Pairs, size: 20);
        var backward = Build(Enumerable.Reverse(samples), ReviewKind.Pairs, size: 20);

        Assert.Equal(20, forward.Items.Count);
        Assert.Equal(200, forward.Matching);
        Assert.Equal(forward.Items.Select(item => item.Sample), backward.Items.Select(item => item.Sample));
        Assert.NotEqual(forward.Items.Select(item => item.Sample), samples.Take(20).Select(SampleKeys.Of));
    }

    [Fact]
    public void Items_that_the_reviewer_has_done_are_counted_and_not_shown_again()
    {
        var samples = Enumerable.Range(0, 5).Select(number => Sample(number, "yes", "no")).ToList();
        var done = samples.Take(3).Select(sample => new ReviewItemKey(SampleKeys.Of(sample), null)).ToHashSet();

        var page = Build(samples, ReviewKind.Pairs, size: 10, done);

        Assert.Equal((5L, 3L, 2), (page.Matching, page.Done, page.Items.Count));
    }

    [Fact]
    public void Nothing_of_an_item_tells_the_model_and_both_models_stand_in_both_places()
    {
        var page = Build(Enumerable.Range(0, 40).Select(number => Sample(number, "yes", "no")), ReviewKind.Pairs, size: 40);

        var text = JsonSerializer.Serialize(page, ResultJson.Options);
        Assert.DoesNotContain(Roles.Candidate, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Roles.Baseline, text, StringComparison.Ordinal);
        Assert.Equal(["no", "yes"], page.Items.Select(item => item.Answers[0].Text).Distinct().Order());
        Assert.All(page.Items, item => Assert.Equal([1, 2], item.Answers.Select(answer => answer.Place)));
    }

    [Fact]
    public void Pair_of_the_same_answer_is_left_out_and_each_answer_is_an_item_of_its_own()
    {
        SampleResult[] samples = [Sample(0, "same", "same"), Sample(1, "yes", null)];

        Assert.Empty(Build(samples, ReviewKind.Pairs, size: 10).Items);
        Assert.Equal(3, Build(samples, ReviewKind.Answers, size: 10).Items.Count);
    }

    [Fact]
    public void Long_texts_make_a_page_shorter_and_never_empty()
    {
        var text = new string('x', 3 << 20);

        Assert.Single(Build([Sample(0, text, "a"), Sample(1, text, "b")], ReviewKind.Pairs, size: 10).Items);
    }

    private static ReviewPage Build(IEnumerable<SampleResult> samples, ReviewKind kind, int size, IReadOnlySet<ReviewItemKey>? done = null)
    {
        var queue = new ReviewQueueBuilder("ev-1", kind, size, done ?? new HashSet<ReviewItemKey>());
        foreach (var sample in samples)
        {
            queue.Add(sample, opinions: null);
        }

        return queue.Finish(isCut: false);
    }

    private static SampleResult Sample(int number, string candidate, string? baseline) =>
        new()
        {
            Id = $"n{number}",
            Line = number + 1,
            Offset = 100 * number,
            Input = "?",
            References = ["yes"],
            Candidate = Answer(candidate),
            Baseline = baseline is null ? null : Answer(baseline),
        };

    private static AnswerResult Answer(string text) =>
        new()
        {
            Outcome = Outcome.Scored,
            Text = text,
            Prediction = text,
        };
}
