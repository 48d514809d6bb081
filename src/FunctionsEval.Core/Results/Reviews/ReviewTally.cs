using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Results.Reviews;

/// <summary>
/// Sums up reviews. The samples that were graded are shown to it once each (<see cref="Add"/>), because what judges and references say is
/// in them.
/// </summary>
public sealed class ReviewTally
{
    /// <summary>Reviewers that are compared with each other: those with the most grades.</summary>
    private const int MaxCompared = 10;

    private const double Level = 0.95;

    private readonly IReadOnlyList<Review> _graded;
    private readonly ILookup<string, Review> _bySample;
    private readonly IReadOnlyList<ReviewerTotals> _reviewers;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<ReviewItemKey, ReviewGrade>> _said = new(StringComparer.Ordinal);

    /// <param name="current">The reviews that count (<see cref="Review.Current"/>).</param>
    public ReviewTally(IReadOnlyList<Review> current)
    {
        ArgumentNullException.ThrowIfNull(current);
        _graded = [.. current.Where(review => review.Grade is not (null or ReviewGrade.Skip))];
        _bySample = _graded.ToLookup(review => review.Sample, StringComparer.Ordinal);
        _reviewers =
        [
            .. current
                .GroupBy(review => review.Reviewer, StringComparer.Ordinal)
                .Select(reviewer => new ReviewerTotals(
                    reviewer.Key,
                    reviewer.Count(review => review.Grade != ReviewGrade.Skip),
                    reviewer.Count(review => review.Grade == ReviewGrade.Skip)
                ))
                .OrderByDescending(reviewer => reviewer.Graded)
                .ThenBy(reviewer => reviewer.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether a sample's content is needed.</summary>
    /// <param name="sample">The sample's key.</param>
    public bool Needs(string sample) => _bySample.Contains(sample) && !_seen.Contains(sample);

    /// <summary>Notes what the run says of a sample that was graded.</summary>
    /// <param name="key">The sample's key.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="opinions">What reads it.</param>
    public void Add(string key, SampleResult sample, RunOpinions opinions)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(opinions);
        _seen.Add(key);
        foreach (var item in _bySample[key].Select(review => review.Item).Distinct())
        {
            var answer = item.Role == Roles.Baseline ? sample.Baseline : sample.Candidate;
            var said =
                item.Role is null ? opinions.OfPair(sample)
                : answer is null ? new Dictionary<string, ReviewGrade>()
                : opinions.OfAnswer(sample, answer);
            foreach (var (name, grade) in said)
            {
                if (!_said.TryGetValue(name, out var grades))
                {
                    _said.Add(name, grades = []);
                }

                grades[item] = grade;
            }
        }
    }

    /// <summary>The summary of the reviews whose samples were shown.</summary>
    /// <param name="runId">The run.</param>
    public ReviewSummary Finish(string runId)
    {
        var known = _graded.Where(review => _seen.Contains(review.Sample)).ToList();
        var byItem = known.GroupBy(review => review.Item).ToList();
        return new ReviewSummary
        {
            RunId = runId,
            Reviews = known.Count,
            UnknownSamples = _graded.Count - known.Count,
            Reviewers = _reviewers,
            WinRate = FindWinRate([.. byItem.Where(item => item.Key.Role is null)]),
            RightRates = [.. new[] { Roles.Candidate, Roles.Baseline }.Select(role => FindRightRate(role, byItem)).OfType<RightRate>()],
            Agreements = [.. new[] { ReviewKind.Pairs, ReviewKind.Answers }.SelectMany(kind => AgreementsOf(kind, known, byItem))],
        };
    }

    private static WinRate? FindWinRate(IReadOnlyList<IGrouping<ReviewItemKey, Review>> pairs)
    {
        if (pairs.Count == 0)
        {
            return null;
        }

        var wins = pairs.Sum(pair =>
            pair.Average(review =>
                review.Grade switch
                {
                    ReviewGrade.Candidate => 1,
                    ReviewGrade.Tie => 0.5,
                    _ => 0,
                }
            )
        );
        var (lower, upper) = ProportionInterval.Wilson(Math.Min(wins, pairs.Count), pairs.Count, Level);
        long CountOf(ReviewGrade grade) => pairs.Sum(pair => pair.LongCount(review => review.Grade == grade));
        return new WinRate
        {
            Value = wins / pairs.Count,
            Lower = lower,
            Upper = upper,
            Samples = pairs.Count,
            Wins = CountOf(ReviewGrade.Candidate),
            Ties = CountOf(ReviewGrade.Tie),
            Losses = CountOf(ReviewGrade.Baseline),
        };
    }

    private static RightRate? FindRightRate(string role, IEnumerable<IGrouping<ReviewItemKey, Review>> items)
    {
        var answers = items.Where(item => item.Key.Role == role).ToList();
        if (answers.Count == 0)
        {
            return null;
        }

        var right = answers.Sum(answer => answer.Average(review => review.Grade == ReviewGrade.Right ? 1.0 : 0));
        var (lower, upper) = ProportionInterval.Wilson(Math.Min(right, answers.Count), answers.Count, Level);
        return new RightRate
        {
            Role = role,
            Value = right / answers.Count,
            Lower = lower,
            Upper = upper,
            Samples = answers.Count,
        };
    }

    private IEnumerable<Agreement> AgreementsOf(
        ReviewKind kind,
        IReadOnlyList<Review> known,
        IReadOnlyList<IGrouping<ReviewItemKey, Review>> byItem
    )
    {
        var agreement = new ReviewAgreement(kind);
        bool IsOfKind(ReviewItemKey item) => item.Role is null == (kind == ReviewKind.Pairs);
        var everybody = new Rater(
            RaterKind.Reviewer,
            null,
            byItem
                .Where(item => IsOfKind(item.Key))
                .Select(item => (item.Key, Grade: Majority(item)))
                .Where(item => item.Grade is not null)
                .ToDictionary(item => item.Key, item => item.Grade!.Value)
        );
        var others = _said
            .OrderBy(said => said.Key == RunOpinions.References)
            .ThenBy(said => said.Key, StringComparer.Ordinal)
            .Select(said => new Rater(said.Key == RunOpinions.References ? RaterKind.References : RaterKind.Grader, said.Key, said.Value));
        var reviewers = _reviewers
            .Take(MaxCompared)
            .Select(reviewer => new Rater(
                RaterKind.Reviewer,
                reviewer.Name,
                known
                    .Where(review => review.Reviewer == reviewer.Name && IsOfKind(review.Item))
                    .ToDictionary(review => review.Item, review => review.Grade!.Value)
            ))
            .ToList();
        var between = reviewers.SelectMany((one, place) => reviewers.Skip(place + 1).Select(other => agreement.Find(one, other)));
        return others.Select(other => agreement.Find(everybody, other)).Concat(between).OfType<Agreement>();
    }

    /// <summary>What more than half of the reviewers of an item say; null for nothing.</summary>
    private static ReviewGrade? Majority(IEnumerable<Review> reviews)
    {
        var grades = reviews.Select(review => review.Grade!.Value).ToList();
        var (grade, count) = grades.CountBy(grade => grade).MaxBy(pair => pair.Value);
        return 2 * count > grades.Count ? grade : null;
    }
}
