using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Tasks.Generation;

/// <summary>The answer is free text that is compared with one or more references.</summary>
public sealed class GenerationTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly GenerationTask Instance = new();

    private static readonly SampleShape Shape = new();

    private GenerationTask() { }

    /// <inheritdoc/>
    public override string Name => "generation";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.Written;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.Answer | MetricSubjects.Preference | MetricSubjects.Response;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } =
    [new MetricSpec { Name = "exact_match" }, new MetricSpec { Name = "bleu" }, new MetricSpec { Name = "rouge" }];

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options) => Shape;
}
