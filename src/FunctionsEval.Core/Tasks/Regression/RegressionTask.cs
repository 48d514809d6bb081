using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Parsing.Values;

namespace FunctionsEval.Core.Tasks.Regression;

/// <summary>The answer is a number.</summary>
public sealed class RegressionTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly RegressionTask Instance = new();

    private RegressionTask() { }

    /// <inheritdoc/>
    public override string Name => "regression";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.Written;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.Number | MetricSubjects.Answer | MetricSubjects.Response;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } =
    [
        new MetricSpec { Name = "mae" },
        new MetricSpec { Name = "rmse" },
        new MetricSpec { Name = "r2" },
        new MetricSpec { Name = "pearson" },
        new MetricSpec { Name = "spearman" },
        new MetricSpec { Name = "unparsable_rate" },
    ];

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new NumberShape(new NumberValue(options.Parsing), CreateParser(options));
    }

    /// <inheritdoc/>
    public override AnswerParser CreateParser(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return AnswerParser.ForValues(options.Parsing, ParsingMethodOf(options.Parsing), new NumberValue(options.Parsing), labels: []);
    }

    private protected override OptionProblem? CheckAnswerForm(ParsingSpec parsing) =>
        parsing.Delimiter is not null ? Misplaced("delimiter", "multi_label")
        : parsing.NoLabel is not null ? Misplaced("noLabel", "multi_label")
        : parsing.Aliases.Count > 0 ? new OptionProblem("aliases", "has no meaning for numbers; leave it out.")
        : CheckValueMethod(parsing);
}
