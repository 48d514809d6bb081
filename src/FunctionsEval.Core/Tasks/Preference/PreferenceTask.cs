using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;

namespace FunctionsEval.Core.Tasks.Preference;

/// <summary>The answer is free text that a judge compares with another answer; a row may be a pair of answers, as for DPO.</summary>
public sealed class PreferenceTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly PreferenceTask Instance = new();

    private static readonly SampleShape Shape = new PairShape();

    private PreferenceTask() { }

    /// <inheritdoc/>
    public override string Name => "preference";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.Written;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.Answer | MetricSubjects.Preference | MetricSubjects.Response;

    /// <summary>A judge is named by the spec alone, so that a spec without metrics is refused with the option that is missing.</summary>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } = [new MetricSpec { Name = "pairwise" }];

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options) => Shape;
}
