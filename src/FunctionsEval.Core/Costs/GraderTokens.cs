using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Costs;

/// <summary>Tokens of the calls to models that grade answers, before there is an answer.</summary>
/// <param name="tokens">Counts.</param>
public sealed class GraderTokens(PromptTokens tokens)
{
    /// <summary>Tokens that a grader's call has at most.</summary>
    /// <param name="grader">The grader.</param>
    /// <param name="sample">The sample whose answer is graded.</param>
    /// <param name="maxAnswerTokens">Maximum number of tokens of the answer.</param>
    /// <returns>Those of its prompt and those of the grade.</returns>
    public (long Input, long Output) MaxOf(ModelGraderSpec grader, Sample sample, long maxAnswerTokens)
    {
        ArgumentNullException.ThrowIfNull(grader);
        ArgumentNullException.ThrowIfNull(sample);
        var prompt = 0;
        try
        {
            prompt = PromptOf(grader, sample);
        }
        catch (PromptException)
        {
            // The answer gets no grade, or only the empty one would get none. The model is called all the same.
        }

        return (
            (maxAnswerTokens * AnswerUses(grader)) + PromptTokens.WithMargin(prompt),
            grader is JudgeSpec judge ? judge.MaxOutputTokens : 0
        );
    }

    /// <summary>How often the answer is in the grader's prompt; a rubric is taken to have it once.</summary>
    private static int AnswerUses(ModelGraderSpec grader) =>
        grader switch
        {
            TurnsSpec turns => turns.AnswerUses,
            PairwiseSpec { Against: PairwiseOpponent.Baseline } => 2,
            SimilaritySpec { Texts: { } texts } => texts.Input.AnswerUses + texts.Reference.AnswerUses,
            _ => 1,
        };

    private int PromptOf(ModelGraderSpec grader, Sample sample) =>
        grader switch
        {
            RubricSpec judge => tokens.Count(new RubricRenderer(judge.Rubric).Render(sample, answer: "")),
            PairwiseSpec pair => tokens.Count(
                new PairRenderer(pair.Rubric).Render(sample, "", pair.Against == PairwiseOpponent.Reference ? sample.References[0] : "")
            ),
            TurnsSpec turns => turns.RenderRow(new GradedAnswer(sample, "")).Sum(turn => tokens.Count(turn.Content)),
            SimilaritySpec { Texts: { } texts } => PromptOf(texts, new GradedAnswer(sample, "")),
            _ => sample.References.Sum(tokens.Count),
        };

    private int PromptOf(ComparedTexts texts, GradedAnswer row) =>
        tokens.Count(texts.Input.RenderRow(row)) + tokens.Count(texts.Reference.RenderRow(row));
}
