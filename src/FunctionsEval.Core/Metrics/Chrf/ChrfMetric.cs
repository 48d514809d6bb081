using System.Globalization;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Chrf;

/// <summary>The options of chrF, named and defaulted as in sacrebleu 2.6.0.</summary>
internal sealed record ChrfOptions
{
    /// <summary>Longest character n-gram. Default 6.</summary>
    public int CharOrder { get; init; } = 6;

    /// <summary>Longest word n-gram: 0 for chrF, 2 for chrF++. Default 0.</summary>
    public int WordOrder { get; init; }

    /// <summary>How many times more recall weighs than precision. Default 2.</summary>
    public int Beta { get; init; } = 2;

    /// <summary>Whether text is lowercased first. Default false.</summary>
    public bool Lowercase { get; init; }

    /// <summary>Whether white space takes part in character n-grams. Default false.</summary>
    public bool Whitespace { get; init; }

    /// <summary>Whether F is averaged over all orders with a tiny number for empty ones, as chrF++.py does. Default false.</summary>
    public bool EpsSmoothing { get; init; }

    /// <summary>The score's name, for example chrF2++.</summary>
    public string ScoreName => string.Create(CultureInfo.InvariantCulture, $"chrF{Beta}{new string('+', WordOrder)}");

    /// <summary>The signature in sacrebleu's notation, without the number of references, which differs by sample.</summary>
    public string Signature()
    {
        return string.Create(
            CultureInfo.InvariantCulture,
            $"case:{(Lowercase ? "lc" : "mixed")}|eff:{(EpsSmoothing ? "no" : "yes")}|nc:{CharOrder}|nw:{WordOrder}|"
                + $"space:{(Whitespace ? "yes" : "no")}|version:2.6.0"
        );
    }
}

/// <summary>
/// Corpus chrF and chrF++ (Popović, WMT 2015 and 2017): character (and word) n-gram precision and recall, averaged over orders,
/// then F_β; 0–100. The statistic is, by order, the n-grams of hypothesis and reference and the matches, for the reference on
/// which the segment scores best (the first of equal ones). An unparsable answer is an empty hypothesis.
/// </summary>
internal sealed class ChrfMetric(ChrfOptions options) : Metric
{
    private const double Epsilon = 1e-16;
    private const int PerOrder = 3;

    private readonly int _orders = options.CharOrder + options.WordOrder;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("chrf", MetricSubjects.Answer, Create) { Numbers = [new("chrf", MetricUnit.Score, "chrF")] };

    private static ChrfMetric Create(OptionReader options, MetricContext context) =>
        new(
            new ChrfOptions
            {
                CharOrder = options.Int("char_order", 6, 1, 20),
                WordOrder = options.Int("word_order", 0, 0, 9),
                Beta = options.Int("beta", 2, 1, 100),
                Lowercase = options.Bool("lowercase"),
                Whitespace = options.Bool("whitespace"),
                EpsSmoothing = options.Bool("eps_smoothing"),
            }
        );

    /// <inheritdoc/>
    public override string Name => "chrf";

    /// <inheritdoc/>
    public override string Signature { get; } = $"name:{options.ScoreName}|{options.Signature()}";

    /// <inheritdoc/>
    public override int StatisticLength => PerOrder * _orders;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("chrf") { Maximum = 100 }];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        List<string> segments = [sample.Prediction ?? "", .. sample.References];
        if (options.Lowercase)
        {
            segments = segments.ConvertAll(PythonText.Lower);
        }

        var counts = new List<long[]>(sample.References.Count);
        for (var reference = 1; reference < segments.Count; reference++)
        {
            counts.Add(new long[StatisticLength]);
        }

        var characters = segments.ConvertAll(segment =>
            PythonText.CodePoints(options.Whitespace ? segment : PythonText.RemoveWhiteSpace(segment))
        );
        Count(new NgramIndex(characters), options.CharOrder, 0, counts);
        if (options.WordOrder > 0)
        {
            Count(new NgramIndex(NgramIndex.NumberTokens(segments.Select(Words))), options.WordOrder, options.CharOrder, counts);
        }

        var best = double.NegativeInfinity;
        foreach (var candidate in counts)
        {
            var score = Score(candidate);
            if (score > best)
            {
                best = score;
                candidate.CopyTo(statistic);
            }
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = Score(sums);

    private static void Count(NgramIndex index, int maxOrder, int firstOrder, List<long[]> counts)
    {
        for (var order = 0; order < maxOrder; order++)
        {
            index.Advance();
            var own = index.CountsOf(0);
            for (var reference = 0; reference < counts.Count; reference++)
            {
                var theirs = index.CountsOf(reference + 1);
                var row = counts[reference].AsSpan(PerOrder * (firstOrder + order), PerOrder);

                // Without any n-gram to hit, the hypothesis' own do not count against it.
                row[1] = index.NumbersOf(reference + 1).Length;
                row[0] = row[1] == 0 ? 0 : index.NumbersOf(0).Length;
                for (var ngram = 0; ngram < own.Length; ngram++)
                {
                    row[2] += Math.Min(own[ngram], theirs[ngram]);
                }
            }
        }
    }

    private double Score(ReadOnlySpan<long> sums)
    {
        var factor = (double)options.Beta * options.Beta;
        double sumOfF = 0,
            precisions = 0,
            recalls = 0;
        var effectiveOrders = 0;
        for (var order = 0; order < _orders; order++)
        {
            var (hypothesis, reference, matches) = (sums[PerOrder * order], sums[(PerOrder * order) + 1], sums[(PerOrder * order) + 2]);
            var precision = hypothesis > 0 ? (double)matches / hypothesis : Epsilon;
            var recall = reference > 0 ? (double)matches / reference : Epsilon;
            var denominator = (factor * precision) + recall;
            sumOfF += denominator > 0 ? (1 + factor) * precision * recall / denominator : Epsilon;
            if (hypothesis > 0 && reference > 0)
            {
                precisions += precision;
                recalls += recall;
                effectiveOrders++;
            }
        }

        if (options.EpsSmoothing)
        {
            return 100 * sumOfF / _orders;
        }

        if (effectiveOrders == 0 || precisions + recalls == 0)
        {
            return 0;
        }

        precisions /= effectiveOrders;
        recalls /= effectiveOrders;
        return 100 * (1 + factor) * precisions * recalls / ((factor * precisions) + recalls);
    }

    /// <summary>The words, each with one punctuation mark split off its end or, failing that, its start.</summary>
    private static List<string> Words(string segment)
    {
        var words = new List<string>();
        foreach (var word in PythonText.Split(segment))
        {
            if (word.Length > 1 && PythonText.IsAsciiPunctuation(word[^1]))
            {
                words.AddRange([word[..^1], word[^1..]]);
            }
            else if (word.Length > 1 && PythonText.IsAsciiPunctuation(word[0]))
            {
                words.AddRange([word[..1], word[1..]]);
            }
            else
            {
                words.Add(word);
            }
        }

        return words;
    }
}
