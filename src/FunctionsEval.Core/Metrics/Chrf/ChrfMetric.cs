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
        var workspace = TextWorkspace.Current;
        var tokens = workspace.Tokens;
        tokens.Clear();
        Read(sample.Prediction ?? "", workspace);
        for (var reference = 0; reference < sample.References.Count; reference++)
        {
            Read(sample.References[reference], workspace);
        }

        var best = double.NegativeInfinity;
        Span<long> counts = stackalloc long[StatisticLength];
        for (var reference = 0; reference < sample.References.Count; reference++)
        {
            Count(workspace, reference + 1, counts);
            var score = Score(counts);
            if (score > best)
            {
                best = score;
                counts.CopyTo(statistic);
            }
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = Score(sums);

    /// <summary>Reads a text as two sequences, of characters and of words.</summary>
    private void Read(string text, TextWorkspace workspace)
    {
        var segment = options.Lowercase ? workspace.Lower(text) : text;
        workspace.Tokens.AddCodePoints(segment, options.Whitespace);
        workspace.Tokens.EndSequence();
        if (options.WordOrder > 0)
        {
            AddWords(segment, workspace.Tokens);
        }

        workspace.Tokens.EndSequence();
    }

    private void Count(TextWorkspace workspace, int reference, Span<long> counts)
    {
        Span<long> matches = stackalloc long[_orders];
        var tokens = workspace.Tokens;
        workspace.Ngrams.Count(tokens, answer: 0, 2 * reference, references: 1, matches[..options.CharOrder]);
        workspace.Ngrams.Count(tokens, answer: 1, (2 * reference) + 1, references: 1, matches[options.CharOrder..]);
        for (var index = 0; index < _orders; index++)
        {
            var (words, order) = index < options.CharOrder ? (0, index + 1) : (1, index - options.CharOrder + 1);
            var row = counts.Slice(PerOrder * index, PerOrder);

            // Without any n-gram to hit, the hypothesis' own do not count against it.
            row[1] = NgramMatches.CountIn(tokens[(2 * reference) + words], order);
            row[0] = row[1] == 0 ? 0 : NgramMatches.CountIn(tokens[words], order);
            row[2] = matches[index];
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

    /// <summary>Adds the words, each with one punctuation mark split off its end or, failing that, its start.</summary>
    private static void AddWords(ReadOnlySpan<char> segment, TokenSequences tokens)
    {
        for (var rest = PythonText.TrimStart(segment); !rest.IsEmpty; rest = PythonText.TrimStart(rest))
        {
            var word = rest[..PythonText.WordLength(rest)];
            rest = rest[word.Length..];
            var split =
                word.Length > 1 && PythonText.IsAsciiPunctuation(word[^1]) ? word.Length - 1
                : word.Length > 1 && PythonText.IsAsciiPunctuation(word[0]) ? 1
                : word.Length;
            tokens.Add(word[..split]);
            if (split < word.Length)
            {
                tokens.Add(word[split..]);
            }
        }
    }
}
