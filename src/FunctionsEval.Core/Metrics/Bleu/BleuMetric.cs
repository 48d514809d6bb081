using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics.Bleu;

/// <summary>
/// Corpus BLEU. The statistic is the hypothesis length, the closest reference length (the shorter of two equally close), and by
/// order the matching n-grams (clipped by the largest count in any one reference) and the hypothesis' n-grams. An unparsable
/// answer is an empty hypothesis.
/// </summary>
internal sealed class BleuMetric(BleuOptions options) : Metric
{
    private const int HypothesisLength = 0;
    private const int ReferenceLength = 1;
    private const int FirstMatches = 2;

    private readonly TranslationTokenizer _tokenizer = TranslationTokenizer.ByName[options.Tokenize];

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("bleu", MetricSubjects.Answer, Create) { Numbers = [new("bleu", MetricUnit.Score, "BLEU")] };

    private static BleuMetric Create(OptionReader options, MetricContext context)
    {
        var smoothing = BleuOptions.SmoothingByName[options.Choice("smooth_method", "exp", BleuOptions.SmoothingByName.Keys)];
        return new BleuMetric(
            new BleuOptions
            {
                Tokenize = TokenizerOption.Read(options, "tokenize", "13a", TranslationTokenizer.ByName.Keys),
                Lowercase = options.Bool("lowercase"),
                Smoothing = smoothing,
                SmoothingValue = options.Number("smooth_value", 0, 1000),
                MaxNgramOrder = options.Int("max_ngram_order", 4, 1, 9),
                EffectiveOrder = options.Bool("effective_order"),
            }
        );
    }

    /// <inheritdoc/>
    public override string Name => "bleu";

    /// <inheritdoc/>
    public override string Signature { get; } =
        options.MaxNgramOrder == 4 ? options.Signature() : $"order:{options.MaxNgramOrder}|{options.Signature()}";

    /// <inheritdoc/>
    public override int StatisticLength => FirstMatches + (2 * options.MaxNgramOrder);

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("bleu") { Maximum = 100 }];

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

        statistic[HypothesisLength] = tokens[0].Length;
        statistic[ReferenceLength] = ClosestLength(tokens);
        var matches = statistic.Slice(FirstMatches, options.MaxNgramOrder);
        workspace.Ngrams.Count(tokens, answer: 0, firstReference: 1, sample.References.Count, matches);
        for (var order = 1; order <= options.MaxNgramOrder; order++)
        {
            statistic[FirstMatches + options.MaxNgramOrder + order - 1] = NgramMatches.CountIn(tokens[0], order);
        }
    }

    /// <summary>The length of the reference whose length is closest to the answer's, and the shorter of two equally close ones.</summary>
    private static int ClosestLength(TokenSequences tokens)
    {
        var closest = tokens[1].Length;
        for (var reference = 2; reference < tokens.Count; reference++)
        {
            var length = tokens[reference].Length;
            var (distance, least) = (Math.Abs(tokens[0].Length - length), Math.Abs(tokens[0].Length - closest));
            closest = distance < least || (distance == least && length < closest) ? length : closest;
        }

        return closest;
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) => values[0] = Score(sums).Score;

    /// <summary>Smoothing adds to counts, so the weights' unit must come out first.</summary>
    /// <inheritdoc/>
    public override void FinishReplicate(ReadOnlySpan<long> sums, Span<double> values) =>
        values[0] = Score(sums, BootstrapWeights.One).Score;

    /// <summary>The score with its parts.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="unit">What one n-gram is in them.</param>
    internal BleuScore Score(ReadOnlySpan<long> sums, double unit = 1) =>
        BleuScore.Compute(
            sums.Slice(FirstMatches, options.MaxNgramOrder),
            sums.Slice(FirstMatches + options.MaxNgramOrder, options.MaxNgramOrder),
            sums[HypothesisLength],
            sums[ReferenceLength],
            unit,
            options
        );

    private void Read(string segment, TextWorkspace workspace)
    {
        _tokenizer.Tokenize(PythonText.TrimEnd(options.Lowercase ? workspace.Lower(segment) : segment), workspace);
        workspace.Tokens.EndSequence();
    }
}
