using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>
/// The samples that the page shows, as cards: of each kind as many as there is room for, in dataset order, and the worst answers first.
/// </summary>
internal sealed class SampleHighlights
{
    /// <summary>Samples of each kind of flip.</summary>
    public const int MaxFlips = 25;

    /// <summary>Samples of each confused pair.</summary>
    public const int MaxOfPair = 3;

    /// <summary>Samples with the worst scores.</summary>
    public const int MaxWorst = 20;

    private readonly List<SampleCard> _gained = [];
    private readonly List<SampleCard> _lost = [];
    private readonly Dictionary<(string Reference, string? Prediction), List<SampleCard>> _confused = [];
    private readonly PriorityQueue<SampleCard, (double Badness, long Line)> _worst = new();

    /// <summary>No samples: those of a group, and of a run whose samples are not there.</summary>
    public static SampleHighlights None { get; } = new();

    /// <summary>Samples that only the candidate got right.</summary>
    public IReadOnlyList<SampleCard> Gained => _gained;

    /// <summary>Samples that only the baseline got right.</summary>
    public IReadOnlyList<SampleCard> Lost => _lost;

    /// <summary>The samples with the worst scores, the worst first; empty where single samples have no score.</summary>
    public IReadOnlyList<SampleCard> Worst { get; private set; } = [];

    /// <summary>The samples of a confused pair; a prediction that is null stands for answers that are no class.</summary>
    public IReadOnlyList<SampleCard> OfPair(string reference, string? prediction) =>
        _confused.GetValueOrDefault((reference, prediction)) ?? [];

    /// <summary>Finds them among samples.</summary>
    /// <param name="samples">Lines of <c>samples.jsonl</c>: all of them, or those that may be shown. The stream is closed.</param>
    /// <param name="summary">The run's summary.</param>
    /// <param name="overview">What the page says of the run: the confused pairs.</param>
    /// <param name="scores">The scores of the candidate's answers; null where single answers have none.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<SampleHighlights> ReadAsync(
        Stream samples,
        RunSummary summary,
        RunOverview overview,
        CandidateScores? scores,
        CancellationToken cancellationToken
    )
    {
        var highlights = new SampleHighlights();
        foreach (var pair in overview.Confused ?? [])
        {
            highlights._confused[(pair.Reference, pair.IsOther ? null : pair.Prediction)] = [];
        }

        var writer = new SampleCardWriter(summary.Models, showsRightAndWrong: overview.Wrong is not null);
        await using var values = scores?.Values.GetAsyncEnumerator(cancellationToken);
        await foreach (var (_, sample) in SampleLines.ReadAsync(samples, cancellationToken))
        {
            highlights.Add(sample, writer);
            if (values is not null && await values.MoveNextAsync() && !double.IsNaN(values.Current))
            {
                highlights.AddWorst(sample, writer, scores!, values.Current);
            }
        }

        highlights.Worst = highlights.TakeWorst();
        return highlights;
    }

    private void Add(SampleResult sample, SampleCardWriter writer)
    {
        if (sample.FindFlip() is { } flip)
        {
            var flipped = flip == Flip.Gained ? _gained : _lost;
            if (flipped.Count < MaxFlips)
            {
                flipped.Add(writer.Write(sample));
            }
        }

        if (
            sample is { Candidate: { IsMeasured: true } answer, References: [var reference, ..] }
            && _confused.GetValueOrDefault((reference, answer.Prediction)) is { Count: < MaxOfPair } confused
        )
        {
            confused.Add(writer.Write(sample));
        }
    }

    /// <summary>The queue gives the best of the worst first, which is the one that a worse one replaces.</summary>
    private void AddWorst(SampleResult sample, SampleCardWriter writer, CandidateScores scores, double score)
    {
        var place = (scores.HigherIsBetter ? -score : score, -sample.Line);
        if (_worst.Count < MaxWorst)
        {
            _worst.Enqueue(writer.Write(sample, scores.TextOf(score)), place);
        }
        else if (_worst.TryPeek(out _, out var best) && place.CompareTo(best) > 0)
        {
            _worst.DequeueEnqueue(writer.Write(sample, scores.TextOf(score)), place);
        }
    }

    private SampleCard[] TakeWorst()
    {
        var worst = new SampleCard[_worst.Count];
        for (var place = worst.Length - 1; place >= 0; place--)
        {
            worst[place] = _worst.Dequeue();
        }

        return worst;
    }
}
