using FunctionsEval.Core.Metrics.Tokenization;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Squad;

/// <summary>Which official script is followed where they differ: on answers that normalise to nothing.</summary>
internal enum SquadVersion
{
    /// <summary>SQuAD 1.1: F1 is 0 when no word is shared, even of two empty answers.</summary>
    V1,

    /// <summary>SQuAD 2.0: two empty answers agree; references that normalise to nothing are dropped unless all do.</summary>
    V2,
}

/// <summary>
/// SQuAD exact match and token F1, each the best over the references; 0–1 (the scripts print per cent). An unparsable answer scores 0.
/// </summary>
internal sealed class SquadMetric(SquadVersion version) : Metric
{
    private const int Exact = 0;
    private const int F1 = 1;
    private const int Samples = 2;

    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new(
            "squad",
            MetricSubjects.Answer,
            (options, _) => new SquadMetric(options.Choice("version", "v1", ["v1", "v2"]) == "v1" ? SquadVersion.V1 : SquadVersion.V2)
        )
        {
            Numbers = [new("squad_em", MetricUnit.Share, "SQuAD exact match"), new("squad_f1", MetricUnit.Share, "SQuAD F1")],
        };

    /// <inheritdoc/>
    public override string Name => "squad";

    /// <inheritdoc/>
    public override string Signature { get; } = $"version:{(version == SquadVersion.V1 ? "1.1" : "2.0")}";

    /// <inheritdoc/>
    public override int StatisticLength => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } =
    [new("squad_em", IsProportion: true) { SuccessIndex = Exact }, new("squad_f1")];

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        statistic[Samples] = 1;
        if (sample.Prediction is not { } answer)
        {
            return;
        }

        var workspace = TextWorkspace.Current;
        var tokens = workspace.Tokens;
        tokens.Clear();
        SquadText.AddWords(answer, workspace);
        var hasWords = false;
        for (var reference = 0; reference < sample.References.Count; reference++)
        {
            SquadText.AddWords(sample.References[reference], workspace);
            hasWords |= tokens[reference + 1].Length > 0;
        }

        var remaining = workspace.TakeCounts(tokens.TokenCount);
        var best = 0.0;
        for (var reference = 1; reference < tokens.Count; reference++)
        {
            // SQuAD 2.0 drops references without words, unless none has any.
            if (version == SquadVersion.V1 || tokens[reference].Length > 0 || !hasWords)
            {
                statistic[Exact] = tokens[0].SequenceEqual(tokens[reference]) ? 1 : statistic[Exact];
                best = Math.Max(best, SquadText.TokenF1(tokens[0], tokens[reference], remaining, version == SquadVersion.V2));
            }
        }

        statistic[F1] = FixedPoint.FromUnit(best);
    }

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values)
    {
        values[0] = (double)sums[Exact] / sums[Samples];
        values[1] = FixedPoint.ToDouble(sums[F1]) / sums[Samples];
    }
}
