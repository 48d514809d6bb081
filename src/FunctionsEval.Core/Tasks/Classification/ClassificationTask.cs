using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Tasks.Classification;

/// <summary>The answer is one of a list of labels.</summary>
public sealed class ClassificationTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly ClassificationTask Instance = new();

    private ClassificationTask() { }

    /// <inheritdoc/>
    public override string Name => "classification";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.Written;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.Label | MetricSubjects.Answer | MetricSubjects.Response;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } =
    [
        new MetricSpec { Name = "accuracy" },
        new MetricSpec { Name = "balanced_accuracy" },
        new MetricSpec { Name = "f1" },
        new MetricSpec { Name = "cohen_kappa" },
        new MetricSpec { Name = "mcc" },
        new MetricSpec { Name = "confusion_matrix" },
        new MetricSpec { Name = "unparsable_rate" },
        new MetricSpec
        {
            Name = "accuracy",
            Options = new Dictionary<string, JsonElement> { ["parse"] = JsonSerializer.SerializeToElement("lenient") },
        },
    ];

    /// <inheritdoc/>
    public override bool HasLabels => true;

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new LabelShape(options.Labels);
    }

    /// <inheritdoc/>
    public override ParsingMethod ParsingMethodOf(ParsingSpec parsing)
    {
        ArgumentNullException.ThrowIfNull(parsing);
        return parsing.Method ?? ParsingMethod.Label;
    }

    /// <inheritdoc/>
    public override AnswerParser CreateParser(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return AnswerParser.ForLabels(options.Parsing, ParsingMethodOf(options.Parsing), options.Labels);
    }

    private protected override OptionProblem? CheckLabels(TaskOptions options)
    {
        if (ClosedList.Check(options, "the labels of the classification") is { } problem)
        {
            return problem;
        }

        return options.PositiveLabel is { } positive && !options.Labels.Contains(positive)
            ? new OptionProblem("positiveLabel", $"is not one of the labels.{NearestName.DidYouMean(positive, options.Labels)}")
            : null;
    }
}
