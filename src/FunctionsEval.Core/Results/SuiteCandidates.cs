using System.Text.Json.Serialization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Core.Results;

/// <summary>What a suite says of one of several candidates.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Verdict">The verdict over all datasets, of this candidate alone; null where the suite run may have none.</param>
/// <param name="VerdictReasons">A reason for each dataset that decides.</param>
public sealed record SuiteCandidate(string Model, VerdictResult? Verdict, IReadOnlyList<RuleVerdict> VerdictReasons)
{
    /// <summary>The first reason why it does not pass; null where it passes.</summary>
    [JsonIgnore]
    public string? WhyNot => VerdictReasons.OrderBy(reason => reason.Result != VerdictResult.Fail).FirstOrDefault(IsObstacle)?.Reason;

    private static bool IsObstacle(RuleVerdict reason) => reason.Result != VerdictResult.Pass;
}

/// <summary>
/// The verdict of a suite whose datasets have several candidates. One model is put into production, so the suite passes only where one
/// candidate passes on all datasets that decide: two of which each passes on another dataset are no pass.
/// </summary>
public static class SuiteCandidates
{
    /// <summary>How many candidates a suite run names: as many as a group may have.</summary>
    public const int MaxCount = 20;

    /// <summary>
    /// What the suite says of each candidate, the best first: by verdict, then by the datasets on which it is recommended.
    /// </summary>
    /// <param name="suite">The suite's folder, by which names are shortened.</param>
    /// <param name="datasets">The datasets, and the names that no dataset has.</param>
    /// <returns>The candidates; none where no dataset has several.</returns>
    public static IReadOnlyList<SuiteCandidate> Rank(string suite, IReadOnlyList<SuiteDataset> datasets)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(datasets);
        var recommendations = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var candidate in datasets.SelectMany(dataset => dataset.Candidates ?? []))
        {
            recommendations[candidate.Model] = recommendations.GetValueOrDefault(candidate.Model) + (candidate.Recommended ? 1 : 0);
        }

        // Names that differ in letter case alone are one model, as in the settings. The sort is stable, so that equals stay in the order of
        // the specs.
        return
        [
            .. datasets
                .SelectMany(dataset => dataset.Candidates ?? [])
                .Select(candidate => candidate.Model)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(model =>
                {
                    var verdict = SuiteVerdict.Decide([.. datasets.Select(dataset => dataset.ToEntry(suite, model))]);
                    return new SuiteCandidate(model, verdict.Result, verdict.Rules);
                })
                .OrderBy(candidate => RankOf(candidate.Verdict))
                .ThenByDescending(candidate => recommendations[candidate.Model]),
        ];
    }

    /// <summary>The suite's verdict: that of the best candidate, whose name begins each reason.</summary>
    /// <param name="ranked">The candidates, the best first; at least one.</param>
    public static Verdict VerdictOf(IReadOnlyList<SuiteCandidate> ranked)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        var best = ranked[0];
        return new Verdict(
            best.Verdict ?? VerdictResult.Inconclusive,
            [.. best.VerdictReasons.Select(reason => reason with { Reason = $"{best.Model}: {reason.Reason}" })]
        );
    }

    private static int RankOf(VerdictResult? verdict) =>
        verdict switch
        {
            VerdictResult.Pass => 0,
            VerdictResult.Fail => 2,
            _ => 1,
        };
}
