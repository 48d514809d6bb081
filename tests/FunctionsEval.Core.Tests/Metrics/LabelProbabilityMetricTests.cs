using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Metrics;

public sealed class LabelProbabilityMetricTests
{
    private static readonly string[] ProbabilityMetrics =
    [
        "log_loss",
        "brier",
        "roc_auc",
        "average_precision",
        "calibration",
        "top_k_accuracy",
    ];

    [Theory]
    [InlineData(LabelProbabilityMethod.Alternatives, "|probabilities:alternatives-20")]
    [InlineData(LabelProbabilityMethod.Exact, "|probabilities:exact")]
    public void Signature_of_every_metric_of_probabilities_says_how_they_are_had(LabelProbabilityMethod method, string end) =>
        Assert.All(
            MetricCatalog.Create(
                ClassificationTask.Instance,
                [.. ProbabilityMetrics.Select(name => Samples.Spec(name))],
                new MetricSettings { Labels = Samples.Labels, LabelProbabilities = method }
            ),
            metric => Assert.EndsWith(end, metric.Signature, StringComparison.Ordinal)
        );

    [Fact]
    public void Unresolved_mass_comes_once_and_last_with_metrics_of_probabilities_and_only_with_them()
    {
        Assert.Equal([.. ProbabilityMetrics, "accuracy", "unresolved_label_mass"], Names([.. ProbabilityMetrics, "accuracy"]));
        Assert.Equal(["accuracy"], Names(["accuracy"]));

        static IEnumerable<string> Names(string[] names) =>
            MetricCatalog
                .Create(
                    ClassificationTask.Instance,
                    [.. names.Select(name => Samples.Spec(name))],
                    new MetricSettings { Labels = Samples.Labels }
                )
                .Select(metric => metric.Name);
    }

    [Fact]
    public void Unresolved_mass_is_the_mean_over_the_samples_of_which_it_is_known()
    {
        var metric = MetricCatalog.Create(
            ClassificationTask.Instance,
            [Samples.Spec("log_loss")],
            new MetricSettings { Labels = Samples.Labels }
        )[^1];
        MetricSample[] samples =
        [
            .. new double?[] { 0.5, 0, null, 1 }.Select(share => new MetricSample { References = ["yes"], UnresolvedLabelMass = share }),
        ];

        Assert.Equal(0.5, Samples.Values(metric, samples)["unresolved_label_mass"], 1e-10);
        Assert.Equal(3, Assert.Single(MetricScore.Report([metric], samples).Results).Samples);
    }
}
