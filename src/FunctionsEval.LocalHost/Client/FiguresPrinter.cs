using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints what became of the samples of each model, and who answered how fast.</summary>
internal sealed class FiguresPrinter(IAnsiConsole console)
{
    /// <summary>Prints the figures of each model.</summary>
    public void Print(Run run, RunSummary summary)
    {
        foreach (var (role, counts) in summary.Outcomes)
        {
            var figures = role == Roles.Candidate ? run.CandidateFigures : run.BaselineFigures;
            console.WriteLine($"{summary.Models.GetValueOrDefault(role) ?? role}: {string.Join(", ", OutcomesOf(counts))}");
            foreach (var line in SharesOf(role, summary).Concat(FigureLines(figures)))
            {
                console.WriteLine($"  {line}");
            }
        }
    }

    private static IEnumerable<string> OutcomesOf(OutcomeCounts counts) =>
        OutcomeNames
            .All.Values.Where(outcome => counts[outcome] > 0)
            .Select(outcome => $"{NumberText.Count(counts[outcome])} {OutcomeWords.LabelOf(outcome)}");

    private static IEnumerable<string> SharesOf(string role, RunSummary summary)
    {
        // Summaries of older versions have no rate of unparsable answers.
        string?[] shares =
        [
            summary.Coverage.GetValueOrDefault(role) is { } coverage ? $"coverage {NumberText.Share(coverage)}" : null,
            summary.UnparsableRate.TryGetValue(role, out var unparsable) ? $"unreadable answers {NumberText.Share(unparsable)}" : null,
        ];
        return Array.Exists(shares, share => share is not null) ? [string.Join(", ", shares.OfType<string>())] : [];
    }

    private static IEnumerable<string> FigureLines(ModelFigures figures)
    {
        if (figures is { LatencyMsP50: { } median, LatencyMsP95: { } late })
        {
            yield return $"latency p50 {NumberText.Latency(median)}, p95 {NumberText.Latency(late)}";
        }

        if (figures.TimeToFirstTokenMsP50 is { } first)
        {
            var rate = figures.TokensPerSecondP50 is { } perSecond
                ? string.Create(CultureInfo.InvariantCulture, $", then {perSecond:0.#} tokens a second")
                : "";
            var last = figures.TimeToFirstTokenMsP95 is { } slow ? $", p95 {NumberText.Latency(slow)}" : "";
            yield return $"streamed; first token p50 {NumberText.Latency(first)}{last}{rate}";
        }

        if (figures.AnsweredBy is { Length: > 0 } models)
        {
            var fingerprints = figures.SystemFingerprints is { Length: > 0 } known ? $" (system fingerprint {known})" : "";
            yield return $"answered by {models}{fingerprints}";
        }

        if (figures.Routes is { Length: > 0 } routes)
        {
            yield return $"route: {routes}";
        }

        if (figures.OtherDeployments is { Length: > 0 } others)
        {
            yield return $"some answers came from another deployment (spillover): {others}";
        }

        if (figures.CachedInputTokens is { } cached)
        {
            yield return $"{cached} of {figures.InputTokens} prompt tokens from the endpoint's cache";
        }

        if (figures.ReasoningSamples is { } reasoned)
        {
            var tokens = figures.ReasoningTokens is > 0 and var counted ? $", {counted} tokens" : "";
            yield return $"reasoning in {reasoned} answers, kept apart: {figures.ReasoningCharacters} characters{tokens}";
        }

        if (figures.LeftOut is { Length: > 0 } leftOut)
        {
            yield return $"the endpoint does not take {leftOut}";
        }
    }
}
