using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Metrics.Responses;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Metrics;

/// <summary>What a metric sees of one sample: the parsed answer beside the references.</summary>
public sealed record MetricSample
{
    /// <summary>The acceptable answers; for classification exactly one label; for language modelling the text itself.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>The parsed answer; null when it did not parse, which counts as wrong.</summary>
    public string? Prediction { get; init; }

    /// <summary>The tools that the answer calls; null or empty for none.</summary>
    public IReadOnlyList<AnsweredCall>? ToolCalls { get; init; }

    /// <summary>What the model wrote, without reasoning; null where it wrote nothing and a given text was scored.</summary>
    public string? ResponseText { get; init; }

    /// <summary>Which turn of its row the sample is, from 1; 0 where the row is one sample.</summary>
    public int Turn { get; init; }

    /// <summary>Tokens of reasoning; null where the endpoint does not count them.</summary>
    public int? ReasoningTokens { get; init; }

    /// <summary>What the answer took; null unless a metric asks for it.</summary>
    public ResponseFigures? Response { get; init; }

    /// <summary>Sum of the natural-log token probabilities of the scored text; null when the model gave none.</summary>
    public double? LogProbability { get; init; }

    /// <summary>Tokens that <see cref="LogProbability"/> sums over.</summary>
    public int LogProbabilityTokens { get; init; }

    /// <summary>The text whose probability <see cref="LogProbability"/> is.</summary>
    public string? ScoredText { get; init; }

    /// <summary>The answer as a lenient reading takes it; null when even that finds none.</summary>
    public string? LenientPrediction { get; init; }

    /// <summary>The probability of each label that has one above 0, adding up to 1; null when the model gave none.</summary>
    public IReadOnlyDictionary<string, double>? LabelProbabilities { get; init; }

    /// <summary>
    /// The share of the label probabilities, 0–1, that is divided equally because the endpoint's answer does not say which label it belongs
    /// to; null where that is not known.
    /// </summary>
    public double? UnresolvedLabelMass { get; init; }

    /// <summary>The choices of a question with their likelihoods; null for other tasks.</summary>
    public IReadOnlyList<ChoiceLikelihood>? Choices { get; init; }

    /// <summary>The answer's grades, by the metric's name; null without graders.</summary>
    public IReadOnlyDictionary<string, Grade>? Grades { get; init; }
}

/// <summary>One number that a metric yields.</summary>
/// <param name="Name">Name in tables and gates, for example <c>f1_macro</c>.</param>
/// <param name="HigherIsBetter">Whether more is better (accuracy) or less (perplexity).</param>
/// <param name="IsProportion">Whether the value is hits ÷ samples, so that Wilson's interval applies.</param>
public sealed record MetricValueDefinition(string Name, bool HigherIsBetter = true, bool IsProportion = false)
{
    /// <summary>For a proportion: the word of the sample's statistic that is 1 for a success and 0 for a failure. Default 0.</summary>
    public int SuccessIndex { get; init; }

    /// <summary>
    /// Whether the value is the mean over rows of a number from 0 to 1 that follows from the answers to the row, so that Wilson's interval
    /// with the effective number of rows applies. Default false.
    /// </summary>
    public bool IsMeanOverRows { get; init; }

    /// <summary>The minimum of the value. Default 0.</summary>
    public double Minimum { get; init; }

    /// <summary>The maximum of the value. Default 1.</summary>
    public double Maximum { get; init; } = 1;
}

/// <summary>A number as hits among trials.</summary>
/// <param name="Hits">The hits.</param>
/// <param name="Trials">The trials.</param>
/// <param name="IsDice">Whether the number is not hits ÷ trials but 2 hits ÷ (trials + hits), which is how F1 follows from it. Default
/// false.</param>
public readonly record struct ProportionCounts(double Hits, double Trials, bool IsDice = false);

/// <summary>An amount to be added to one word of a metric's sums.</summary>
/// <param name="Index">Which word, from 0 to <see cref="Metric.SumLength"/> − 1.</param>
/// <param name="Amount">What is added.</param>
public readonly record struct SumTerm(int Index, long Amount);

/// <summary>
/// A metric: a function of a sum over samples. Each sample is measured once into a fixed number of 64-bit words (its
/// <i>statistic</i>), the statistic names the words of the <i>sums</i> it adds to, and the numbers are computed from the
/// sums alone. Integers add exactly, so any split of the samples and any order of merging gives the same bits.
/// </summary>
public abstract class Metric
{
    /// <summary>Name in the catalogue and the spec.</summary>
    public abstract string Name { get; }

    /// <summary>Options that make the number comparable with the reference tool's, in that tool's notation where it has one.</summary>
    public abstract string Signature { get; }

    /// <summary>Words of one sample's statistic.</summary>
    public abstract int StatisticLength { get; }

    /// <summary>Words of the sums. Default: those of the statistic, added word by word.</summary>
    public virtual int SumLength => StatisticLength;

    /// <summary>
    /// Metrics with equal keys measure equal statistics into equal sums, which are then kept once. Default: the metric's own.
    /// </summary>
    public virtual string SumKey => $"{Name}|{Signature}";

    /// <summary>Whether the numbers get intervals and are compared with the baseline's; false for a mere table of counts.</summary>
    public virtual bool HasIntervals => true;

    /// <summary>
    /// How the numbers follow from the samples themselves, for a metric that is no function of sums; null for all others.
    /// </summary>
    public virtual SampleRule? SampleRule => null;

    /// <summary>What the metric needs of an answer beyond its text. Default: nothing.</summary>
    public virtual AnswerDetail Needs => AnswerDetail.None;

    /// <summary>What must be known of each answer from graders before it can be measured. Default: nothing.</summary>
    public virtual IReadOnlyList<GraderSpec> Graders => [];

    /// <summary>
    /// What tells how many samples had what the metric needs; null where every sample has it. It is a metric of its own because it is
    /// measured on samples that this one is not measured on.
    /// </summary>
    public virtual Metric? Coverage => null;

    /// <summary>The numbers that <see cref="Finish"/> yields, in its order.</summary>
    public abstract IReadOnlyList<MetricValueDefinition> Values { get; }

    /// <summary>Measures one sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="statistic">Receives exactly <see cref="StatisticLength"/> words; zeroed on entry. A word of the sums must
    /// stay within ±2^63 over all samples; words hold at most 2^36 a sample, which is enough for 134 million samples.</param>
    public abstract void Measure(MetricSample sample, Span<long> statistic);

    /// <summary>
    /// Maximum of the characters of the answer × the characters of all references. Default: no limit; smaller where time grows with the
    /// product.
    /// </summary>
    public virtual long MaxPairs => long.MaxValue;

    /// <summary>The answer that is measured. Default: the strict reading.</summary>
    /// <param name="sample">The sample.</param>
    public virtual string? AnswerOf(MetricSample sample) => sample.Prediction;

    /// <summary>Maximum number of terms that a sample adds to the sums. Default: two more than <see cref="StatisticLength"/>.</summary>
    public virtual int MaxTerms => StatisticLength + 2;

    /// <summary>Says what a sample's statistic adds to the sums. Default: each word to the word of the same index.</summary>
    /// <param name="statistic">The statistic that <see cref="Measure"/> wrote.</param>
    /// <param name="terms">Receives the terms; at least <see cref="MaxTerms"/> long.</param>
    /// <returns>How many terms were written.</returns>
    public virtual int Scatter(ReadOnlySpan<long> statistic, Span<SumTerm> terms)
    {
        var count = 0;
        for (var i = 0; i < statistic.Length; i++)
        {
            if (statistic[i] != 0)
            {
                terms[count++] = new SumTerm(i, statistic[i]);
            }
        }

        return count;
    }

    /// <summary>
    /// Computes the metric's numbers; NaN where a number is undefined (no sample, division by zero), ±∞ where it overflows.
    /// </summary>
    /// <param name="sums">The sums, <see cref="SumLength"/> words.</param>
    /// <param name="values">Receives one number per entry of <see cref="Values"/>.</param>
    public abstract void Finish(ReadOnlySpan<long> sums, Span<double> values);

    /// <summary>Whether a sample had what the metric needs. Default true. Models are compared on samples that both had it for.</summary>
    /// <param name="statistic">The statistic that <see cref="Measure"/> wrote.</param>
    public virtual bool IsMeasured(ReadOnlySpan<long> statistic) => true;

    /// <summary>
    /// Whether a number says something of a single sample, by which samples can be ordered: the BLEU of one answer does, the F1 of a label
    /// or a correlation does not. Default: true for a function of sums that gets intervals.
    /// </summary>
    /// <param name="value">Index of the number in <see cref="Values"/>.</param>
    public virtual bool IsOfOneSample(int value) => SampleRule is null && HasIntervals;

    /// <summary>
    /// How many samples the numbers rest on. Default: all that were scored; fewer where a sample can lack what the metric needs.
    /// </summary>
    /// <param name="sums">The sums, <see cref="SumLength"/> words.</param>
    /// <param name="scored">How many samples were added.</param>
    public virtual long CountSamples(ReadOnlySpan<long> sums, long scored) => scored;

    /// <summary>
    /// The number as a proportion of some of the samples (a label's recall is one of the label's own); null for all others. Default: null.
    /// </summary>
    /// <param name="value">Index of the number in <see cref="Values"/>.</param>
    /// <param name="sums">The sums, <see cref="SumLength"/> words.</param>
    public virtual ProportionCounts? CountsOf(int value, ReadOnlySpan<long> sums) => null;

    /// <summary>How far bootstrap replicates of a number fall short of its spread. Default: as those of a mean.</summary>
    /// <param name="value">Index of the number in <see cref="Values"/>.</param>
    /// <param name="sums">The sums, <see cref="SumLength"/> words.</param>
    /// <param name="independent">How many independent samples there are.</param>
    public virtual Spread SpreadOf(int value, ReadOnlySpan<long> sums, double independent) => Spread.OfMean(independent);

    /// <summary>
    /// With fewer independent samples a number gets no bootstrap interval, since none covers; null where none covers however many there
    /// are. Default 30.
    /// </summary>
    /// <param name="value">Index of the number in <see cref="Values"/>.</param>
    public virtual int? MinSamplesOf(int value) => 30;

    /// <summary>
    /// The same as <see cref="Finish"/> for sums in which one sample weighs <see cref="BootstrapWeights.One"/>, for metrics that add
    /// constants to sums. Default: <see cref="Finish"/>.
    /// </summary>
    /// <param name="sums">The weighted sums, <see cref="SumLength"/> words.</param>
    /// <param name="values">Receives one number per entry of <see cref="Values"/>.</param>
    public virtual void FinishReplicate(ReadOnlySpan<long> sums, Span<double> values) => Finish(sums, values);

    /// <summary>
    /// Whether the replicates show that a few samples outweigh all others. Then no interval covers, and the number gets none. Default
    /// false.
    /// </summary>
    /// <param name="value">Index of the number in <see cref="Values"/>.</param>
    /// <param name="number">The number.</param>
    /// <param name="replicates">The number in each replicate.</param>
    public virtual bool IsDominated(int value, double number, ReadOnlySpan<double> replicates) => false;

    /// <summary>A warning about the samples' texts, in one sentence with the fix; null for none. Default: null.</summary>
    /// <param name="sums">The sums, <see cref="SumLength"/> words.</param>
    public virtual string? WarningOf(ReadOnlySpan<long> sums) => null;

    /// <summary>The table that the metric yields beside its numbers; null for none. Default: null.</summary>
    /// <param name="sums">The sums, <see cref="SumLength"/> words.</param>
    public virtual MetricTable? TableOf(ReadOnlySpan<long> sums) => null;

    /// <summary>Which of its labels a metric of labels has samples of; null for all others. Default: null.</summary>
    /// <param name="sums">The sums, <see cref="SumLength"/> words.</param>
    public virtual LabelUse? LabelUseOf(ReadOnlySpan<long> sums) => null;
}
