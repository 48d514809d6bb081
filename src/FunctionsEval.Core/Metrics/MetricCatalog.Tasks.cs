using System.Text.Json;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Metrics;

/// <summary>The tasks as metrics see them. Goes once tasks are types.</summary>
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
    ) =>
        Create(
            new MeasuredTask(EnumNames<EvaluationTask>.Of(task), SubjectsOf(task), Defaults(task)),
            specs,
            labels,
            positiveLabel,
            probabilities
        );

    private static MetricSubjects SubjectsOf(EvaluationTask task) =>
        task switch
        {
            EvaluationTask.Classification => MetricSubjects.Label | MetricSubjects.Answer,
            EvaluationTask.Generation => MetricSubjects.Answer,
            EvaluationTask.MultipleChoice => MetricSubjects.ScoredChoices,
            _ => MetricSubjects.ScoredText,
        };

    private static MetricSpec[] Named(params string[] names) => Array.ConvertAll(names, name => new MetricSpec { Name = name });

    private sealed record MeasuredTask(string Name, MetricSubjects Subjects, IReadOnlyList<MetricSpec> DefaultMetrics) : IMeasuredTask;
}
