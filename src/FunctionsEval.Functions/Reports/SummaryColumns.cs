using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The columns that a summary gives a run's row.</summary>
internal static class SummaryColumns
{
    /// <summary>The columns, by name; one that is null is removed.</summary>
    public static Dictionary<string, object?> From(RunTotals totals, EvaluationResult result, RunSummary summary)
    {
        var columns = new Dictionary<string, object?>
        {
            ["Samples"] = totals.Candidate.Outcomes.Total,
            [RunWarnings.Column] = RunWarnings.Write(summary.Warnings),
            ["PreviousRun"] = summary.Previous?.RunId,
        };
        foreach (var role in totals.Roles)
        {
            var prefix = role.Role == Roles.Candidate ? "Candidate" : "Baseline";
            foreach (var outcome in OutcomeNames.All.Values)
            {
                columns[prefix + outcome] = role.Outcomes[outcome];
            }

            columns[prefix + "Coverage"] = result.Coverage[role.Role];
            columns[prefix + "UnparsableRate"] = role.Outcomes.UnparsableShare;
            columns[prefix + "InputTokens"] = role.Usage.InputTokens;
            columns[prefix + "OutputTokens"] = role.Usage.OutputTokens;
            columns[prefix + "Cost"] = (double?)role.Usage.Cost;
            columns[prefix + "Requests"] = role.Requests;
            columns[prefix + "LatencyMsP50"] = role.Latency.Quantile(0.5);
            columns[prefix + "LatencyMsP95"] = role.Latency.Quantile(0.95);
            columns[prefix + "LatencyMsP99"] = role.Latency.Quantile(0.99);
            columns[prefix + "TimeToFirstTokenMsP50"] = role.Streams.TimeToFirstTokenMs.Quantile(0.5);
            columns[prefix + "TimeToFirstTokenMsP95"] = role.Streams.TimeToFirstTokenMs.Quantile(0.95);
            columns[prefix + "TimeToFirstTokenMsP99"] = role.Streams.TimeToFirstTokenMs.Quantile(0.99);
            columns[prefix + "TokensPerSecondP50"] = role.Streams.TokensPerSecond.Quantile(0.5);
            columns[prefix + "TokensPerSecondP5"] = role.Streams.TokensPerSecond.Quantile(0.05);
            columns[prefix + "AnsweredBy"] = Names(role.Sources.Models);
            columns[prefix + "SystemFingerprints"] = Names(role.Sources.SystemFingerprints);
            columns[prefix + "LeftOut"] = role.LeftOut.Parameters.Count == 0 ? null : string.Join(", ", role.LeftOut.Parameters.Keys);
            columns[prefix + "ReasoningSamples"] = role.Reasoning.IsEmpty ? null : role.Reasoning.Samples;
            columns[prefix + "ReasoningCharacters"] = role.Reasoning.IsEmpty ? null : role.Reasoning.Characters;
            columns[prefix + "ReasoningTokens"] = role.Reasoning.IsEmpty ? null : role.Reasoning.Tokens;
        }

        return columns;
    }

    /// <summary>The names, the most frequent first; null for none.</summary>
    private static string? Names(SortedDictionary<string, long> names) =>
        names.Count == 0 ? null : string.Join(", ", AnswerSources.ByFrequency(names).Take(AnswerSources.MaxNames));
}
