using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>The candidates of a group, each with its headline numbers on common axes.</summary>
internal static class CandidateOverviews
{
    /// <summary>The candidates, in the spec's order.</summary>
    /// <param name="facts">What the group found.</param>
    /// <param name="candidates">The comparison of the candidates.</param>
    public static IReadOnlyList<OverviewCandidate> From(OverviewFacts facts, CandidatesSummary candidates)
    {
        var lines = CandidateLines.From(candidates).ToLookup(line => line.Candidate);
        List<OverviewCandidate> all =
        [
            .. candidates.Candidates.Select(candidate => new OverviewCandidate
            {
                Model = candidate.Model,
                RunId = candidate.RunId,
                Status = candidate.Status,
                Verdict = candidate.Verdict?.Result,
                Reasons = candidate.Verdict?.Rules ?? [],
                IsRecommended = candidate.Recommended,
                NotCompared = candidate.NotCompared,
                Headline = new HeadlineNumbers(facts, candidate.Verdict).From([.. lines[candidate.Model]]),
            }),
        ];
        var axes = all.SelectMany(candidate => candidate.Headline)
            .GroupBy(number => (number.Name, number.Slice))
            .ToDictionary(
                same => same.Key,
                same =>
                    AxisScale.Create(
                        same.SelectMany(HeadlineNumbers.PlacesOf),
                        same.First().Unit,
                        new NumberText(same.First().Unit, facts.Currency)
                    )
            );
        return
        [
            .. all.Select(candidate =>
                candidate with
                {
                    Headline = [.. candidate.Headline.Select(number => number with { Axis = axes[(number.Name, number.Slice)] })],
                }
            ),
        ];
    }

    /// <summary>The baseline's numbers as lines of a summary, which a group's summary has none of.</summary>
    /// <param name="candidates">The comparison of the candidates.</param>
    public static IEnumerable<MetricValue> BaselineLines(CandidatesSummary candidates) =>
        candidates.Baseline is null
            ? []
            : candidates
                .Numbers.Where(number => number.Baseline is not null)
                .Select(number => new MetricValue
                {
                    Role = Roles.Baseline,
                    Name = number.Name,
                    Slice = number.Slice,
                    Value = number.Baseline,
                    Samples = 0,
                    HigherIsBetter = number.HigherIsBetter,
                    Signature = "",
                });
}
