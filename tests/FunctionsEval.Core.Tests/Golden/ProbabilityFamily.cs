using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

/// <summary>Runs the vectors as a spec's metrics, through a scoreboard.</summary>
internal static class ProbabilityFamily
{
    public static object? Compute(GoldenCase golden)
    {
        var bins = golden.Option("n_bins")?.GetInt32() ?? 15;
        return golden.Input.TryGetProperty("confidence", out var confidence)
                ? Binary(Numbers(confidence), Flags(golden.Input.GetProperty("correct")), bins)["ece_positive_class"]
            : golden.Input.TryGetProperty("p_positive", out var positive)
                ? Binary(Numbers(positive), Flags(golden.Input.GetProperty("y_true")), bins)
            : MultiClass(
                [.. golden.Input.GetProperty("probabilities").EnumerateArray().Select(Numbers)],
                [.. golden.Input.GetProperty("y_true").EnumerateArray().Select(label => label.GetInt32())],
                bins
            );
    }

    private static Dictionary<string, object?> Binary(List<double> positive, List<bool> actual, int bins)
    {
        // Of two equally probable labels the first is the likelier one: the vectors' threshold is p >= 0.5.
        var samples = positive.Zip(actual, (p, y) => Sample(y ? "yes" : "no", [("yes", p), ("no", 1 - p)]));
        var report = Report(
            samples,
            ["yes", "no"],
            "yes",
            CalibrationSpec("top_label", bins),
            CalibrationSpec("positive_label", bins),
            Spec("log_loss"),
            Spec("brier"),
            Spec("roc_auc"),
            Spec("average_precision")
        );
        return new Dictionary<string, object?>
        {
            ["log_loss"] = Value(report, "log_loss"),
            ["brier"] = Value(report, "brier"),
            ["roc_auc"] = OrError(Value(report, "roc_auc")),
            ["average_precision"] = Value(report, "average_precision"),
            ["ece_positive_class"] = Calibration(report, "positive_label"),
            ["ece_top_label"] = Calibration(report, "top_label"),
        };
    }

    private static Dictionary<string, object?> MultiClass(List<List<double>> probabilities, List<int> actual, int bins)
    {
        string[] labels = [.. Enumerable.Range(0, probabilities[0].Count).Select(Label)];
        var samples = probabilities.Zip(
            actual,
            (row, y) => Sample(Label(y), row.Select((p, label) => (Label(label), p)), prediction: Label(row.IndexOf(row.Max())))
        );
        var report = Report(
            samples,
            labels,
            null,
            CalibrationSpec("top_label", bins),
            Spec("log_loss"),
            Spec("brier"),
            Spec("accuracy"),
            Spec("top_k_accuracy"),
            Spec("roc_auc", ("prefix", "ovr_macro_")),
            Spec("roc_auc", ("prefix", "ovr_weighted_"), ("average", "weighted")),
            Spec("roc_auc", ("prefix", "ovo_macro_"), ("multi_class", "ovo"))
        );
        return new Dictionary<string, object?>
        {
            ["log_loss"] = Value(report, "log_loss"),
            ["brier_sum"] = Value(report, "brier"),
            ["accuracy"] = Value(report, "accuracy"),
            ["top2_accuracy"] = Value(report, "top2_accuracy"),
            ["roc_auc_ovr_macro"] = OrError(Value(report, "ovr_macro_roc_auc")),
            ["roc_auc_ovr_weighted"] = OrError(Value(report, "ovr_weighted_roc_auc")),
            ["roc_auc_ovo_macro"] = OrError(Value(report, "ovo_macro_roc_auc")),
            ["ece_top_label"] = Calibration(report, "top_label"),
        };
    }

    private static MetricReport Report(
        IEnumerable<MetricSample> samples,
        string[] labels,
        string? positiveLabel,
        params MetricSpec[] specs
    ) =>
        MetricScore.Report(
            MetricCatalog.Create(ClassificationTask.Instance, specs, new MetricSettings { Labels = labels, PositiveLabel = positiveLabel }),
            samples
        );

    private static MetricSample Sample(
        string actual,
        IEnumerable<(string Label, double Probability)> probabilities,
        string? prediction = null
    ) =>
        new()
        {
            References = [actual],
            Prediction = prediction,
            LabelProbabilities = probabilities.ToDictionary(pair => pair.Label, pair => pair.Probability),
        };

    private static double? Value(MetricReport report, string name) => report.Results.Single(result => result.Definition.Name == name).Value;

    private static object OrError(double? value) => value is { } number ? number : new GoldenError();

    private static Dictionary<string, object?> Calibration(MetricReport report, string confidence)
    {
        var prefix = Prefix(confidence);
        return new Dictionary<string, object?>
        {
            ["ece"] = Value(report, prefix + "ece"),
            ["mce"] = Value(report, prefix + "mce"),
            ["rmsce"] = Value(report, prefix + "rmsce"),
            ["bins"] = report
                .Tables.Select(scored => scored.Table)
                .Single(table => table.Signature!.StartsWith($"confidence:{confidence}|", StringComparison.Ordinal))
                .Rows.Select(Bin),
        };
    }

    private static Dictionary<string, object?> Bin(IReadOnlyList<double> bin) =>
        new()
        {
            ["bin"] = bin[0],
            ["count"] = bin[1],
            ["avg_confidence"] = bin[2],
            ["accuracy"] = bin[3],
        };

    private static MetricSpec CalibrationSpec(string confidence, int bins) =>
        Spec("calibration", ("confidence", confidence), ("bins", bins), ("prefix", Prefix(confidence)));

    private static string Prefix(string confidence) => confidence == "top_label" ? "top_" : "positive_";

    private static MetricSpec Spec(string name, params (string, object?)[] options) => GoldenMetrics.Spec(name, options);

    private static string Label(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static List<double> Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    private static List<bool> Flags(JsonElement array) =>
        [.. array.EnumerateArray().Select(flag => flag.ValueKind == JsonValueKind.Number ? flag.GetInt32() == 1 : flag.GetBoolean())];
}
