using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Scoring;

/// <summary>A number that a metric has for a single sample.</summary>
/// <param name="Name">Name in tables and gates.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
public readonly record struct SampleNumber(string Name, bool HigherIsBetter);

/// <summary>
/// What a spec's metrics are for a single sample: each number over a dataset of this sample alone, from the statistics that the run kept.
/// Not safe for use by several threads at once.
/// </summary>
public sealed class SampleScorer
{
    /// <summary>Maximum number of numbers. A metric can have one for each field of an answer; those behind are left out.</summary>
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
        foreach (var metric in metrics)
        {
            int[] values = [.. Enumerable.Range(0, metric.Values.Count).Where(metric.IsOfOneSample).Take(MaxNumbers - numbers.Count)];
            if (values.Length > 0)
            {
                parts.Add(new Part(metric, _words, values));
                numbers.AddRange(values.Select(value => new SampleNumber(metric.Values[value].Name, metric.Values[value].HigherIsBetter)));
            }

            _words += metric.StatisticLength;
        }

        (_parts, Numbers) = (parts, numbers);
        _right = SharesOfRight
            .Names.Select(name => numbers.FindIndex(number => number.Name == name))
            .FirstOrDefault(index => index >= 0, -1);
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

    /// <summary>A metric with numbers for one sample, and room for its sums.</summary>
    private sealed class Part(Metric metric, int offset, int[] values)
    {
        private readonly long[] _sums = new long[metric.SumLength];
        private readonly SumTerm[] _terms = new SumTerm[metric.MaxTerms];
        private readonly double[] _numbers = new double[metric.Values.Count];

        public int Count => values.Length;

        public void Score(ReadOnlySpan<long> statistics, Span<double> scores)
        {
            var statistic = statistics.Slice(offset, metric.StatisticLength);
            if (!metric.IsMeasured(statistic))
            {
                scores.Fill(double.NaN);
                return;
            }

            Array.Clear(_sums);
            foreach (var term in _terms.AsSpan(0, metric.Scatter(statistic, _terms)))
            {
                _sums[term.Index] += term.Amount;
            }

            metric.Finish(_sums, _numbers);
            for (var index = 0; index < values.Length; index++)
            {
                scores[index] = _numbers[values[index]];
            }
        }
    }
}
