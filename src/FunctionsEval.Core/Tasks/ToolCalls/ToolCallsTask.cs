using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Tasks.ToolCalls;

/// <summary>The answer is calls of the tools that the row offers, or a text where none is to be called.</summary>
public sealed class ToolCallsTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly ToolCallsTask Instance = new();

    private static readonly CallShape Shape = new(isLogged: false);
    private static readonly CallShape LoggedShape = new(isLogged: true);

    private ToolCallsTask() { }

    /// <inheritdoc/>
    public override string Name => "tool_calls";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.Written;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.ToolCalls | MetricSubjects.Answer | MetricSubjects.Response;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } =
    [
        new MetricSpec { Name = "tool_calls" },
        new MetricSpec { Name = "tool_names" },
        new MetricSpec { Name = "tool_decision" },
        new MetricSpec { Name = "tool_validity" },
    ];

    /// <inheritdoc/>
    public override bool TakesExamples => false;

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options) => Shape;

    /// <inheritdoc/>
    public override SampleShape LoggedShapeOf(TaskOptions options) => LoggedShape;

    private protected override OptionProblem? CheckLabels(TaskOptions options) =>
        base.CheckLabels(options)
        ?? (
            options.Parsing.Method is null or ParsingMethod.Text
                ? null
                : new OptionProblem("parsing.method", "belongs to tasks whose answer is a text; calls are read as the endpoint gives them.")
        );
}
