using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Parsing.Values;
using FunctionsEval.Core.Tasks.MultiLabel;
using FunctionsEval.Core.Tasks.Regression;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

/// <summary>Sets of labels and numbers.</summary>
internal static class ValueFamilies
{
    public static object? MultiLabel(GoldenCase golden)
    {
        List<string> labels = [.. golden.Input.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!)];
        var zero = golden.Option("zero_division");
        var metrics = MetricCatalog.Create(
            MultiLabelTask.Instance,
            [
                GoldenMetrics.Spec("subset_accuracy"),
                GoldenMetrics.Spec("hamming_loss"),
                GoldenMetrics.Spec("jaccard", ("zero_division", zero)),
                GoldenMetrics.Spec("multi_label_f1", ("zero_division", zero)),
            ],
            new MetricSettings { Labels = labels }
        );
        return Score(metrics, Samples(golden, element => element.GetRawText()));
    }

    public static object? Regression(GoldenCase golden)
    {
        var metrics = MetricCatalog.Create(
            RegressionTask.Instance,
            [.. new[] { "mae", "rmse", "mape", "r2", "pearson", "spearman", "kendall" }.Select(name => GoldenMetrics.Spec(name))],
            new MetricSettings()
        );
        return Score(metrics, Samples(golden, element => CanonicalNumber.Write(element.GetDouble())));
    }

    private static List<MetricSample> Samples(GoldenCase golden, Func<JsonElement, string> write) =>
        [
            .. golden
                .Input.GetProperty("y_true")
                .EnumerateArray()
                .Zip(
                    golden.Input.GetProperty("y_pred").EnumerateArray(),
                    (reference, answer) => new MetricSample { References = [write(reference)], Prediction = write(answer) }
                ),
        ];

    private static Dictionary<string, object?> Score(IReadOnlyList<Metric> metrics, List<MetricSample> samples) =>
        MetricScore
            .ValuesOf(MetricScore.Report(metrics, samples))
            .ToDictionary(value => value.Key, object? (value) => value.Value, StringComparer.Ordinal);
}
