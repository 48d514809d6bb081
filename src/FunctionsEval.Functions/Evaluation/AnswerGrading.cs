using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Metrics.Graders.Platform;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Asks every grader of a run about an answer.</summary>
/// <param name="graders">The graders of the role's answers.</param>
/// <param name="call">Calls the models that grade.</param>
/// <param name="askHttp">Asks the HTTP graders.</param>
/// <param name="baseline">The baseline's answers; null where none are compared with them.</param>
internal sealed class AnswerGrading(IReadOnlyList<GraderSpec> graders, ModelCall call, HttpGraderCall askHttp, BaselineAnswers? baseline)
{
    private readonly (GraderSpec Spec, AnswerGrader? Model)[] _graders =
    [
        .. graders.Select(spec => (spec, spec is ModelGraderSpec model ? new AnswerGrader(model, call) : null)),
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

        var answer = new GradedAnswer(sample, answered.Text ?? "", answered.ToolCalls);
        var grades = new SortedDictionary<string, Grade>(StringComparer.Ordinal);
        foreach (var (spec, model) in _graders)
        {
            if (answered.Grades?.GetValueOrDefault(spec.Name) is { } known)
            {
                grades.Add(spec.Name, known);
                continue;
            }

            var (grade, stopped) = (spec, model) switch
            {
                (TextGraderSpec text, _) => (TextGrading.Grade(text, answer), null),
                (HttpGraderSpec http, _) => await AskHttpAsync(http, answer, sendNoMore, cancellationToken),
                (PairwiseSpec pair, { } asked) => await CompareAsync(pair, asked, answer, answered, sendNoMore, cancellationToken),
                (_, { } asked) => await asked.GradeAsync(answer, sendNoMore, cancellationToken),
                _ => throw new InvalidOperationException($"Unknown kind of grader: {spec.GetType().Name}."),
            };
            if (grade is null)
            {
                return (answered with { Grades = grades, IsPartial = true }, stopped);
            }

            grades.Add(spec.Name, grade);
        }

        return (answered with { Grades = grades, IsPartial = false }, null);
    }

    private async Task<(Grade? Grade, ModelCallResult? Stopped)> CompareAsync(
        PairwiseSpec spec,
        AnswerGrader grader,
        GradedAnswer answer,
        EvaluatedSample answered,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        var other = spec.Against == PairwiseOpponent.Reference ? answer.Sample.References[0] : baseline?.Find(answered);
        return other is not null
            ? await grader.CompareAsync(answer, other, sendNoMore, cancellationToken)
            : (
                TextGrading.NotGraded($"{GradeReasons.BaselineUnanswered}: {BaselineAnswers.Describe(baseline?.OutcomeOf(answered))}"),
                null
            );
    }

    private async Task<(Grade? Grade, ModelCallResult? Stopped)> AskHttpAsync(
        HttpGraderSpec spec,
        GradedAnswer answer,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        var (grade, stopped) = await askHttp(spec, answer, sendNoMore, cancellationToken);
        return stopped is ModelCallResult.Failed failed ? (AnswerGrader.NotGraded(failed), null) : (grade, stopped);
    }
}
