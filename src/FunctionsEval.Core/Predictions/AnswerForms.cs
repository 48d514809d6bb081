using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Predictions;

/// <summary>Refuses values that an answer's types allow but that no run writes.</summary>
internal static class AnswerForms
{
    /// <summary>How far a probability may be off its range by rounding.</summary>
    private const double Rounding = 1e-6;

    /// <summary>Checks an answer.</summary>
    /// <param name="row">The answer.</param>
    /// <param name="fields">Where it was read from, for messages.</param>
    /// <param name="graders">The spec's graders, whose grades the answer's must be.</param>
    /// <exception cref="PredictionException">It is none that a run writes.</exception>
    public static void Check(EvaluatedSample row, AnswerFields fields, IReadOnlyList<GraderSpec> graders)
    {
        if (
            row.Choices is List<ChoiceLikelihood> choices
            && (
                !choices.Exists(choice => choice?.IsGold == true)
                || choices.Exists(choice => choice?.Text is null || !double.IsFinite(choice.LogLikelihood))
            )
        )
        {
            throw fields.Error(
                "'choices' must have an entry for each choice, with a text and a finite logLikelihood, and isGold at one of them at least."
            );
        }

        if (row.Grades is { } grades && grades.Values.Any(grade => grade is null || grade.Score is { } score && !double.IsFinite(score)))
        {
            throw fields.Error("'grades' must have an object for each grader, with a finite score or none.");
        }

        foreach (var grader in graders)
        {
            if (
                row.Grades?.GetValueOrDefault(grader.Name) is { Outcome: GradeOutcome.Graded } grade
                && grader.FindMisfit(grade) is { } misfit
            )
            {
                throw fields.Error($"grades.{grader.Name}", misfit);
            }
        }

        if (
            (row.LabelProbabilities?.Values ?? [])
                .Append(row.UnresolvedLabelMass ?? 0)
                .Any(share => share is not (>= -Rounding and <= 1 + Rounding))
        )
        {
            throw fields.Error("'labelProbabilities' and 'unresolvedLabelMass' must be numbers from 0 to 1.");
        }
    }
}
