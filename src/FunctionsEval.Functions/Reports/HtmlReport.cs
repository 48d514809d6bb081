using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// <c>report.html</c>: a run's summary as one page that needs nothing else: no network, no script. Light and dark, readable on a phone and
/// on
/// paper. Everything that a model or a dataset wrote is escaped.
/// </summary>
internal static class HtmlReport
{
    private const int SlicesShown = 40;
    private const int TextLength = 400;
    private static readonly double[] Percentiles = [0.5, 0.95, 0.99];

    /// <summary>Numbers of single classes, slices of a metric by label: shown as bars, not in the table.</summary>
    private const char OfOneClass = '[';

    /// <summary>Writes the page.</summary>
    /// <param name="summary">The run's summary.</param>
    /// <param name="flips">Samples that only one of the two models got right.</param>
    /// <param name="paces">How long each model's answers took and were.</param>
    public static string Write(RunSummary summary, SampleFlips flips, IReadOnlyList<AnswerPace> paces)
    {
        var page = new HtmlPage();
        page.Raw(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        );
        page.Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        page.Element("title", $"{summary.Name}: {VerdictOf(summary)}");
        page.Raw($"<style>{ReportStyle.Css}</style>\n</head>\n<body>\n<main>\n");
        Head(page, summary);
        Reasons(page, summary);
        Warnings(page, summary);
        PreviousSection.Write(page, summary.Previous);
        Metrics(page, summary);
        Classes(page, summary);
        TableSection.Write(page, summary);
        Flips(page, summary, flips);
        Slices(page, summary);
        Outcomes(page, summary);
        ReasoningSection.Write(page, summary);
        Pace(page, paces);
        Examples(page, summary);
        Reproduction(page, summary);
        page.Raw("</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    /// <summary>The verdict's name; of a run without one, why there is none.</summary>
    private static string VerdictOf(RunSummary summary) =>
        summary.Failure is not null ? "failed"
        : summary.Verdict is { } verdict ? VerdictNames.NameOf(verdict.Result)
        : "no gate";

    private static string Sign(string verdict) =>
        verdict switch
        {
            "pass" => "✓",
            "fail" => "✗",
            "inconclusive" => "?",
            _ => "–",
        };

    private static void Head(HtmlPage page, RunSummary summary)
    {
        var verdict = VerdictOf(summary);
        page.Raw("<header>\n");
        page.Element("h1", summary.Name);
        page.Raw(
            $"<p class=\"verdict {(verdict is "pass" or "fail" or "inconclusive" ? verdict : "none")}\"><span aria-hidden=\"true\">{Sign(verdict)}</span> "
        );
        page.Text(
            summary.Failure is { } failure ? $"no verdict: the run failed ({failure.Code})"
            : verdict == "no gate" ? "no verdict: the spec has no gate"
            : verdict
        );
        page.Raw("</p>\n");
        if (summary.Failure is not null)
        {
            page.Element("p", summary.Failure.Message, "note");
        }

        if (!summary.IsComplete)
        {
            page.Element("p", "This run was stopped: the numbers are over what was answered by then.", "note");
        }

        page.Raw("<dl>\n");
        foreach (var (role, model) in summary.Models)
        {
            page.Pair(role, model);
        }

        foreach (var (caller, sources) in summary.AnsweredBy ?? new Dictionary<string, AnsweringModels>())
        {
            page.Pair($"{caller} answered by", Sources(sources));
        }

        page.Pair("dataset", summary.Dataset.Name);
        page.Pair("samples", Count(summary.Dataset.Samples));
        page.Pair("task", summary.Task.Name);
        page.Pair("run", summary.RunId);
        page.Raw("</dl>\n</header>\n");
    }

    private static string Sources(AnsweringModels sources)
    {
        var models = string.Join(", ", AnswerSources.ByFrequency(sources.Models));
        var fingerprints = string.Join(", ", AnswerSources.ByFrequency(sources.SystemFingerprints));
        return fingerprints.Length == 0
            ? models
            : $"{(models.Length == 0 ? "a model without a name" : models)} (system fingerprint {fingerprints})";
    }

    private static void Reasons(HtmlPage page, RunSummary summary)
    {
        if (summary.Verdict is not { } verdict)
        {
            return;
        }

        page.Raw("<section>\n<h2>Why</h2>\n<ul class=\"reasons\">\n");
        foreach (var rule in verdict.Rules)
        {
            var result = VerdictNames.NameOf(rule.Result);
            page.Raw($"<li class=\"{result}\"><strong><span aria-hidden=\"true\">{Sign(result)}</span> {result}</strong> ");
            page.Text(rule.Reason);
            page.Raw("</li>\n");
        }

        page.Raw("</ul>\n</section>\n");
    }

    private static void Warnings(HtmlPage page, RunSummary summary)
    {
        if (summary.Warnings.Count == 0)
        {
            return;
        }

        page.Raw("<section>\n<h2>Warnings</h2>\n<ul class=\"reasons warnings\">\n");
        foreach (var warning in summary.Warnings)
        {
            page.Element("li", warning, "inconclusive");
        }

        page.Raw("</ul>\n</section>\n");
    }

    private static void Metrics(HtmlPage page, RunSummary summary)
    {
        var candidate = Lines(summary, Roles.Candidate, MetricReport.AllSamples).Where(line => !line.Name.Contains(OfOneClass)).ToList();
        var baseline = Lines(summary, Roles.Baseline, MetricReport.AllSamples).ToDictionary(line => line.Name, StringComparer.Ordinal);
        page.Raw(
            "<section>\n<h2>Metrics</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Metrics\"><table>\n<thead><tr><th scope=\"col\">metric</th><th scope=\"col\">candidate</th>"
        );
        if (baseline.Count > 0)
        {
            page.Raw(
                "<th scope=\"col\">baseline</th><th scope=\"col\">difference</th><th scope=\"col\">interval of the difference</th><th scope=\"col\">p</th>"
            );
        }

        page.Raw("<th scope=\"col\">n</th></tr></thead>\n<tbody>\n");
        foreach (var line in candidate)
        {
            page.Raw("<tr>");
            page.Element("th", line.Name + (line.HigherIsBetter ? "" : " ↓"), attributes: "scope=\"row\"");
            page.Element("td", WithInterval(line) ?? "–");
            if (baseline.Count > 0)
            {
                var other = baseline.GetValueOrDefault(line.Name);
                page.Element("td", other is null ? "–" : WithInterval(other) ?? "–");
                page.Element("td", Signed(line.Difference), Direction(line));
                page.Raw(IntervalOfDifference(line));
                page.Element("td", line.PValue is { } p ? PValueText.Of(p, line.PValueIsBound == true) : "–");
            }

            page.Element("td", Count(line.Samples));
            page.Raw("</tr>\n");
        }

        page.Raw(
            "</tbody>\n</table></div>\n<p class=\"note\">Intervals in brackets; where no interval would cover, the reason stands in its place. ↓: less is better. A headline number (the gate's, else the task's first) is marked better or worse where p ≤ 0.05 and enough samples count; the others decide nothing.</p>\n</section>\n"
        );
    }

    /// <summary>A headline number is better or worse; nothing else is called so.</summary>
    private static string Direction(MetricValue line) =>
        line.Reading switch
        {
            MetricReading.Better => "better",
            MetricReading.Worse => "worse",
            _ => "",
        };

    private static void Classes(HtmlPage page, RunSummary summary)
    {
        var bars = Lines(summary, Roles.Candidate, MetricReport.AllSamples)
            .Where(line => line.Name.StartsWith("f1[", StringComparison.Ordinal))
            .ToList();
        if (bars.Count == 0)
        {
            return;
        }

        var baseline = Lines(summary, Roles.Baseline, MetricReport.AllSamples).ToDictionary(line => line.Name, StringComparer.Ordinal);
        page.Raw(
            "<section>\n<h2>F1 by class</h2>\n<table>\n<thead><tr><th scope=\"col\">class</th><th scope=\"col\">candidate</th><th scope=\"col\"><span class=\"hidden\">bar</span></th>"
        );
        page.Raw(baseline.Count > 0 ? "<th scope=\"col\">baseline</th>" : "");
        page.Raw("</tr></thead>\n<tbody>\n");
        foreach (var bar in bars)
        {
            page.Raw("<tr>");
            page.Element("th", bar.Name["f1[".Length..^1], attributes: "scope=\"row\"");
            page.Element("td", Number(bar.Value));
            page.Raw($"<td class=\"wide\">{SvgCharts.Bar(bar.Value ?? 0, baseline.GetValueOrDefault(bar.Name)?.Value)}</td>");
            if (baseline.Count > 0)
            {
                page.Element("td", Number(baseline.GetValueOrDefault(bar.Name)?.Value));
            }

            page.Raw("</tr>\n");
        }

        page.Raw("</tbody>\n</table>\n");
        page.Raw(baseline.Count > 0 ? "<p class=\"note\">The line across a bar is the baseline.</p>\n</section>\n" : "</section>\n");
    }

    private static void Flips(HtmlPage page, RunSummary summary, SampleFlips flips)
    {
        if (summary.Models.Count < 2)
        {
            return;
        }

        page.Raw("<section>\n<h2>Flips</h2>\n");
        var line = Lines(summary, Roles.Candidate, MetricReport.AllSamples).FirstOrDefault(metric => metric.Gained is not null);
        if (line is not null)
        {
            page.Element(
                "p",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"By {line.Name}: {line.Gained} gained (only the candidate is right), {line.Lost} lost (only the baseline is)."
                )
            );
        }

        FlipTable(page, "Lost", flips.Lost);
        FlipTable(page, "Gained", flips.Gained);
        page.Element(
            "p",
            $"Answers that equal a reference, or do not; the first {SampleFlips.MostShown} of each kind in dataset order{(flips.IsCut ? $", looked for in the first {SampleFlips.MostLookedAt:N0} samples" : "")}.",
            "note"
        );
        page.Raw("</section>\n");
    }

    private static void FlipTable(HtmlPage page, string title, IReadOnlyList<SampleResult> samples)
    {
        if (samples.Count == 0)
        {
            return;
        }

        page.Raw(
            $"<details{(title == "Lost" ? " open" : "")}>\n<summary>{title} ({samples.Count} shown)</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table class=\"samples\">\n"
        );
        page.Raw(
            "<thead><tr><th scope=\"col\">sample</th><th scope=\"col\">input</th><th scope=\"col\">reference</th><th scope=\"col\">candidate</th><th scope=\"col\">baseline</th></tr></thead>\n<tbody>\n"
        );
        foreach (var sample in samples)
        {
            page.Raw("<tr>");
            page.Element("th", $"{sample.Id} (line {sample.Line.ToString(CultureInfo.InvariantCulture)})", attributes: "scope=\"row\"");
            page.Element("td", Short(sample.Input));
            page.Element("td", Short(string.Join(" | ", sample.References)));
            page.Element("td", Short(sample.Candidate?.Prediction ?? sample.Candidate?.Text ?? sample.Candidate?.Reason));
            page.Element("td", Short(sample.Baseline?.Prediction ?? sample.Baseline?.Text ?? sample.Baseline?.Reason));
            page.Raw("</tr>\n");
        }

        page.Raw("</tbody>\n</table></div>\n</details>\n");
    }

    /// <summary>Slices of the gate's metric, or of the first one, by how much they lost; without a baseline by their value.</summary>
    private static void Slices(HtmlPage page, RunSummary summary)
    {
        var all = summary.Metrics.Where(line => line.Role == Roles.Candidate && line.Slice != MetricReport.AllSamples).ToList();
        var name = Lines(summary, Roles.Candidate, MetricReport.AllSamples)
            .Select(line => line.Name)
            .FirstOrDefault(metric => all.Exists(line => line.Name == metric));
        if (name is null)
        {
            return;
        }

        double Harm(MetricValue line) => (line.Difference ?? line.Value ?? 0) * (line.HigherIsBetter ? 1 : -1);
        var slices = all.Where(line => line.Name == name).OrderBy(Harm).ThenBy(line => line.Slice, StringComparer.Ordinal).ToList();
        page.Raw("<section>\n<h2>Slices</h2>\n");
        page.Element(
            "p",
            $"{name}, the most harmed first{(slices.Count > SlicesShown ? $"; {SlicesShown} of {slices.Count}" : "")}. p-values are Holm's over the slices.",
            "note"
        );
        page.Raw(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Slices\"><table>\n<thead><tr><th scope=\"col\">slice</th><th scope=\"col\">candidate</th><th scope=\"col\">difference</th><th scope=\"col\">interval of the difference</th><th scope=\"col\">p</th><th scope=\"col\">n</th></tr></thead>\n<tbody>\n"
        );
        foreach (var line in slices.Take(SlicesShown))
        {
            page.Raw("<tr>");
            page.Element("th", line.Slice, attributes: "scope=\"row\"");
            page.Element("td", WithInterval(line) ?? "–");
            page.Element("td", Signed(line.Difference), Direction(line));
            page.Raw(IntervalOfDifference(line));
            page.Element("td", line.AdjustedPValue is { } p ? PValueText.Of(p, line.PValueIsBound == true) : "–");
            page.Element("td", Count(line.Samples));
            page.Raw("</tr>\n");
        }

        page.Raw("</tbody>\n</table></div>\n</section>\n");
    }

    private static void Outcomes(HtmlPage page, RunSummary summary)
    {
        page.Raw("<section>\n<h2>Outcomes and cost</h2>\n<table>\n<thead><tr><th scope=\"col\">outcome</th>");
        foreach (var role in summary.Outcomes.Keys)
        {
            page.Element("th", role, attributes: "scope=\"col\"");
        }

        page.Raw("</tr></thead>\n<tbody>\n");
        foreach (var (name, outcome) in OutcomeNames.All.Where(named => summary.Outcomes.Values.Any(counts => counts[named.Value] > 0)))
        {
            page.Raw("<tr>");
            page.Element("th", name, attributes: "scope=\"row\"");
            foreach (var counts in summary.Outcomes.Values)
            {
                page.Element("td", Count(counts[outcome]));
            }

            page.Raw("</tr>\n");
        }

        Shares("coverage", summary.Coverage.ToDictionary(role => role.Key, role => role.Value));
        Shares("unparsable, of those that count", summary.UnparsableRate.ToDictionary(role => role.Key, role => (double?)role.Value));
        page.Raw(
            "</tbody>\n</table>\n<table>\n<thead><tr><th scope=\"col\">calls</th><th scope=\"col\">prompt tokens</th><th scope=\"col\">answer tokens</th><th scope=\"col\">cost</th></tr></thead>\n<tbody>\n"
        );
        foreach (var (caller, usage) in summary.Usage)
        {
            page.Raw("<tr>");
            page.Element("th", caller, attributes: "scope=\"row\"");
            page.Element("td", Count(usage.InputTokens));
            page.Element("td", Count(usage.OutputTokens));
            page.Element("td", usage.Cost is { } cost ? cost.ToString("0.####", CultureInfo.InvariantCulture) : "no prices");
            page.Raw("</tr>\n");
        }

        page.Raw("</tbody>\n</table>\n");
        if (summary.Leakage is { } leakage)
        {
            page.Element(
                "p",
                leakage.Unchecked is { } why
                    ? $"Not checked for leaked samples: {why}"
                    : $"Found in the training file ({Count(leakage.TrainingRows)} rows): {Count(leakage.Exact)} samples with the same words, {Count(leakage.Ngrams)} by most of their n-grams. The slices leaked=yes and leaked=no give the scores."
            );
        }

        page.Raw("</section>\n");

        void Shares(string name, Dictionary<string, double?> shares)
        {
            page.Raw("<tr>");
            page.Element("th", name, attributes: "scope=\"row\"");
            foreach (var role in summary.Outcomes.Keys)
            {
                page.Element(
                    "td",
                    shares.GetValueOrDefault(role) is { } share ? share.ToString("0.0###", CultureInfo.InvariantCulture) : "–"
                );
            }

            page.Raw("</tr>\n");
        }
    }

    private static void Pace(HtmlPage page, IReadOnlyList<AnswerPace> paces)
    {
        if (paces.All(pace => pace.Latency.Buckets.Count == 0))
        {
            return;
        }

        page.Raw(
            "<section>\n<h2>Latency and length</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Latency and length\"><table>\n<caption>Of each answer, from sending the request that was answered to its last token; percentiles within 2.5 %; heights are shares of answers, amounts grow by tens</caption>\n"
        );
        page.Raw(
            "<thead><tr><th scope=\"col\">answers</th><th scope=\"col\">p50</th><th scope=\"col\">p95</th><th scope=\"col\">p99</th><th scope=\"col\">distribution</th></tr></thead>\n<tbody>\n"
        );
        foreach (var pace in paces)
        {
            Row($"{pace.Role}, ms", pace.Latency, value => value.ToString("0.#", CultureInfo.InvariantCulture));
            Row($"{pace.Role}, tokens", pace.AnswerTokens, value => value.ToString("0", CultureInfo.InvariantCulture));
            if (pace.Streams.TimeToFirstTokenMs.Buckets.Count > 0)
            {
                Row(
                    $"{pace.Role}, ms to the first token",
                    pace.Streams.TimeToFirstTokenMs,
                    value => value.ToString("0.#", CultureInfo.InvariantCulture)
                );
            }

            if (pace.Streams.TokensPerSecond.Buckets.Count > 0)
            {
                Row(
                    $"{pace.Role}, tokens a second after it",
                    pace.Streams.TokensPerSecond,
                    value => value.ToString("0.#", CultureInfo.InvariantCulture)
                );
            }
        }

        page.Raw("</tbody>\n</table></div>\n");
        page.Element("p", string.Join("; ", paces.Select(pace => $"{pace.Role}: {Count(pace.Requests)} requests")) + ".", "note");
        page.Raw("</section>\n");

        void Row(string name, GeometricHistogram amounts, Func<double, string> format)
        {
            page.Raw("<tr>");
            page.Element("th", name, attributes: "scope=\"row\"");
            foreach (var quantile in Percentiles)
            {
                page.Element("td", amounts.Quantile(quantile) is { } value ? format(value) : "–");
            }

            page.Raw($"<td>{SvgCharts.Histogram(amounts, name)}</td></tr>\n");
        }
    }

    private static void Examples(HtmlPage page, RunSummary summary)
    {
        if (summary.Examples.Values.All(examples => examples.Count == 0))
        {
            return;
        }

        page.Raw("<section>\n<h2>Not scored</h2>\n");
        foreach (var (role, examples) in summary.Examples.Where(examples => examples.Value.Count > 0))
        {
            page.Raw(
                $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Not scored, {role}\"><table class=\"samples\">\n<caption>{role}: the first {examples.Count}</caption>\n"
            );
            page.Raw(
                "<thead><tr><th scope=\"col\">sample</th><th scope=\"col\">outcome</th><th scope=\"col\">reason</th><th scope=\"col\">answer</th></tr></thead>\n<tbody>\n"
            );
            foreach (var example in examples)
            {
                page.Raw("<tr>");
                page.Element(
                    "th",
                    $"{example.Id} (line {example.Line.ToString(CultureInfo.InvariantCulture)})",
                    attributes: "scope=\"row\""
                );
                page.Element("td", OutcomeNames.NameOf(example.Outcome));
                page.Element("td", Short(example.Reason));
                page.Element("td", Short(example.Text));
                page.Raw("</tr>\n");
            }

            page.Raw("</tbody>\n</table></div>\n");
        }

        page.Raw("</section>\n");
    }

    private static void Reproduction(HtmlPage page, RunSummary summary)
    {
        page.Raw(
            "<section>\n<h2>Definitions and reproduction</h2>\n<details>\n<summary>Signatures</summary>\n<table>\n<thead><tr><th scope=\"col\">metric</th><th scope=\"col\">signature</th></tr></thead>\n<tbody>\n"
        );
        foreach (var line in Lines(summary, Roles.Candidate, MetricReport.AllSamples).Where(line => !line.Name.Contains(OfOneClass)))
        {
            page.Raw("<tr>");
            page.Element("th", line.Name, attributes: "scope=\"row\"");
            page.Element("td", line.Signature);
            page.Raw("</tr>\n");
        }

        page.Raw("</tbody>\n</table>\n</details>\n<details>\n<summary>Spec</summary>\n");
        page.Element("pre", JsonSerializer.Serialize(summary.Spec, RunJson.Indented), attributes: "tabindex=\"0\"");
        page.Raw("</details>\n");
        page.Element("p", $"The same numbers from the same answers: download runs/{summary.RunId}/samples.jsonl and spec.json, then");
        page.Element(
            "pre",
            "dotnet run --project src/FunctionsEval.LocalHost -- score samples.jsonl --spec spec.json",
            attributes: "tabindex=\"0\""
        );
        page.Element(
            "p",
            $"Dataset {summary.Dataset.Name}, ETag {summary.Dataset.ETag}, {Count(summary.Dataset.Bytes)} bytes; app version {summary.CodeVersion}.",
            "note"
        );
        page.Raw("</section>\n");
    }

    private static IEnumerable<MetricValue> Lines(RunSummary summary, string role, string slice) =>
        summary.Metrics.Where(line => line.Role == role && line.Slice == slice);

    private static string? WithInterval(MetricValue line) =>
        line switch
        {
            { Value: null } => line.Undefined is { } undefined ? Words(undefined) : null,
            { Lower: { } lower, Upper: { } upper } => $"{Number(line.Value)} [{Number(lower)}, {Number(upper)}]",
            { NoInterval: { } none } => $"{Number(line.Value)} (no interval: {Words(none)})",
            _ => Number(line.Value),
        };

    private static string IntervalOfDifference(MetricValue line) =>
        line.NoDifferenceInterval is { } none ? $"<td>none: {Words(none)}</td>" : $"<td>{SvgCharts.Difference(line)}</td>";

    /// <summary>A reason in the words of its name.</summary>
    private static string Words(string reason) => reason.Replace('_', ' ');

    private static string Number(double? value) =>
        value is { } number ? number.ToString(Math.Abs(number) < 1e6 ? "0.0000" : "0.000e0", CultureInfo.InvariantCulture) : "–";

    private static string Signed(double? value) => value is > 0 ? "+" + Number(value) : Number(value);

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Short(string? text) =>
        text is null ? "–"
        : text.Length <= TextLength ? text
        : text[..TextLength] + "…";
}
