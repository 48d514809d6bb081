using System.Globalization;
using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Rouge;

/// <summary>
/// Mean ROUGE over samples: F1, precision and recall by type, each 0–1; per type the reference with the highest F1 counts (the
/// first of equal ones). The mean is plain: rouge_score's own aggregator resamples at random. An unparsable answer scores 0.
/// </summary>
internal sealed class RougeMetric(IReadOnlyList<string> types, RougeTokenizer tokenizer) : Metric
{
    public static readonly IReadOnlyList<string> AllTypes =
    [
        "rouge1",
        "rouge2",
        "rouge3",
        "rouge4",
        "rouge5",
        "rouge6",
        "rouge7",
        "rouge8",
        "rouge9",
        "rougeL",
        "rougeLsum",
    ];

    public static readonly IReadOnlyList<string> DefaultTypes = ["rouge1", "rouge2", "rougeL", "rougeLsum"];

    private const int PerType = 3;

    /// <summary>A warning is given where the tokenizer finds no token in this share of the samples' references.</summary>
    private const double MuchMissed = 0.05;

    private readonly RougeScorer _scorer = new(tokenizer, types);

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("rouge", MetricSubjects.Answer, Create)
        {
            Numbers =
            [
                new("rouge1", MetricUnit.Share, "ROUGE-#"),
                new("rouge1_precision", MetricUnit.Share, "ROUGE-# precision"),
                new("rouge1_recall", MetricUnit.Share, "ROUGE-# recall"),
                new("rougeL", MetricUnit.Share, "ROUGE-L"),
                new("rougeL_precision", MetricUnit.Share, "ROUGE-L precision"),
                new("rougeL_recall", MetricUnit.Share, "ROUGE-L recall"),
                new("rougeLsum", MetricUnit.Share, "ROUGE-Lsum"),
                new("rougeLsum_precision", MetricUnit.Share, "ROUGE-Lsum precision"),
                new("rougeLsum_recall", MetricUnit.Share, "ROUGE-Lsum recall"),
            ],
        };

    private static RougeMetric Create(OptionReader options, MetricContext context)
    {
        var types = options.Texts("rouge_types") ?? DefaultTypes;
        if (types.Count == 0 || types.Distinct(StringComparer.Ordinal).Count() < types.Count)
        {
            throw options.Wrong("rouge_types", "must name at least one type, each once");
        }

        foreach (var type in types.Where(type => !AllTypes.Contains(type)))
        {
            throw new OptionException($"{options.Path}.rouge_types", NearestName.Unknown("ROUGE type", type, AllTypes));
        }

        var tokenizer = TokenizerOption.Read(options, "tokenizer", RougeTokenizer.Default, RougeTokenizer.Names);
        var useStemmer = options.Bool("use_stemmer");
        return useStemmer && tokenizer != RougeTokenizer.Default
            ? throw options.Wrong("use_stemmer", $"stems English words, and goes with the tokenizer \"{RougeTokenizer.Default}\" only")
            : new RougeMetric(types, new RougeTokenizer(tokenizer, useStemmer));
    }

    /// <inheritdoc/>
    public override string Name => "rouge";

    /// <inheritdoc/>
    public override string Signature { get; } = $"types:{string.Join('+', types)}|{tokenizer.Signature}|version:rouge_score-0.1.2";

    /// <inheritdoc/>
    public override int StatisticLength => 2 + (PerType * types.Count);

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [.. types.SelectMany(type => new MetricValueDefinition[] { new(type), new($"{type}_precision"), new($"{type}_recall") })];

    /// <inheritdoc/>
    public override long MaxPairs => 1L << 34;

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[0] = 1;
        statistic[^1] = MissesAllReferences(sample) ? 1 : 0;
        if (sample.Prediction is not { } prediction)
        {
            return;
        }

        Span<RougeScore> best = stackalloc RougeScore[types.Count];
        Span<RougeScore> scores = stackalloc RougeScore[types.Count];
        for (var r = 0; r < sample.References.Count; r++)
        {
            _scorer.Score(sample.References[r], prediction, scores);
            for (var t = 0; t < best.Length; t++)
            {
                best[t] = r == 0 || scores[t].FMeasure > best[t].FMeasure ? scores[t] : best[t];
            }
        }

        for (var t = 0; t < best.Length; t++)
        {
            statistic[1 + (PerType * t)] = FixedPoint.FromUnit(best[t].FMeasure);
            statistic[2 + (PerType * t)] = FixedPoint.FromUnit(best[t].Precision);
            statistic[3 + (PerType * t)] = FixedPoint.FromUnit(best[t].Recall);
        }
    }

    private bool MissesAllReferences(MetricSample sample)
    {
        for (var reference = 0; reference < sample.References.Count; reference++)
        {
            if (!tokenizer.MissesAllOf(sample.References[reference]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override string? WarningOf(ReadOnlySpan<long> sums) =>
        sums[^1] < MuchMissed * sums[0] || sums[^1] == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"ROUGE finds no token in the references of {sums[^1]:N0} of {sums[0]:N0} samples, which score 0: "
                    + $"its default tokenizer knows a–z and 0–9 alone, as rouge_score's does. "
                    + $"Give the metric a tokenizer that reads their script (\"intl\", \"zh\", \"char\")."
            );

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = FixedPoint.ToDouble(sums[1 + i]) / sums[0];
        }
    }
}
