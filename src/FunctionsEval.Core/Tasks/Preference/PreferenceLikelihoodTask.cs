using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Tasks.Preference;

/// <summary>The model assigns a probability to both answers of a pair, the preferred one and the other.</summary>
public sealed class PreferenceLikelihoodTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly PreferenceLikelihoodTask Instance = new();

    private static readonly SampleShape Shape = new ScoredPairShape();

    private PreferenceLikelihoodTask() { }

    /// <inheritdoc/>
    public override string Name => "preference_likelihood";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.ScoredChoices;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.ScoredChoices | MetricSubjects.ScoredPair;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } = [new MetricSpec { Name = "preference_likelihood" }];

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options) => Shape;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelQuestion> Ask(Sample sample, PromptRenderer prompts) => ScoredContinuations.Ask(sample, prompts);
}
