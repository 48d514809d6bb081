using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Asks every grader of a run about an answer.</summary>
internal sealed class AnswerGrading(RunPlan plan, ModelCall call)
{
    private readonly AnswerGrader[] _graders =
    [
        .. plan.Measurer.Metrics.Select(metric => metric.Grader).OfType<GraderSpec>().Select(grader => new AnswerGrader(grader, call)),
    ];

    /// <summary>Has an answer graded, starting where an earlier try stopped.</summary>
    /// <param name="answered">The sample's row, with the grades that there are.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="sendNoMore">Stops before a call; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>The row; and, when it waits for a grader, the result of the grader's call.</returns>
    public async Task<(EvaluatedSample Row, ModelCallResult? Stopped)> GradeAsync(
        EvaluatedSample answered,
        Sample sample,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        if (_graders.Length == 0)
        {
            return (answered, null);
        }

        var grades = new SortedDictionary<string, Grade>(StringComparer.Ordinal);
        foreach (var grader in _graders)
        {
            if (answered.Grades?.GetValueOrDefault(grader.Name) is { } known)
            {
                grades.Add(grader.Name, known);
                continue;
            }

            var (grade, stopped) = await grader.GradeAsync(sample, answered.Text ?? "", sendNoMore, cancellationToken);
            if (grade is null)
            {
                return (answered with { Grades = grades, IsPartial = true }, stopped);
            }

            grades.Add(grader.Name, grade);
        }

        return (answered with { Grades = grades, IsPartial = false }, null);
    }
}
