using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.Prompts;

namespace FunctionsEval.Core.Metrics.Graders;

/// <summary>Grades that need no call.</summary>
public static class TextGrading
{
    /// <summary>Grades an answer by comparing two texts.</summary>
    /// <param name="spec">The comparison.</param>
    /// <param name="answer">The answer.</param>
    public static Grade Grade(TextGraderSpec spec, GradedAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(answer);
        try
        {
            return spec.Score(spec.Texts.Input.Render(answer), spec.Texts.Reference.Render(answer)) is { } score
                ? new Grade { Outcome = GradeOutcome.Graded, Score = score }
                : NotGraded($"{GradeReasons.TooLong}: The texts are too long to be compared.");
        }
        catch (MissingVariableException missing)
        {
            return WithoutVariable(missing, lowest: 0);
        }
        catch (PromptException unusable)
        {
            return NotGraded($"prompt_error: {unusable.Message}");
        }
    }

    /// <summary>
    /// The grade of an answer where a grader's template names what there is not. What the answer lacks is its fault: it gets the lowest
    /// score. What the row lacks is not: there is no grade.
    /// </summary>
    /// <param name="missing">What is missing.</param>
    /// <param name="lowest">The lowest score.</param>
    public static Grade WithoutVariable(MissingVariableException missing, double lowest)
    {
        ArgumentNullException.ThrowIfNull(missing);
        return missing.IsOfAnswer
            ? new Grade
            {
                Outcome = GradeOutcome.Graded,
                Score = lowest,
                Reason = $"{GradeReasons.MissingInAnswer}: {missing.Message}",
            }
            : NotGraded($"{GradeReasons.MissingInRow}: {missing.Message}");
    }

    /// <summary>No grade.</summary>
    /// <param name="reason">Why: a code, then a sentence.</param>
    public static Grade NotGraded(string reason) => new() { Outcome = GradeOutcome.NotGraded, Reason = reason };
}
