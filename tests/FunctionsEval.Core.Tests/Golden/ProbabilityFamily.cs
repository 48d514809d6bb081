using System.Text.Json;
using FunctionsEval.Core.Metrics.Calibration;
using FunctionsEval.Core.Metrics.Probabilities;

namespace FunctionsEval.Core.Tests.Golden;

internal static class ProbabilityFamily
{
    public static object? Compute(GoldenCase golden)
    {
        var bins = golden.Option("n_bins")?.GetInt32() ?? 15;
        return golden.Input.TryGetProperty("confidence", out var confidence) ? Calibration(Numbers(confidence), Flags(golden.Input.GetProperty("correct")), bins)
            : golden.Input.TryGetProperty("p_positive", out var positive) ? Binary(Numbers(positive), Flags(golden.Input.GetProperty("y_true")), bins)
            : MultiClass(
                [.. golden.Input.GetProperty("probabilities").EnumerateArray().Select(Numbers)],
                [.. golden.Input.GetProperty("y_true").EnumerateArray().Select(label => label.GetInt32())],
                bins);
    }

    private static Dictionary<string, object?> Binary(List<double> positive, List<bool> actual, int bins) => new()
    {
        ["log_loss"] = ProbabilityScores.LogLoss([.. positive.Select(p => new[] { 1 - p, p })], [.. actual.Select(y => y ? 1 : 0)]),
        ["brier"] = ProbabilityScores.Brier(positive, actual),
        ["roc_auc"] = OrError(ProbabilityScores.RocAuc(positive, actual)),
        ["average_precision"] = ProbabilityScores.AveragePrecision(positive, actual),
        ["ece_positive_class"] = Calibration(positive, actual, bins),
        ["ece_top_label"] = Calibration([.. positive.Select(p => p >= 0.5 ? p : 1 - p)], [.. positive.Zip(actual, (p, y) => p >= 0.5 == y)], bins),
    };

    private static Dictionary<string, object?> MultiClass(List<List<double>> probabilities, List<int> actual, int bins)
    {
        var predicted = probabilities.ConvertAll(row => row.IndexOf(row.Max()));
        var correct = predicted.Zip(actual, (prediction, y) => prediction == y).ToList();
        return new Dictionary<string, object?>
        {
            ["log_loss"] = ProbabilityScores.LogLoss(probabilities, actual),
            ["brier_sum"] = ProbabilityScores.BrierSum(probabilities, actual),
            ["accuracy"] = (double)correct.Count(hit => hit) / correct.Count,
            ["top2_accuracy"] = ProbabilityScores.TopKAccuracy(probabilities, actual, 2),
            ["roc_auc_ovr_macro"] = OrError(ProbabilityScores.RocAucOneVersusRest(probabilities, actual, weighted: false)),
            ["roc_auc_ovr_weighted"] = OrError(ProbabilityScores.RocAucOneVersusRest(probabilities, actual, weighted: true)),
            ["roc_auc_ovo_macro"] = OrError(ProbabilityScores.RocAucOneVersusOne(probabilities, actual)),
            ["ece_top_label"] = Calibration([.. probabilities.Select(row => row.Max())], correct, bins),
        };
    }

    private static Dictionary<string, object?> Calibration(List<double> confidences, List<bool> correct, int bins)
    {
        var error = CalibrationError.Compute(confidences, correct, bins);
        return new Dictionary<string, object?>
        {
            ["ece"] = error.Expected,
            ["mce"] = error.Maximum,
            ["rmsce"] = error.RootMeanSquare,
            ["bins"] = error.Bins.Select(bin => new Dictionary<string, object?>
            {
                ["bin"] = bin.Index,
                ["count"] = bin.Count,
                ["avg_confidence"] = bin.AverageConfidence,
                ["accuracy"] = bin.Accuracy,
            }),
        };
    }

    private static object OrError(double value) => double.IsNaN(value) ? new GoldenError() : value;

    private static List<double> Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    private static List<bool> Flags(JsonElement array) =>
        [.. array.EnumerateArray().Select(flag => flag.ValueKind == JsonValueKind.Number ? flag.GetInt32() == 1 : flag.GetBoolean())];
}
