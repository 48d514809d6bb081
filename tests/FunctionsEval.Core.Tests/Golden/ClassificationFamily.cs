using System.Text;
using System.Text.Json;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tests.Metrics;

namespace FunctionsEval.Core.Tests.Golden;

internal static class ClassificationFamily
{
    public static object? Compute(GoldenCase golden)
    {
        var actual = golden.Input.GetProperty("y_true").EnumerateArray().ToList();
        var predicted = golden.Input.GetProperty("y_pred").EnumerateArray().ToList();
        var samples = actual
            .Zip(predicted, (reference, prediction) => new MetricSample { References = [Text(reference)], Prediction = Text(prediction) })
            .ToList();
        var union = actual.Concat(predicted).DistinctBy(Text).Order(Comparer<JsonElement>.Create(ByValue)).ToList();
        var labels = golden.Option("labels") is { } chosen ? chosen.EnumerateArray().ToList() : union;
        var names = labels.ConvertAll(Text);

        // scikit-learn takes the labels for κ, MCC and accuracy from the data, whatever the option says.
        List<string> all = [.. union.Select(Text), .. names.Except(union.Select(Text))];
        var positive = golden.Option("pos_label") is { } label ? Text(label) : null;
        var metrics = Metrics(names, all, positive, golden.Option("zero_division"));

        var values = MetricScore.ValuesOf(MetricScore.Report(metrics, samples));
        var matrix = MetricScore.Report(metrics, samples).Tables.Single().Table;
        var result = new Dictionary<string, object?>
        {
            ["accuracy"] = values["accuracy"],
            ["balanced_accuracy"] = values["balanced_accuracy"],
            ["labels"] = labels.Select(Raw),
            ["confusion_matrix"] = matrix.Rows.Select(row => row.Take(row.Count - 1)),
            ["per_class"] = labels.Select(
                (element, i) =>
                    new Dictionary<string, object?>
                    {
                        ["label"] = Raw(element),
                        ["precision"] = values[$"precision[{names[i]}]"],
                        ["recall"] = values[$"recall[{names[i]}]"],
                        ["f1"] = values[$"f1[{names[i]}]"],
                        ["support"] = samples.Count(sample => sample.References[0] == names[i]),
                    }
            ),
            ["cohen_kappa"] = values["cohen_kappa"],
            ["kappa_linear"] = values["linear_cohen_kappa"],
            ["kappa_quadratic"] = values["quadratic_cohen_kappa"],
            ["mcc"] = values["mcc"],
            ["f_beta_macro"] = new Dictionary<string, object?> { ["0.5"] = values["half_f0.5_macro"], ["2"] = values["double_f2_macro"] },
        };
        foreach (var average in new[] { "macro", "micro", "weighted" })
        {
            result[average] = Scores(values, $"f1_{average}", $"precision_{average}", $"recall_{average}");
        }

        if (positive is not null)
        {
            result["binary"] = Scores(values, "f1_binary", "precision", "recall");
        }

        return result;
    }

    private static IReadOnlyList<Metric> Metrics(List<string> names, List<string> all, string? positive, JsonElement? zero) =>
        MetricCatalog.Create(
            ClassificationTask.Instance,
            [
                GoldenMetrics.Spec("accuracy"),
                GoldenMetrics.Spec("balanced_accuracy"),
                GoldenMetrics.Spec("mcc"),
                GoldenMetrics.Spec("cohen_kappa"),
                GoldenMetrics.Spec("cohen_kappa", ("weights", "linear"), ("prefix", "linear_")),
                GoldenMetrics.Spec("cohen_kappa", ("weights", "quadratic"), ("prefix", "quadratic_")),
                GoldenMetrics.Spec("f1", ("labels", names), ("zero_division", zero)),
                GoldenMetrics.Spec("f1", ("labels", names), ("zero_division", zero), ("beta", 0.5), ("prefix", "half_")),
                GoldenMetrics.Spec("f1", ("labels", names), ("zero_division", zero), ("beta", 2), ("prefix", "double_")),
                GoldenMetrics.Spec("confusion_matrix", ("labels", names)),
            ],
            new MetricSettings { Labels = all, PositiveLabel = positive }
        );

    private static Dictionary<string, object?> Scores(Dictionary<string, double> values, string f1, string precision, string recall) =>
        new()
        {
            ["f1"] = values[f1],
            ["precision"] = values[precision],
            ["recall"] = values[recall],
        };

    private static string Text(JsonElement label) => label.ValueKind == JsonValueKind.String ? label.GetString()! : label.GetRawText();

    private static object? Raw(JsonElement label) =>
        label.ValueKind switch
        {
            JsonValueKind.String => label.GetString(),
            JsonValueKind.Number => label.GetDouble(),
            _ => label.GetBoolean(),
        };

    /// <summary>Numbers by value, false before true, texts by code point.</summary>
    private static int ByValue(JsonElement first, JsonElement second) =>
        first.ValueKind switch
        {
            JsonValueKind.Number => first.GetDouble().CompareTo(second.GetDouble()),
            JsonValueKind.String => ByCodePoint(first.GetString()!, second.GetString()!),
            _ => first.GetBoolean().CompareTo(second.GetBoolean()),
        };

    private static int ByCodePoint(string first, string second) =>
        first.EnumerateRunes().Zip(second.EnumerateRunes(), (a, b) => a.CompareTo(b)).FirstOrDefault(order => order != 0)
            is var order
                and not 0
            ? order
            : Encoding.UTF32.GetByteCount(first).CompareTo(Encoding.UTF32.GetByteCount(second));
}
