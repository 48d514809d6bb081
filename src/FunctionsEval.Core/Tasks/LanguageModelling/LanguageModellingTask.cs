using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Tasks.LanguageModelling;

/// <summary>The model assigns a probability to the reference text.</summary>
public sealed class LanguageModellingTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly LanguageModellingTask Instance = new();

    private static readonly SampleShape Shape = new TextShape();

    private LanguageModellingTask() { }

    /// <inheritdoc/>
    public override string Name => "language_modelling";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.ScoredText;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.ScoredText;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } = [new MetricSpec { Name = "perplexity" }];

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options) => Shape;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelQuestion> Ask(Sample sample, PromptRenderer prompts)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return [new ModelQuestion { ScoredText = sample.References[0] }];
    }
}
