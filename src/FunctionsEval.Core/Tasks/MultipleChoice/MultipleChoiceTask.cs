using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Tasks.MultipleChoice;

/// <summary>The model assigns a probability to each of a question's choices.</summary>
public sealed class MultipleChoiceTask : TaskDefinition
{
    /// <summary>The task.</summary>
    public static readonly MultipleChoiceTask Instance = new();

    private static readonly SampleShape Shape = new QuestionShape();

    private MultipleChoiceTask() { }

    /// <inheritdoc/>
    public override string Name => "multiple_choice";

    /// <inheritdoc/>
    public override AnswerKind Answer => AnswerKind.ScoredChoices;

    /// <inheritdoc/>
    public override MetricSubjects Subjects => MetricSubjects.ScoredChoices;

    /// <inheritdoc/>
    public override IReadOnlyList<MetricSpec> DefaultMetrics { get; } = [new MetricSpec { Name = "multiple_choice" }];

    /// <inheritdoc/>
    public override SampleShape ShapeOf(TaskOptions options) => Shape;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelQuestion> Ask(Sample sample, PromptRenderer prompts) => ScoredContinuations.Ask(sample, prompts);
}
