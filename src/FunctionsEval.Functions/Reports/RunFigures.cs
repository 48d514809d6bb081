using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The figures of a run: those of its summary, and those that no summary has: times and attempts.</summary>
internal static class RunFigures
{
    /// <summary>The run with its figures.</summary>
    /// <param name="run">The run.</param>
    /// <param name="roles">The totals of its shards, the candidate's first.</param>
    /// <param name="summary">Its summary.</param>
    public static Run Apply(Run run, IReadOnlyList<RoleTotals> roles, RunSummary summary)
    {
        run = run with
        {
            Samples = roles[0].Outcomes.Total,
            Headline = summary.Failure is null ? RunHeadline.From(summary) : null,
            Warnings = summary.Warnings,
            PreviousRun = summary.Previous?.RunId,
        };
        foreach (var role in roles)
        {
            var figures = FiguresOf(role, summary.Coverage[role.Role]);
            run = role.Role == Roles.Candidate ? run with { CandidateFigures = figures } : run with { BaselineFigures = figures };
        }

        return run;
    }

    private static ModelFigures FiguresOf(RoleTotals role, double? coverage) =>
        new()
        {
            Outcomes = role.Outcomes,
            Coverage = coverage,
            UnparsableRate = role.Outcomes.UnparsableShare,
            InputTokens = role.Usage.InputTokens,
            CachedInputTokens = role.Usage.CachedInputTokens,
            OutputTokens = role.Usage.OutputTokens,
            Cost = (double?)role.Usage.Cost,
            Requests = role.Requests,
            LatencyMsP50 = role.Latency.Quantile(0.5),
            LatencyMsP95 = role.Latency.Quantile(0.95),
            LatencyMsP99 = role.Latency.Quantile(0.99),
            TimeToFirstTokenMsP50 = role.Streams.TimeToFirstTokenMs.Quantile(0.5),
            TimeToFirstTokenMsP95 = role.Streams.TimeToFirstTokenMs.Quantile(0.95),
            TimeToFirstTokenMsP99 = role.Streams.TimeToFirstTokenMs.Quantile(0.99),
            TokensPerSecondP50 = role.Streams.TokensPerSecond.Quantile(0.5),
            TokensPerSecondP5 = role.Streams.TokensPerSecond.Quantile(0.05),
            AnsweredBy = Names(role.Sources.Models),
            SystemFingerprints = Names(role.Sources.SystemFingerprints),
            Routes = Names(role.Sources.Routes),
            OtherDeployments = Names(role.Sources.OtherDeployments),
            LeftOut = role.LeftOut.Parameters.Count == 0 ? null : string.Join(", ", role.LeftOut.Parameters.Keys),
            ReasoningSamples = role.Reasoning.IsEmpty ? null : role.Reasoning.Samples,
            ReasoningCharacters = role.Reasoning.IsEmpty ? null : role.Reasoning.Characters,
            ReasoningTokens = role.Reasoning.IsEmpty ? null : role.Reasoning.Tokens,
        };

    /// <summary>The names, the most frequent first; null for none.</summary>
    private static string? Names(SortedDictionary<string, long> names) =>
        names.Count == 0 ? null : string.Join(", ", AnswerSources.ByFrequency(names).Take(AnswerSources.MaxNames));
}
