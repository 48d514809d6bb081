using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Samples;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// Chooses the next items of a reviewer: those first in the blind order that the reviewer has not graded. It holds no more than are asked
/// for.
/// </summary>
internal sealed class ReviewQueueBuilder(string runId, ReviewKind kind, int size, IReadOnlySet<ReviewItemKey> done)
{
    /// <summary>Maximum number of characters of the items; there is at least one.</summary>
    private const long MaxCharacters = 4 << 20;

    private readonly PriorityQueue<ReviewQueueItem, ulong> _next = new(Comparer<ulong>.Create((left, right) => right.CompareTo(left)));
    private long _matching;
    private long _done;

    /// <summary>Adds a sample's items.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="opinions">Where given, only what is disputed is added.</param>
    public void Add(SampleResult sample, RunOpinions? opinions)
    {
        var key = SampleKeys.Of(sample);
        if (kind == ReviewKind.Pairs)
        {
            if (Has(sample.Candidate) && Has(sample.Baseline) && !AreSame(sample.Candidate!, sample.Baseline!))
            {
                Add(sample, key, place: 0, role: null, opinions);
            }

            return;
        }

        foreach (var place in new[] { 1, 2 })
        {
            var role = BlindOrder.RoleAt(runId, key, place);
            if (Has(AnswerOf(sample, role)))
            {
                Add(sample, key, place, role, opinions);
            }
        }
    }

    /// <summary>The items.</summary>
    public ReviewPage Finish(bool isCut)
    {
        var items = new List<ReviewQueueItem>();
        while (_next.TryDequeue(out var item, out _))
        {
            items.Add(item);
        }

        items.Reverse();
        var characters = 0L;
        var fitting = items.TakeWhile((item, place) => (characters += CharactersOf(item)) <= MaxCharacters || place == 0).ToList();
        return new ReviewPage(runId, kind, _matching, _done, isCut, fitting);
    }

    private void Add(SampleResult sample, string key, int place, string? role, RunOpinions? opinions)
    {
        if (opinions?.IsDisputed(sample, role) == false)
        {
            return;
        }

        _matching++;
        if (done.Contains(new ReviewItemKey(key, role)))
        {
            _done++;
            return;
        }

        var rank = BlindOrder.RankOf(runId, key, place);
        if (_next.Count == size && _next.TryPeek(out _, out var last) && rank >= last)
        {
            return;
        }

        _next.Enqueue(ItemOf(sample, key, place), rank);
        if (_next.Count > size)
        {
            _next.Dequeue();
        }
    }

    private ReviewQueueItem ItemOf(SampleResult sample, string key, int place)
    {
        int[] places = place == 0 ? [1, 2] : [place];
        return new ReviewQueueItem
        {
            Sample = key,
            Id = sample.Id,
            Input = sample.Input,
            References = sample.References,
            Answers =
            [
                .. places.Select(one =>
                {
                    var answer = AnswerOf(sample, BlindOrder.RoleAt(runId, key, one))!;
                    return new BlindAnswer(one, answer.Text ?? answer.Prediction, answer.ToolCalls is { Count: > 0 } calls ? calls : null);
                }),
            ],
        };
    }

    private static AnswerResult? AnswerOf(SampleResult sample, string role) => role == Roles.Candidate ? sample.Candidate : sample.Baseline;

    private static bool Has(AnswerResult? answer) =>
        answer is { Outcome: not Outcome.MalformedSample }
        && (answer.Text is not null || answer.Prediction is not null || answer.ToolCalls is { Count: > 0 });

    private static bool AreSame(AnswerResult one, AnswerResult other) =>
        (one.Text ?? one.Prediction) == (other.Text ?? other.Prediction) && Calls(one).SequenceEqual(Calls(other));

    private static IEnumerable<(string, string)> Calls(AnswerResult answer) =>
        (answer.ToolCalls ?? []).Select(call => (call.Name, call.Arguments));

    private static long CharactersOf(ReviewQueueItem item) =>
        (item.Input?.Length ?? 0)
        + item.References.Sum(reference => (long)reference.Length)
        + item.Answers.Sum(answer => (answer.Text?.Length ?? 0) + (answer.ToolCalls ?? []).Sum(call => (long)call.Arguments.Length));
}
