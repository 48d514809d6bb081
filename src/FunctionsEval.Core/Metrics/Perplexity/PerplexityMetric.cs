using System.Text;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Perplexity;

/// <summary>
/// Perplexity from natural-log token probabilities. The headline is per token, weighted by corpus: exp(−Σ log p ÷ Σ tokens).
/// Beside it, as lm-evaluation-harness 0.4 defines them: per document (exp of the mean −log p of whole documents, not divided by
/// length), per word (words are <c>re.split(r"\s+", text)</c>), per UTF-8 byte, and bits per byte; and bits per token. Samples
/// without log probabilities are not counted. A log probability of −∞ makes every number infinite.
/// </summary>
/// <param name="ofAnswer">Whether the text is the model's own answer rather than the reference: the numbers are then called
/// <c>self_…</c>.</param>
internal sealed class PerplexityMetric(bool ofAnswer) : Metric
{
    private const int Documents = 0;
    private const int Tokens = 1;
    private const int LogProbability = 2;
    private const int LogProbabilityUnits = 3;
    private const int Impossible = 4;
    private const int Words = 5;
    private const int Bytes = 6;

    // Of the values, not of the statistic.
    private const int DocumentPerplexity = 1;

    /// <summary>The perplexity of the reference text as specs ask for it.</summary>
    public static MetricDefinition ReferenceDefinition { get; } =
        new("perplexity", MetricSubjects.ScoredText, (_, _) => new PerplexityMetric(ofAnswer: false))
        {
            ReadsAnswer = false,
            Numbers =
            [
                new("perplexity", MetricUnit.Plain, "Perplexity"),
                new("document_perplexity", MetricUnit.Plain, "Perplexity by document"),
                new("word_perplexity", MetricUnit.Plain, "Perplexity by word"),
                new("byte_perplexity", MetricUnit.Plain, "Perplexity by byte"),
                new("bits_per_byte", MetricUnit.Plain, "Bits per byte"),
                new("bits_per_token", MetricUnit.Plain, "Bits per token"),
            ],
        };

    /// <summary>The perplexity of the model's own answer as specs ask for it.</summary>
    public static MetricDefinition AnswerDefinition { get; } =
        new("self_perplexity", MetricSubjects.Answer, (_, _) => new PerplexityMetric(ofAnswer: true))
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers =
            [
                new("self_perplexity", MetricUnit.Plain, "Own perplexity"),
                new("self_document_perplexity", MetricUnit.Plain, "Own perplexity by document"),
                new("self_word_perplexity", MetricUnit.Plain, "Own perplexity by word"),
                new("self_byte_perplexity", MetricUnit.Plain, "Own perplexity by byte"),
                new("self_bits_per_byte", MetricUnit.Plain, "Own bits per byte"),
                new("self_bits_per_token", MetricUnit.Plain, "Own bits per token"),
            ],
        };

    /// <inheritdoc/>
    public override string Name => ofAnswer ? "self_perplexity" : "perplexity";

    /// <inheritdoc/>
    public override string Signature =>
        ofAnswer ? "of:answer|log:natural|version:lm_eval-0.4.13" : "of:reference|log:natural|version:lm_eval-0.4.13";

    /// <inheritdoc/>
    public override AnswerDetail Needs => AnswerDetail.LogProbabilities;

    /// <inheritdoc/>
    public override int StatisticLength => 7;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [
        .. new[] { "perplexity", "document_perplexity", "word_perplexity", "byte_perplexity", "bits_per_byte", "bits_per_token" }.Select(
            name => new MetricValueDefinition(ofAnswer ? $"self_{name}" : name, HigherIsBetter: false) { Maximum = double.PositiveInfinity }
        ),
    ];

    /// <summary>
    /// A mean per token mixes texts of very different lengths. The perplexity of whole documents grows exponentially with their length, and
    /// no interval covers it.
    /// </summary>
    /// <inheritdoc/>
    public override int? MinSamplesOf(int value) => value == DocumentPerplexity ? null : 100;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (sample.LogProbability is not { } logProbability || double.IsNaN(logProbability))
        {
            return;
        }

        var text = sample.ScoredText ?? sample.References[0];
        statistic[Documents] = 1;
        statistic[Tokens] = sample.LogProbabilityTokens;
        statistic[Words] = PythonText.CountSplitParts(text);
        statistic[Bytes] = Encoding.UTF8.GetByteCount(text);
        if (double.IsInfinity(logProbability))
        {
            statistic[Impossible] = 1;
        }
        else
        {
            (statistic[LogProbability], statistic[LogProbabilityUnits]) = FixedPoint.Split(logProbability);
        }
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        var loss = sums[Impossible] > 0 ? double.PositiveInfinity : -FixedPoint.Join(sums[LogProbability], sums[LogProbabilityUnits]);
        values[0] = Math.Exp(Per(loss, sums[Tokens]));
        values[1] = Math.Exp(Per(loss, sums[Documents]));
        values[2] = Math.Exp(Per(loss, sums[Words]));
        values[3] = Math.Exp(Per(loss, sums[Bytes]));
        values[4] = Per(loss, sums[Bytes]) / Math.Log(2);
        values[5] = Per(loss, sums[Tokens]) / Math.Log(2);
    }

    /// <inheritdoc/>
    public override bool IsMeasured(ReadOnlySpan<long> statistic) => statistic[Documents] != 0;

    /// <inheritdoc/>
    public override long CountSamples(ReadOnlySpan<long> sums, long scored) => sums[Documents];

    private static double Per(double loss, long count) => count == 0 ? double.NaN : loss / count;
}
