using System.Buffers;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Scoring;

/// <summary>A number that a metric has for a single sample.</summary>
/// <param name="Name">Name in tables and gates.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public readonly record struct SampleNumber(string Name, bool HigherIsBetter);

/// <summary>
/// What a spec's metrics are for a single sample: each number over a dataset of this sample alone, from the statistics that the run kept.
/// Safe for use by several threads at once: ranges of shards are merged side by side.
/// </summary>
public sealed class SampleScorer
{
    /// <summary>
    /// Maximum number of numbers. A metric can have one for each field of an answer; those behind are left out, but for what is right.
    /// </summary>
    public const int MaxNumbers = 24;

    private readonly IReadOnlyList<Part> _parts;
    private readonly int _words;
    private readonly int _right;

    /// <summary>Finds the numbers.</summary>
    /// <param name="metrics">The metrics, in the order in which a sample's statistics are concatenated.</param>
    public SampleScorer(IReadOnlyList<Metric> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var (parts, numbers) = (new List<Part>(), new List<SampleNumber>());
        var kept = Choose(metrics);
        foreach (var metric in metrics)
        {
            int[] values = [.. Enumerable.Range(0, metric.Values.Count).Where(value => kept.Contains((metric, value)))];
            if (values.Length > 0)
            {
                parts.Add(new Part(metric, _words, values));
                numbers.AddRange(values.Select(value => new SampleNumber(metric.Values[value].Name, metric.Values[value].HigherIsBetter)));
            }

            _words += metric.StatisticLength;
        }

        (_parts, Numbers) = (parts, numbers);
        _right = numbers
            .Index()
            .Where(number => RightShares.RankOf(number.Item.Name) is not null)
            .OrderBy(number => RightShares.RankOf(number.Item.Name))
            .Select(number => number.Index)
            .FirstOrDefault(-1);
    }

    /// <summary>The numbers, in the order of the spec's metrics.</summary>
    public IReadOnlyList<SampleNumber> Numbers { get; }

    /// <summary>
    /// Whether an answer is right by the metric that counts right ones; null where no metric of the spec does, and for an answer that does
    /// not count.
    /// </summary>
    /// <param name="scores">What <see cref="Score"/> gave.</param>
    public bool? FindRight(ReadOnlySpan<double> scores) => _right < 0 || double.IsNaN(scores[_right]) ? null : scores[_right] >= 1;

    /// <summary>Computes the numbers of one answer.</summary>
    /// <param name="statistics">Its concatenated statistics; empty for an answer that does not count.</param>
    /// <param name="scores">Receives one a number; NaN where it is undefined.</param>
    /// <exception cref="ArgumentException">The statistics have another length.</exception>
    public void Score(ReadOnlySpan<long> statistics, Span<double> scores)
    {
        if (statistics.IsEmpty)
        {
            scores.Fill(double.NaN);
            return;
        }

        if (statistics.Length != _words)
        {
            throw new ArgumentException($"Expected {_words} words, got {statistics.Length}.", nameof(statistics));
        }

        var next = 0;
        foreach (var part in _parts)
        {
            part.Score(statistics, scores.Slice(next, part.Count));
            next += part.Count;
        }
    }

    /// <summary>The first numbers, among them the one that says what is right, wherever it stands.</summary>
    private static HashSet<(Metric Metric, int Value)> Choose(IReadOnlyList<Metric> metrics)
    {
        List<(Metric Metric, int Value)> all =
        [
            .. metrics.SelectMany(metric =>
                Enumerable.Range(0, metric.Values.Count).Where(metric.IsOfOneSample).Select(value => (metric, value))
            ),
        ];
        return
        [
            .. all.Select(
                    (number, place) => (Number: number, Rank: RightShares.RankOf(number.Metric.Values[number.Value].Name), Place: place)
                )
                .OrderBy(number => number.Rank ?? int.MaxValue)
                .ThenBy(number => number.Place)
                .Take(1)
                .Select(number => number.Number)
                .Concat(all)
                .Distinct()
                .Take(MaxNumbers),
        ];
    }

    /// <summary>A metric with numbers for one sample.</summary>
    private sealed class Part(Metric metric, int offset, int[] values)
    {
        public int Count => values.Length;

        public void Score(ReadOnlySpan<long> statistics, Span<double> scores)
        {
            var statistic = statistics.Slice(offset, metric.StatisticLength);
            if (!metric.IsMeasured(statistic))
            {
                scores.Fill(double.NaN);
                return;
            }

            var sums = ArrayPool<long>.Shared.Rent(metric.SumLength);
            var terms = ArrayPool<SumTerm>.Shared.Rent(metric.MaxTerms);
            var numbers = ArrayPool<double>.Shared.Rent(metric.Values.Count);
            Score(statistic, sums.AsSpan(0, metric.SumLength), terms.AsSpan(0, metric.MaxTerms), numbers.AsSpan(0, metric.Values.Count));
            for (var index = 0; index < values.Length; index++)
            {
                scores[index] = numbers[values[index]];
            }

            ArrayPool<long>.Shared.Return(sums);
            ArrayPool<SumTerm>.Shared.Return(terms);
            ArrayPool<double>.Shared.Return(numbers);
        }

        private void Score(ReadOnlySpan<long> statistic, Span<long> sums, Span<SumTerm> terms, Span<double> numbers)
        {
            sums.Clear();
            foreach (var term in terms[..metric.Scatter(statistic, terms)])
            {
                sums[term.Index] += term.Amount;
            }

            metric.Finish(sums, numbers);
        }
    }
}
