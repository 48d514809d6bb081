using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Parsing.Values;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Tasks.MultiLabel;

/// <summary>The answer is any number of labels from a list, none included.</summary>
public sealed class MultiLabelTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly MultiLabelTask Instance = new();

    private MultiLabelTask() { }

    /// <inheritdoc/>
    public override string Name => "multi_label";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.Written;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.LabelSet | MetricSubjects.Answer | MetricSubjects.Response;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } =
    [
        new MetricSpec { Name = "multi_label_f1" },
        new MetricSpec { Name = "subset_accuracy" },
        new MetricSpec { Name = "hamming_loss" },
        new MetricSpec { Name = "jaccard" },
        new MetricSpec { Name = "unparsable_rate" },
    ];

    /// <inheritdoc/>
    public override bool HasLabels => true;

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options) => new LabelSetShape(ValueOf(options), CreateParser(options));

    /// <inheritdoc/>
    public override AnswerParser CreateParser(TaskOptions options) =>
        AnswerParser.ForValues(options.Parsing, ParsingMethodOf(options.Parsing), ValueOf(options), options.Labels);

    private protected override OptionProblem? CheckLabels(TaskOptions options) =>
        CheckMisplacedLabelFields(options) ?? ClosedList.Check(options, "the labels that an answer may have");

    private protected override OptionProblem? CheckAnswerForm(ParsingSpec parsing) =>
        parsing.Number is not null ? Misplaced("number", "regression") : CheckValueMethod(parsing);

    private static LabelSetValue ValueOf(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new LabelSetValue(options.Parsing, options.Labels);
    }
}
