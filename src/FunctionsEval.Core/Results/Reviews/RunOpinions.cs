using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Metrics.Graders.Pairwise;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Reviews;

/// <summary>What a run says of its samples, in the words of reviewers, by who says it.</summary>
/// <param name="graders">The graders of the run's spec.</param>
public sealed class RunOpinions(IReadOnlyList<GraderSpec> graders)
{
    /// <summary>Who says whether an answer equals a reference.</summary>
    public const string References = "references";

    private readonly IReadOnlyList<GraderSpec> _scorers = [.. graders.Where(grader => grader is not (PairwiseSpec or SimilaritySpec))];

    private readonly IReadOnlyList<(PairwiseSpec First, PairwiseSpec Second)> _pairs =
    [
        .. graders
            .OfType<PairwiseSpec>()
            .GroupBy(grader => grader.Metric, StringComparer.Ordinal)
            .Where(orders => orders.Count() == 2)
            .Select(orders => (orders.First(), orders.Last())),
    ];

    /// <summary>
    /// What is said of one answer: right or wrong. A judge of labels says right where it passes, one of scores from the middle of its scale
    /// on.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="answer">One of its answers.</param>
    public IReadOnlyDictionary<string, ReviewGrade> OfAnswer(SampleResult sample, AnswerResult answer)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(answer);
        var said = new Dictionary<string, ReviewGrade>(StringComparer.Ordinal);
        if (HasRight(sample))
        {
            said[References] = sample.IsRight(answer) ? ReviewGrade.Right : ReviewGrade.Wrong;
        }

        foreach (var grader in _scorers)
        {
            if (ScoreOf(grader, answer) is { } score)
            {
                said[grader.Name] = score >= MiddleOf(grader) ? ReviewGrade.Right : ReviewGrade.Wrong;
            }
        }

        return said;
    }

    /// <summary>What is said of both answers: whose is better, or neither's.</summary>
    /// <param name="sample">The sample.</param>
    public IReadOnlyDictionary<string, ReviewGrade> OfPair(SampleResult sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var said = new Dictionary<string, ReviewGrade>(StringComparer.Ordinal);
        if (sample is not { Candidate: { } candidate, Baseline: { } baseline })
        {
            return said;
        }

        if (HasRight(sample))
        {
            said[References] = Better(sample.IsRight(candidate) ? 1 : 0, sample.IsRight(baseline) ? 1 : 0);
        }

        foreach (var grader in _scorers)
        {
            if (ScoreOf(grader, candidate) is { } one && ScoreOf(grader, baseline) is { } other)
            {
                said[grader.Name] = Better(one, other);
            }
        }

        foreach (var (first, second) in _pairs)
        {
            if (PreferenceOf(first, second, candidate) is not { } preference)
            {
                continue;
            }

            if (first.Against == PairwiseOpponent.Baseline)
            {
                said[first.Metric] = Better(preference, 0);
            }
            else if (PreferenceOf(first, second, baseline) is { } other)
            {
                said[first.Metric] = Better(preference, other);
            }
        }

        return said;
    }

    /// <summary>Whether not all say the same; of one who says it alone, whether it tells the two models apart.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="role">Whose answer; null for both.</param>
    public bool IsDisputed(SampleResult sample, string? role)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var answer = role == Roles.Baseline ? sample.Baseline : sample.Candidate;
        var said =
            role is null ? OfPair(sample)
            : answer is null ? new Dictionary<string, ReviewGrade>()
            : OfAnswer(sample, answer);
        return said.Values.Distinct().Count() > 1 || (said.Count == 1 && sample.FindFlip() is not null);
    }

    private static bool HasRight(SampleResult sample) => sample.References.Count > 0;

    private static ReviewGrade Better(double candidate, double baseline) =>
        candidate > baseline ? ReviewGrade.Candidate
        : candidate < baseline ? ReviewGrade.Baseline
        : ReviewGrade.Tie;

    private static double? ScoreOf(GraderSpec grader, AnswerResult answer) =>
        answer.Grades?.GetValueOrDefault(grader.Name) is not { Outcome: GradeOutcome.Graded } grade ? null
        : grader is not JudgeSpec { Labels.Count: > 0 } judge ? grade.Score
        : judge.Pass.Contains(grade.Label, StringComparer.Ordinal) ? 1
        : 0;

    private static double MiddleOf(GraderSpec grader) =>
        grader switch
        {
            JudgeSpec { Labels.Count: 0 } judge => (judge.Lowest + judge.Highest) / 2,
            HttpGraderSpec http => (http.Lowest + http.Highest) / 2,
            _ => 0.5,
        };

    /// <summary>1 where both orders prefer the answer, −1 where both prefer the other, else 0; null where one of them is missing.</summary>
    private static int? PreferenceOf(PairwiseSpec first, PairwiseSpec second, AnswerResult answer)
    {
        if (
            answer.Grades?.GetValueOrDefault(first.Name) is not { Outcome: GradeOutcome.Graded } whenFirst
            || answer.Grades.GetValueOrDefault(second.Name) is not { Outcome: GradeOutcome.Graded } whenSecond
        )
        {
            return null;
        }

        var (one, other) = (first.PreferenceIn(whenFirst), second.PreferenceIn(whenSecond));
        return one == other ? one : 0;
    }
}
