using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints a run's summary: the candidate's numbers beside the baseline's, outcomes, verdict and where everything lies.</summary>
internal sealed class SummaryPrinter(IAnsiConsole console)
{
    /// <summary>Per-class and secondary numbers stay in the table; these lead.</summary>
    private const int MaxRows = 24;

    public void Print(Run run, RunSummary? summary)
    {
        console.WriteLine();
        console.MarkupLine($"[bold]{Escape(run.Name)}[/]");
        if (run.Status != RunStatus.Completed || summary is null)
        {
            console.MarkupLine($"[red]{run.Status}[/] {Escape(run.ErrorCode)}: {Escape(run.ErrorMessage)}");
            console.WriteLine($"run {run.RunId}, dataset datasets/{run.Dataset}");
            new CandidatesPrinter(console).PrintRuns(run.Members ?? []);
            PrintWarnings(run.Warnings);
            return;
        }

        if (summary.Candidates is { } candidates)
        {
            new CandidatesPrinter(console).Print(candidates);
            new CandidatesPrinter(console).PrintRuns(run.Members ?? []);
        }
        else
        {
            PrintMetrics(summary);
        }

        if (summary.BaselineRun is { } source)
        {
            console.WriteLine($"Baseline:    {source}; its model was not called");
        }

        PrintOutcomes(run, summary);
        PrintVerdict(summary.Verdict);
        PrintWarnings(summary.Warnings);
        PrintPrevious(summary);
        console.WriteLine($"Table row:   EvaluationRuns, PartitionKey {run.RunId}; metrics in EvaluationMetrics under the same key");
        console.WriteLine(
            $"Blobs:       runs/{run.RunId}/report.html, summary.json{(run.IsGroup ? "; each run has its own" : ", samples.jsonl, candidate/shards/")}"
        );
    }

    private void PrintMetrics(RunSummary summary)
    {
        var values = summary.Metrics.Where(value => value.Slice == MetricReport.AllSamples).ToList();
        var baseline = values.Where(value => value.Role == Roles.Baseline).ToDictionary(value => value.Name, StringComparer.Ordinal);
        var candidate = values
            .Where(value => value.Role == Roles.Candidate && !value.Name.Contains('[', StringComparison.Ordinal))
            .ToList();

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("metric").AddColumn(Escape(summary.Models.GetValueOrDefault(Roles.Candidate)));
        if (baseline.Count > 0)
        {
            table.AddColumn(Escape(summary.Models.GetValueOrDefault(Roles.Baseline))).AddColumn("difference").AddColumn("p");
        }

        foreach (var value in candidate.Take(MaxRows))
        {
            string[] compared =
                baseline.Count > 0
                    ?
                    [
                        baseline.TryGetValue(value.Name, out var other) ? WithInterval(other.Value, other.Lower, other.Upper) : "",
                        WithInterval(value.Difference, value.DifferenceLower, value.DifferenceUpper, signed: true),
                        value.PValue is { } p ? PValueText.Format(p, value.PValueIsBound == true) : "",
                    ]
                    : [];
            table.AddRow([Escape(value.Name), WithInterval(value.Value, value.Lower, value.Upper), .. compared]);
        }

        console.Write(table);
        PrintReasons(candidate, value => value.NoInterval, "No interval");
        PrintReasons(candidate, value => value.NoDifferenceInterval, "No interval of the difference");
        if (candidate.Count > MaxRows)
        {
            console.WriteLine($"(and {candidate.Count - MaxRows} more in EvaluationMetrics)");
        }
    }

    private void PrintReasons(List<MetricValue> values, Func<MetricValue, string?> reasonOf, string what)
    {
        foreach (
            var reason in values
                .Take(MaxRows)
                .Where(value => reasonOf(value) is not null)
                .GroupBy(value => reasonOf(value)!.Replace('_', ' '))
        )
        {
            console.WriteLine($"{what}, {reason.Key}: {string.Join(", ", reason.Select(value => value.Name))}");
        }
    }

    private void PrintOutcomes(Run run, RunSummary summary)
    {
        foreach (var (role, counts) in summary.Outcomes)
        {
            var figures = role == Roles.Candidate ? run.CandidateFigures : run.BaselineFigures;
            var shown = OutcomeNames
                .All.Where(outcome => counts[outcome.Value] > 0)
                .Select(outcome => $"{outcome.Key} {counts[outcome.Value]}");
            var shares =
                (summary.Coverage.GetValueOrDefault(role) is { } coverage ? $"; coverage {coverage:0.0##}" : "")
                // Summaries of older versions have no rate of unparsable answers.
                + (summary.UnparsableRate.TryGetValue(role, out var unparsable) ? $", unparsable {100 * unparsable:0.#} %" : "");
            var latency = figures.LatencyMsP50 is { } median
                ? $"; latency p50 {Plain(median)} ms, p95 {Plain(figures.LatencyMsP95)} ms"
                : "";
            console.WriteLine($"{role + ":", -12} {string.Join(", ", shown)}{shares}{latency}");
            foreach (var line in FigureLines(figures))
            {
                console.WriteLine($"             {line}");
            }
        }
    }

    private static IEnumerable<string> FigureLines(ModelFigures figures)
    {
        if (figures.TimeToFirstTokenMsP50 is { } first)
        {
            var rate = figures.TokensPerSecondP50 is { } perSecond ? $", then {Plain(perSecond)} tokens a second" : "";
            yield return $"streamed; first token p50 {Plain(first)} ms, p95 {Plain(figures.TimeToFirstTokenMsP95)} ms{rate}";
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

    private void PrintVerdict(Verdict? verdict)
    {
        if (verdict is null)
        {
            console.WriteLine("Verdict:     none (the spec has no gate)");
            return;
        }

        var colour = verdict.Result switch
        {
            VerdictResult.Pass => "green",
            VerdictResult.Fail => "red",
            _ => "yellow",
        };
        console.MarkupLine($"Verdict:     [bold {colour}]{VerdictNames.NameOf(verdict.Result)}[/]");
        foreach (var rule in verdict.Rules)
        {
            console.WriteLine($"  {VerdictNames.NameOf(rule.Result)}: {rule.Reason}");
        }
    }

    /// <summary>Prints how the run compares with the one before; what got worse is a warning too.</summary>
    private void PrintPrevious(RunSummary summary)
    {
        if (summary.Previous is not { } previous)
        {
            return;
        }

        if (previous.NotPaired is { } reason)
        {
            console.WriteLine($"Previous:    {previous.RunId}, not compared: {reason}");
            return;
        }

        var (pairing, flips) = (previous.Pairing!, previous.Flips);
        var numbers = previous.Headline.Select(number =>
            $"{number.Name} {Short(number.Left)} → {Short(number.Right)} "
            + $"({(number.Reading is { } reading ? MetricReadings.NameOf(reading).Replace('_', ' ') : "not decided")})"
        );
        console.WriteLine(
            $"Previous:    {previous.RunId}: {string.Join(", ", numbers)}; {pairing.Paired} paired, {pairing.Changed} changed, "
                + $"{pairing.Added} added, {pairing.Removed} removed"
                + (flips is null ? "" : $"; {flips.Gained} gained, {flips.Lost} lost")
        );
        console.WriteLine($"             compare {previous.RunId} {summary.RunId}");
    }

    private void PrintWarnings(IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            console.MarkupLineInterpolated($"[yellow]Warning:[/]     {warning}");
        }
    }

    private static string WithInterval(double? value, double? lower, double? upper, bool signed = false)
    {
        if (value is not { } number)
        {
            return "";
        }

        var text = signed && number > 0 ? "+" + Short(number) : Short(number);
        return lower is { } low && upper is { } high ? Escape($"{text} [{Short(low)}, {Short(high)}]") : text;
    }

    /// <summary>Four decimals, or four digits and an exponent where decimals would not fit.</summary>
    private static string Short(double? value) =>
        value is { } number ? number.ToString(Math.Abs(number) < 1e6 ? "0.0000" : "0.000e0", CultureInfo.InvariantCulture) : "–";

    private static string Plain(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Escape(string? text) => Markup.Escape(text ?? "");
}
