using System.Globalization;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Results;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints a run's summary: the candidate's numbers beside the baseline's, outcomes, verdict and where everything lies.</summary>
internal sealed class SummaryPrinter(IAnsiConsole console)
{
    /// <summary>Per-class and secondary numbers stay in the table; these lead.</summary>
    private const int MaxRows = 24;

    public void Print(JsonObject run, JsonObject? summary)
    {
        console.WriteLine();
        console.MarkupLine($"[bold]{Escape(Text(run, "name"))}[/]");
        if (Text(run, "status") != "Completed" || summary is null)
        {
            console.MarkupLine(
                $"[red]{Escape(Text(run, "status"))}[/] {Escape(Text(run, "errorCode"))}: {Escape(Text(run, "errorMessage"))}"
            );
            console.WriteLine($"run {Text(run, "runId")}, dataset datasets/{Text(run, "dataset")}");
            PrintWarnings(run);
            return;
        }

        PrintMetrics(summary);
        PrintOutcomes(run, summary);
        PrintVerdict(summary);
        PrintWarnings(summary);
        PrintPrevious(summary);
        console.WriteLine(
            $"Table row:   EvaluationRuns, PartitionKey {Text(run, "runId")}; metrics in EvaluationMetrics under the same key"
        );
        console.WriteLine($"Blobs:       runs/{Text(run, "runId")}/report.html, summary.json, samples.jsonl, candidate/shards/");
    }

    private void PrintMetrics(JsonObject summary)
    {
        var lines = summary["metrics"]!.AsArray().Select(line => line!.AsObject()).Where(line => Text(line, "slice") == "all").ToList();
        var baseline = lines.Where(line => Text(line, "role") == "baseline").ToDictionary(line => Text(line, "name"));
        var candidate = lines
            .Where(line => Text(line, "role") == "candidate" && !Text(line, "name").Contains('[', StringComparison.Ordinal))
            .ToList();
        var models = summary["models"]!.AsObject();

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("metric").AddColumn(Escape(Text(models, "candidate")));
        if (baseline.Count > 0)
        {
            table.AddColumn(Escape(Text(models, "baseline"))).AddColumn("difference").AddColumn("p");
        }

        foreach (var line in candidate.Take(MaxRows))
        {
            var cells = new List<string> { Escape(Text(line, "name")), WithInterval(line, "value", "lower", "upper") };
            if (baseline.Count > 0)
            {
                cells.Add(baseline.TryGetValue(Text(line, "name"), out var other) ? WithInterval(other, "value", "lower", "upper") : "");
                cells.Add(WithInterval(line, "difference", "differenceLower", "differenceUpper", signed: true));
                cells.Add(Number(line, "pValue") is { } p ? PValueText.Of(p, (bool?)line["pValueIsBound"] == true) : "");
            }

            table.AddRow(cells.ToArray());
        }

        console.Write(table);
        PrintReasons(candidate, "noInterval", "No interval");
        PrintReasons(candidate, "noDifferenceInterval", "No interval of the difference");
        if (candidate.Count > MaxRows)
        {
            console.WriteLine($"(and {candidate.Count - MaxRows} more in EvaluationMetrics)");
        }
    }

    private void PrintReasons(List<JsonObject> lines, string member, string what)
    {
        foreach (
            var reason in lines.Take(MaxRows).Where(line => line[member] is not null).GroupBy(line => Text(line, member).Replace('_', ' '))
        )
        {
            console.WriteLine($"{what}, {reason.Key}: {string.Join(", ", reason.Select(line => Text(line, "name")))}");
        }
    }

    private void PrintOutcomes(JsonObject run, JsonObject summary)
    {
        foreach (var (role, counts) in summary["outcomes"]!.AsObject())
        {
            var shown = counts!.AsObject().Where(count => count.Value!.GetValue<long>() > 0).Select(count => $"{count.Key} {count.Value}");
            var prefix = role == "candidate" ? "candidate" : "baseline";
            var shares =
                (Share(summary, "coverage", role) is { } coverage ? $"; coverage {coverage:0.0##}" : "")
                + (Share(summary, "unparsableRate", role) is { } unparsable ? $", unparsable {100 * unparsable:0.#} %" : "");
            console.WriteLine(
                $"{role + ":", -12} {string.Join(", ", shown)}{shares}; latency p50 {Text(run, prefix + "LatencyMsP50")} ms, p95 {Text(run, prefix + "LatencyMsP95")} ms"
            );
            if (Text(run, prefix + "TimeToFirstTokenMsP50") is { Length: > 0 } first)
            {
                console.WriteLine(
                    $"             streamed; first token p50 {first} ms, p95 {Text(run, prefix + "TimeToFirstTokenMsP95")} ms{(Text(run, prefix + "TokensPerSecondP50") is { Length: > 0 } rate ? $", then {rate} tokens a second" : "")}"
                );
            }

            if (Text(run, prefix + "AnsweredBy") is { Length: > 0 } models)
            {
                console.WriteLine(
                    $"             answered by {models}{(Text(run, prefix + "SystemFingerprints") is { Length: > 0 } fingerprints ? $" (system fingerprint {fingerprints})" : "")}"
                );
            }

            if (Text(run, prefix + "ReasoningSamples") is { Length: > 0 } reasoned)
            {
                console.WriteLine(
                    $"             reasoning in {reasoned} answers, kept apart: {Text(run, prefix + "ReasoningCharacters")} characters{(Text(run, prefix + "ReasoningTokens") is { Length: > 0 } and not "0" and var tokens ? $", {tokens} tokens" : "")}"
                );
            }

            if (Text(run, prefix + "LeftOut") is { Length: > 0 } leftOut)
            {
                console.WriteLine($"             the endpoint does not take {leftOut}");
            }
        }
    }

    // Summaries of older versions have no rate of unparsable answers.
    private static double? Share(JsonObject summary, string name, string role) =>
        summary[name] is JsonObject shares ? Number(shares, role) : null;

    private void PrintVerdict(JsonObject summary)
    {
        if (summary["verdict"] is not JsonObject verdict)
        {
            console.WriteLine("Verdict:     none (the spec has no gate)");
            return;
        }

        var result = Text(verdict, "result");
        var colour = result switch
        {
            "pass" => "green",
            "fail" => "red",
            _ => "yellow",
        };
        console.MarkupLine($"Verdict:     [bold {colour}]{result}[/]");
        foreach (var rule in verdict["rules"]!.AsArray())
        {
            console.WriteLine($"  {Text(rule!.AsObject(), "result")}: {Text(rule.AsObject(), "reason")}");
        }
    }

    /// <summary>Prints how the run compares with the one before; what got worse is a warning too.</summary>
    private void PrintPrevious(JsonObject summary)
    {
        if (summary["previous"] is not JsonObject previous)
        {
            return;
        }

        if (previous["notPaired"] is { } reason)
        {
            console.WriteLine($"Previous:    {Text(previous, "runId")}, not compared: {reason}");
            return;
        }

        var (pairing, flips) = (previous["pairing"]!.AsObject(), previous["flips"] as JsonObject);
        var numbers = previous["headline"]!
            .AsArray()
            .Select(number => number!.AsObject())
            .Select(number =>
                $"{Text(number, "name")} {(Number(number, "previous") is { } before ? Short(before) : "–")} → {(Number(number, "value") is { } now ? Short(now) : "–")} ({((string?)number["reading"])?.Replace('_', ' ') ?? "not decided"})"
            );
        console.WriteLine(
            $"Previous:    {Text(previous, "runId")}: {string.Join(", ", numbers)}; {Text(pairing, "paired")} paired, {Text(pairing, "changed")} changed, {Text(pairing, "added")} added, {Text(pairing, "removed")} removed"
                + (flips is null ? "" : $"; {Text(flips, "gained")} gained, {Text(flips, "lost")} lost")
        );
        console.WriteLine($"             compare {Text(previous, "runId")} {Text(summary, "runId")}");
    }

    /// <summary>Prints the warnings of a run's row or of its summary.</summary>
    private void PrintWarnings(JsonObject from)
    {
        foreach (var warning in from["warnings"]?.AsArray() ?? [])
        {
            console.MarkupLineInterpolated($"[yellow]Warning:[/]     {(string?)warning}");
        }
    }

    private static string WithInterval(JsonObject line, string value, string lower, string upper, bool signed = false)
    {
        if (Number(line, value) is not { } number)
        {
            return "";
        }

        var text = signed && number > 0 ? "+" + Short(number) : Short(number);
        return Number(line, lower) is { } low && Number(line, upper) is { } high ? Escape($"{text} [{Short(low)}, {Short(high)}]") : text;
    }

    /// <summary>Four decimals, or four digits and an exponent where decimals would not fit.</summary>
    private static string Short(double number) =>
        number.ToString(Math.Abs(number) < 1e6 ? "0.0000" : "0.000e0", CultureInfo.InvariantCulture);

    private static double? Number(JsonObject from, string name) => from[name]?.GetValue<double>();

    private static string Text(JsonObject from, string name) => from[name]?.ToString() ?? "";

    private static string Escape(string text) => Markup.Escape(text);
}
