using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Reports.Page;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Reports.Merging;

/// <summary>A line of <c>samples.jsonl</c> that a report may show.</summary>
/// <param name="Line">The line, without its end.</param>
/// <param name="Number">Its number in the dataset.</param>
/// <param name="Flip">Which model alone got the sample right.</param>
/// <param name="Pair">The class and what was answered in its place; null where that is not a confusion of classes.</param>
/// <param name="Scores">The candidate's numbers.</param>
internal sealed record HighlightLine(
    ReadOnlyMemory<byte> Line,
    long Number,
    Flip? Flip,
    (string Reference, string? Prediction)? Pair,
    double[] Scores
);

/// <summary>
/// The samples that a report may show, as long as it is not known which numbers and pairs it shows: <see cref="SampleHighlights"/> finds in
/// them what it finds in all samples. They can be collected by ranges.
/// </summary>
/// <param name="labels">The spec's labels.</param>
/// <param name="graded">The numbers that a single answer has more or less of.</param>
internal sealed class HighlightLines(IReadOnlyCollection<string> labels, IReadOnlyList<GradedNumber> graded)
{
    /// <summary>Bytes of the lines that are kept for confused pairs, of which there may be many: what comes first is kept.</summary>
    private const int MaxPairBytes = 8 << 20;

    private readonly HashSet<string> _labels = new(labels, StringComparer.Ordinal);
    private readonly Dictionary<Flip, int> _flips = [];
    private readonly Dictionary<(string, string?), int> _pairs = [];
    private readonly List<Placed> _kept = [];
    private readonly List<PriorityQueue<Placed, (double Badness, long Line)>> _worst = [.. graded.Select(_ => NewQueue())];
    private long _order;
    private int _pairBytes;

    /// <summary>For a run.</summary>
    public static HighlightLines Create(RunPlan plan, ShardScores scores) =>
        new(plan.Spec.Labels, GradedNumber.FindAll(plan.Measurer.Metrics, scores.Scorer));

    /// <summary>The lines in dataset order.</summary>
    public IReadOnlyList<HighlightLine> Lines =>
        [
            .. _kept
                .Concat(_worst.SelectMany(worst => worst.UnorderedItems.Select(item => item.Element)))
                .DistinctBy(line => line.Place)
                .OrderBy(line => line.Place)
                .Select(line => line.Line),
        ];

    /// <summary>Looks at the next sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="line">Its line; a copy is kept of one that is.</param>
    /// <param name="scores">The candidate's numbers.</param>
    public void Add(SampleResult sample, ReadOnlyMemory<byte> line, ReadOnlyMemory<double> scores)
    {
        var flip = sample.FindFlip();
        var pair = PairOf(sample);
        if (IsWanted(flip, pair, scores.Span, sample.Line))
        {
            Add(new HighlightLine(line.ToArray(), sample.Line, flip, pair, scores.ToArray()));
        }
    }

    /// <summary>Looks at the next line that was kept of a range.</summary>
    public void Add(HighlightLine line)
    {
        var placed = new Placed(_order++, line);
        var isKept = false;
        if (line.Flip is { } flip && CountOf(flip) < SampleHighlights.MaxFlips)
        {
            _flips[flip] = CountOf(flip) + 1;
            isKept = true;
        }

        if (line.Pair is { } pair && HasRoom(pair))
        {
            _pairs[pair] = _pairs.GetValueOrDefault(pair) + 1;
            _pairBytes += line.Line.Length;
            isKept = true;
        }

        if (isKept)
        {
            _kept.Add(placed);
        }

        foreach (var (place, number) in graded.Index())
        {
            var badness = number.BadnessOf(line.Scores);
            if (IsWorse(place, badness, line.Number))
            {
                _worst[place].Enqueue(placed, (badness, -line.Number));
                if (_worst[place].Count > SampleHighlights.MaxWorst)
                {
                    _worst[place].Dequeue();
                }
            }
        }
    }

    /// <summary>Whether a sample is kept as things stand, so that others are not copied.</summary>
    private bool IsWanted(Flip? flip, (string, string?)? pair, ReadOnlySpan<double> scores, long number)
    {
        if ((flip is { } known && CountOf(known) < SampleHighlights.MaxFlips) || (pair is { } confused && HasRoom(confused)))
        {
            return true;
        }

        for (var place = 0; place < graded.Count; place++)
        {
            if (IsWorse(place, graded[place].BadnessOf(scores), number))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a score is among the worst so far.</summary>
    private bool IsWorse(int place, double badness, long number) =>
        !double.IsNaN(badness)
        && (
            _worst[place].Count < SampleHighlights.MaxWorst
            || (_worst[place].TryPeek(out _, out var best) && (badness, -number).CompareTo(best) > 0)
        );

    private int CountOf(Flip flip) => _flips.GetValueOrDefault(flip);

    private bool HasRoom((string, string?) pair) =>
        _pairs.GetValueOrDefault(pair) < SampleHighlights.MaxOfPair && _pairBytes < MaxPairBytes;

    private (string, string?)? PairOf(SampleResult sample) =>
        sample is { Candidate: { IsMeasured: true } answer, References: [var reference, ..] }
        && answer.Prediction != reference
        && _labels.Contains(reference)
        && (answer.Prediction is null || _labels.Contains(answer.Prediction))
            ? (reference, answer.Prediction)
            : null;

    private static PriorityQueue<Placed, (double, long)> NewQueue() => new();

    /// <summary>A line with its place among those that were kept.</summary>
    private readonly record struct Placed(long Place, HighlightLine Line);
}
