using System.Text.Json;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Metrics;

/// <summary>What a task's samples hold, and the metrics it gets when its spec names none.</summary>
public static partial class MetricCatalog
{
    /// <summary>The metrics a task gets when its spec names none.</summary>
    public static IReadOnlyList<MetricSpec> Defaults(EvaluationTask task) =>
        task switch
        {
            EvaluationTask.Classification =>
            [
                .. Named("accuracy", "balanced_accuracy", "f1", "cohen_kappa", "mcc", "confusion_matrix", "unparsable_rate"),
                new MetricSpec
                {
                    Name = "accuracy",
                    Options = new Dictionary<string, JsonElement> { ["parse"] = JsonSerializer.SerializeToElement("lenient") },
                },
            ],
            EvaluationTask.Generation => Named("exact_match", "bleu", "rouge"),
            EvaluationTask.MultipleChoice => Named("multiple_choice"),
            _ => Named("perplexity"),
        };

    /// <summary>Creates the metrics of a spec.</summary>
    /// <param name="task">The task.</param>
    /// <param name="specs">The metrics asked for; the task's defaults when empty.</param>
    /// <param name="labels">The closed list of labels; needed by classification metrics.</param>
    /// <param name="positiveLabel">The label that counts as positive for binary numbers; null for none.</param>
    /// <param name="probabilities">How the probabilities of labels are had.</param>
    /// <exception cref="MetricSpecException">A metric or option is unknown, has a wrong value, or does not fit the task.</exception>
    public static IReadOnlyList<Metric> Create(
        EvaluationTask task,
        IReadOnlyList<MetricSpec> specs,
        IReadOnlyList<string> labels,
        string? positiveLabel,
        LabelProbabilityMethod probabilities = LabelProbabilityMethod.Alternatives
    )
    {
        ArgumentNullException.ThrowIfNull(specs);
        ArgumentNullException.ThrowIfNull(labels);
        return Create(
            new MetricContext(EnumNames<EvaluationTask>.Of(task), ContentOf(task), labels, positiveLabel, probabilities),
            specs.Count > 0 ? specs
                : labels.Count <= SpecLimits.MaxLabelsSquared ? Defaults(task)
                : [.. Defaults(task).Where(metric => metric.Name != "confusion_matrix")]
        );
    }

    private static SampleContent ContentOf(EvaluationTask task) =>
        task switch
        {
            EvaluationTask.Classification => SampleContent.Label | SampleContent.Answer,
            EvaluationTask.Generation => SampleContent.Answer,
            EvaluationTask.MultipleChoice => SampleContent.Choices,
            _ => SampleContent.TextProbability,
        };

    private static MetricSpec[] Named(params string[] names) => Array.ConvertAll(names, name => new MetricSpec { Name = name });
}
