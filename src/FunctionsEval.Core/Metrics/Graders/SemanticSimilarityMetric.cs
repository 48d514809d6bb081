using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>
/// The mean cosine between the embeddings of the answer and of the nearest reference, without the white space around them.
/// </summary>
internal sealed class SemanticSimilarityMetric(SimilaritySpec similarity) : GradedMetric(similarity)
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new(
            "semantic_similarity",
            MetricSubjects.Answer,
            (options, _) =>
                new SemanticSimilarityMetric(
                    new SimilaritySpec($"{options.Text("prefix")}semantic_similarity", ReadModel(options))
                    {
                        Place = options.PathOf("model"),
                    }
                )
        )
        {
            ReadsAnswer = false,
            Numbers = [new("semantic_similarity", MetricUnit.Plain, "Semantic similarity")],
        };

    /// <inheritdoc/>
    public override string Name => "semantic_similarity";

    /// <inheritdoc/>
    public override string Signature { get; } = $"model:{similarity.Model}|measure:cosine|references:max|text:trimmed";

    /// <inheritdoc/>
    public override string SumKey => $"semantic_similarity|{similarity.Name}|{Signature}";

    /// <inheritdoc/>
    public override int StatisticLength => FirstOwn + 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricValueDefinition> Values { get; } = [new("semantic_similarity") { Minimum = -1 }];

    /// <inheritdoc/>
    public override void Finish(ReadOnlySpan<long> sums, Span<double> values) =>
        values[0] = FixedPoint.ToDouble(sums[FirstOwn]) / sums[Graded];

    /// <inheritdoc/>
    protected override void MeasureGrade(Grade grade, Span<long> statistic) =>
        statistic[FirstOwn] = FixedPoint.FromUnit(grade.Score!.Value);
}
