using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page;

/// <summary>One number of each of the candidate's answers.</summary>
/// <param name="Name">Its name, for example <c>rougeL</c>.</param>
/// <param name="HigherIsBetter">Whether more is better.</param>
/// <param name="Values">The number of each sample, in the order of <c>samples.jsonl</c>; NaN where it has none.</param>
internal sealed record CandidateScores(string Name, bool HigherIsBetter, IAsyncEnumerable<double> Values)
{
    /// <summary>
    /// The first headline number that a single answer has more or less of; null where there is none: an answer that is right or wrong has no
    /// worst.
    /// </summary>
    public static CandidateScores? Find(RunBlobs blobs, RunPlan plan, RunOverview overview)
    {
        var isProportion = plan
            .Measurer.Metrics.SelectMany(metric => metric.Values)
            .ToLookup(value => value.Name, value => value.IsProportion);
        var scores = new ShardScores(blobs, plan);
        var graded = scores.Scorer.Numbers.Index().Where(number => !isProportion[number.Item.Name].Any(known => known)).ToList();
        foreach (var headline in overview.Headline ?? [])
        {
            if (graded.FindIndex(number => number.Item.Name == headline.Name) is var found and >= 0)
            {
                var (place, number) = graded[found];
                return new CandidateScores(
                    number.Name,
                    number.HigherIsBetter,
                    scores.ReadAsync().Select(sample => sample.Candidate.Values.Span[place])
                );
            }
        }

        return null;
    }

    /// <summary>A score with its name.</summary>
    public string TextOf(double score) => $"{MetricWords.Find(Name).Label} {ReportText.TextOf(Name).Value(score)}";
}
