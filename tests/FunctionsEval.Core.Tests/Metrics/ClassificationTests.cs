using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Oracle: worked by hand from scikit-learn's definitions.</summary>
public sealed class ClassificationTests
{
    [Fact]
    public void F1_of_a_class_never_predicted_is_zero_and_lowers_the_macro_mean()
    {
        var values = Samples.Values(Create("f1"), Pair("yes", "yes"), Pair("no", "yes"));
        Assert.Equal(0, values["precision[no]"]);
        Assert.Equal(0, values["f1[no]"]);
        Assert.Equal((2.0 / 3) / 2, values["f1_macro"], 1e-12);
    }

    /// <summary>Of three labels one has no sample.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void F1_over_a_closed_list_counts_a_label_without_samples_as_zero(bool isListed)
    {
        var metric = isListed ? Create("f1", ("labels", Samples.Labels)) : Create("f1", ("all_labels", true));
        Assert.Equal((2.0 / 3) / 3, Samples.Values(metric, Pair("yes", "yes"), Pair("no", "yes"))["f1_macro"], 1e-12);
        Assert.Contains("macro:all_labels", metric.Signature, StringComparison.Ordinal);
        Assert.Contains("macro:labels_with_samples", Create("f1").Signature, StringComparison.Ordinal);
    }

    [Fact]
    public void F1_with_zero_division_nan_leaves_undefined_classes_out()
    {
        var values = Samples.Values(Create("f1", ("zero_division", "nan")), Pair("yes", "yes"), Pair("no", "yes"));
        Assert.Equal(double.NaN, values["precision[no]"]);
        Assert.Equal(0, values["f1[no]"]);
        Assert.Equal(double.NaN, values["f1[may|be/ü]"]);
        Assert.Equal(1.0 / 3, values["f1_macro"], 1e-12);
    }

    [Fact]
    public void F1_counts_an_unparsable_answer_as_a_miss_and_no_false_alarm()
    {
        var values = Samples.Values(Create("f1"), Pair("yes", "yes"), Pair("yes", null), Pair("no", "no"));
        Assert.Equal(0.5, values["recall[yes]"]);
        Assert.Equal(1, values["precision[yes]"]);
        Assert.Equal(1, values["precision_micro"]);
        Assert.Equal(2.0 / 3, values["recall_micro"], 1e-12);
    }

    [Fact]
    public void F1_with_a_positive_label_yields_the_binary_numbers()
    {
        var metric = MetricCatalog.Create(
            ClassificationTask.Instance,
            [new MetricSpec { Name = "f1" }],
            new MetricSettings { Labels = ["yes", "no"], PositiveLabel = "no" }
        )[0];
        var values = Samples.Values(metric, Pair("no", "no"), Pair("yes", "no"), Pair("yes", "yes"));
        Assert.Equal(0.5, values["precision"]);
        Assert.Equal(1, values["recall"]);
        Assert.Equal(2.0 / 3, values["f1_binary"], 1e-12);
    }

    [Fact]
    public void Accuracy_counts_an_unparsable_answer_as_wrong() =>
        Assert.Equal(0.5, Samples.Values(Create("accuracy"), Pair("yes", "yes"), Pair("no", null))["accuracy"]);

    [Fact]
    public void Kappa_of_a_single_class_is_undefined_and_mcc_zero()
    {
        Assert.Equal(double.NaN, Samples.Values(Create("cohen_kappa"), Pair("yes", "yes"), Pair("yes", "yes"))["cohen_kappa"]);
        Assert.Equal(0, Samples.Values(Create("mcc"), Pair("yes", "yes"), Pair("yes", "yes"))["mcc"]);
    }

    [Fact]
    public void Kappa_treats_unparsable_answers_as_a_label_of_their_own()
    {
        // Observed 1/2; chance (2×1 + 0) ÷ 4 = 1/2.
        Assert.Equal(0, Samples.Values(Create("cohen_kappa"), Pair("yes", "yes"), Pair("yes", null))["cohen_kappa"], 1e-12);
    }

    [Fact]
    public void BalancedAccuracy_leaves_out_labels_that_do_not_occur() =>
        Assert.Equal(0.5, Samples.Values(Create("balanced_accuracy"), Pair("yes", "no"), Pair("no", "no"))["balanced_accuracy"]);

    [Fact]
    public void ConfusionMatrix_counts_answers_outside_the_labels_in_its_last_column()
    {
        var metric = Create("confusion_matrix");
        var sums = MetricScore.Sums(metric, [Pair("yes", "no"), Pair("yes", null), Pair("no", "other"), Pair("unknown", "yes")]);
        Assert.Equal(
            [
                [0, 1, 0, 1],
                [0, 0, 0, 1],
                [0, 0, 0, 0],
            ],
            metric.TableOf(sums)!.Rows
        );
    }

    [Fact]
    public void Every_number_without_samples_is_undefined_or_zero_by_the_reference_tool()
    {
        Assert.Equal(double.NaN, Samples.Values(Create("accuracy"))["accuracy"]);
        Assert.Equal(double.NaN, Samples.Values(Create("balanced_accuracy"))["balanced_accuracy"]);
        Assert.Equal(double.NaN, Samples.Values(Create("cohen_kappa"))["cohen_kappa"]);
    }

    private static Metric Create(string name, params (string Name, object Value)[] options) =>
        Samples.Create(ClassificationTask.Instance, name, options);

    private static MetricSample Pair(string reference, string? prediction) => new() { References = [reference], Prediction = prediction };
}
