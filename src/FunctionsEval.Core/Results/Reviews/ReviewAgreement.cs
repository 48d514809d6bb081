using System.Text.Json.Serialization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;

namespace FunctionsEval.Core.Results.Reviews;

/// <summary>
/// How far two say the same of the same items: one's grades as references, the other's as predictions, measured by <c>accuracy</c> and
/// <c>cohen_kappa</c> with the intervals that runs have. Both answers to a sample have one key, so the bootstrap draws them together.
/// </summary>
internal sealed class ReviewAgreement
{
    private readonly RowMeasurer _measurer;

    public ReviewAgreement(ReviewKind kind)
    {
        ReviewGrade[] grades =
            kind == ReviewKind.Pairs
                ? [ReviewGrade.Candidate, ReviewGrade.Baseline, ReviewGrade.Tie]
                : [ReviewGrade.Right, ReviewGrade.Wrong];
        _measurer = new RowMeasurer(
            new EvaluationSpec
            {
                Task = ClassificationTask.Instance,
                Model = "reviewer",
                Labels = [.. grades.Select(EnumNames<ReviewGrade>.NameOf)],
                Metrics = [new MetricSpec { Name = "accuracy" }, new MetricSpec { Name = "cohen_kappa" }],
            }
        );
        Kind = kind;
    }

    public ReviewKind Kind { get; }

    /// <summary>The agreement of two; null where no item has grades of both.</summary>
    public Agreement? Find(Rater one, Rater other)
    {
        var scoreboard = _measurer.CreateScoreboard(hasBaseline: false);
        var items = 0L;
        foreach (
            var (item, grade) in one
                .Grades.OrderBy(entry => entry.Key.Sample, StringComparer.Ordinal)
                .ThenBy(entry => entry.Key.Role, StringComparer.Ordinal)
        )
        {
            if (!other.Grades.TryGetValue(item, out var otherGrade))
            {
                continue;
            }

            var sample = new MetricSample
            {
                References = [EnumNames<ReviewGrade>.NameOf(grade)],
                Prediction = EnumNames<ReviewGrade>.NameOf(otherGrade),
            };
            scoreboard.Add(Scoreboard.SampleKey(item.Sample), [], Scoreboard.Measure(_measurer.Metrics, sample), []);
            items++;
        }

        if (items == 0)
        {
            return null;
        }

        var values = MetricValues.From(scoreboard.Finish());
        return new Agreement
        {
            Kind = Kind,
            Reviewer = one.Name,
            Other = other.Name!,
            Source = EnumNames<RaterKind>.NameOf(other.Kind),
            Items = items,
            Share = values.First(value => value.Name == "accuracy"),
            Kappa = values.First(value => value.Name == "cohen_kappa"),
        };
    }
}

/// <summary>Who grades.</summary>
internal enum RaterKind
{
    [JsonStringEnumMemberName("reviewer")]
    Reviewer,

    [JsonStringEnumMemberName("grader")]
    Grader,

    [JsonStringEnumMemberName("references")]
    References,
}

/// <summary>One who grades, and the grades.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; null for all reviewers together.</param>
/// <param name="Grades">What was said of which item.</param>
internal sealed record Rater(RaterKind Kind, string? Name, IReadOnlyDictionary<ReviewItemKey, ReviewGrade> Grades);
