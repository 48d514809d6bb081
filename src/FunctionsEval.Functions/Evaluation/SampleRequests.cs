using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Prompts;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>The requests about samples to the models of a run.</summary>
internal sealed class SampleRequests(RunPlan plan)
{
    private readonly SamplingSpec _sampling = Needs(plan, AnswerDetail.LogProbabilities)
        ? plan.Spec.Sampling with
        {
            LogProbabilities = true,
        }
        : plan.Spec.Sampling;

    /// <summary>Whether the labels' probabilities are read from the top log probabilities of an answer.</summary>
    public bool ReadsTopLogProbabilities { get; } =
        Needs(plan, AnswerDetail.LabelProbabilities) && plan.Spec.LabelProbabilities == LabelProbabilityMethod.Alternatives;

    /// <summary>Whether each label is scored by a request of its own.</summary>
    public bool ScoresLabels { get; } =
        Needs(plan, AnswerDetail.LabelProbabilities) && plan.Spec.LabelProbabilities == LabelProbabilityMethod.Exact;

    /// <summary>All requests about a sample: the questions, then the labels where each is scored.</summary>
    /// <exception cref="PromptException">The sample does not fit the prompt.</exception>
    public IReadOnlyList<ModelRequest> AllFor(Sample sample)
    {
        var questions = QuestionsFor(sample);
        // Before there is an answer, a label stands right behind the prompt.
        return ScoresLabels ? [.. questions, .. plan.Spec.Labels.Select(label => LabelFor(questions[0], lead: "", label))] : questions;
    }

    /// <summary>What the task asks about a sample: one question, or each choice of a multiple-choice question.</summary>
    /// <exception cref="PromptException">The sample does not fit the prompt.</exception>
    public IReadOnlyList<ModelRequest> QuestionsFor(Sample sample)
    {
        var markers = plan.Parser.MarkersBeside(sample.References);
        return
        [
            .. plan
                .Spec.Task.Ask(sample, plan.Prompts)
                .Select(question => new ModelRequest
                {
                    Messages = question.Messages,
                    Tools = question.Tools,
                    ToolChoice = plan.Spec.ToolChoice,
                    ResponseFormat = plan.Spec.ResponseFormat,
                    ScoredText = question.ScoredText,
                    ScoredFrom = question.ScoredFrom,
                    Sampling = _sampling,
                    TopLogProbabilities = ReadsTopLogProbabilities,
                    Markers = markers,
                }),
        ];
    }

    /// <summary>A label as the continuation of the question and of the text before the label in the answer.</summary>
    public ModelRequest LabelFor(ModelRequest question, string lead, string label) =>
        new()
        {
            ScoredText = question.Prompt + lead + plan.Parser.WriteLabel(label),
            ScoredFrom = question.Prompt.Length + lead.Length,
            Sampling = question.Sampling,
        };

    /// <summary>The calls for a role, as far as they cost something.</summary>
    public static RoleCalls CallsOf(RunPlan plan, string role) =>
        new(
            plan.ModelOf(role),
            [.. plan.Measurer.GradersOf(role).OfType<ModelGraderSpec>()],
            plan.Spec.Sampling.MaxOutputTokens,
            plan.Spec.Limits.MaxCost,
            new SampleRequests(plan).AllFor
        )
        {
            Group = plan.Manifest.Group,
        };

    private static bool Needs(RunPlan plan, AnswerDetail detail) => plan.Measurer.Metrics.Any(metric => metric.Needs.HasFlag(detail));
}
