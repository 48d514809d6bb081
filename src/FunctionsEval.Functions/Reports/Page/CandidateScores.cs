using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>A number that a single answer has more or less of: one that is right or wrong has no worst.</summary>
/// <param name="Place">Its place among the numbers of a sample.</param>
/// <param name="Name">Its name, for example <c>rougeL</c>.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
internal sealed record GradedNumber(int Place, string Name, bool HigherIsBetter)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<GradedNumber> FindAll(IReadOnlyList<Metric> metrics, SampleScorer scorer)
    {
        var isProportion = metrics.SelectMany(metric => metric.Values).ToLookup(value => value.Name, value => value.IsProportion);
        return
        [
            .. scorer
                .Numbers.Index()
                .Where(number => !isProportion[number.Item.Name].Any(known => known))
                .Select(number => new GradedNumber(number.Index, number.Item.Name, number.Item.HigherIsBetter)),
        ];
    }

    /// <summary>How bad an answer is; NaN where that is undefined.</summary>
    /// <param name="scores">The answer's numbers.</param>
    public double BadnessOf(ReadOnlySpan<double> scores) => HigherIsBetter ? -scores[Place] : scores[Place];
}

/// <summary>One number of each of the candidate's answers.</summary>
/// <param name="Name">Its name, for example <c>rougeL</c>.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="Values">The number of each sample, in the order of the samples; NaN where it has none.</param>
internal sealed record CandidateScores(string Name, bool HigherIsBetter, IAsyncEnumerable<double> Values)
{
    /// <summary>The first headline number that a single answer has more or less of; null where there is none.</summary>
    /// <param name="graded">The numbers of which that is so.</param>
    /// <param name="overview">What the page says of the run.</param>
    /// <param name="samples">Of each sample all numbers.</param>
    public static CandidateScores? Find(IReadOnlyList<GradedNumber> graded, RunOverview overview, IEnumerable<double[]> samples) =>
        (overview.Headline ?? [])
            .Select(headline => graded.FirstOrDefault(number => number.Name == headline.Name))
            .FirstOrDefault(number => number is not null)
            is { } found
            ? new CandidateScores(found.Name, found.HigherIsBetter, samples.Select(scores => scores[found.Place]).ToAsyncEnumerable())
            : null;

    /// <summary>A score with its name.</summary>
    public string TextOf(double score) => $"{MetricWords.Find(Name).Label} {ReportText.TextOf(Name).Value(score)}";
}
