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
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using MetricComparison = FunctionsEval.Core.Results.MetricComparison;

namespace FunctionsEval.Functions.Reports;

/// <summary>The part of the report about the previous run.</summary>
internal static class PreviousSection
{
    private const int FellShown = 40;

    /// <summary>Writes the part; nothing for the first run of its line.</summary>
    public static void Write(HtmlPage page, PreviousSummary? previous)
    {
        if (previous is null)
        {
            return;
        }

        page.Raw("<section>\n<h2>Since the previous run</h2>\n");
        page.Element("p", Sentence(previous), "note");
        List<MetricComparison> numbers =
        [
            .. previous.Headline,
            .. previous.Fell.Where(number => number.Kind != MetricKind.Headline).Take(FellShown),
        ];
        if (numbers.Count > 0)
        {
            Table(page, numbers);
        }

        page.Raw("</section>\n");
    }

    private static string Sentence(PreviousSummary previous)
    {
        if (previous.NotPaired is { } reason)
        {
            return $"Run {previous.RunId} of {previous.Model} is not compared. {reason}";
        }

        var (pairing, flips) = (previous.Pairing!, previous.Flips);
        var samples = string.Create(
            CultureInfo.InvariantCulture,
            $"Run {previous.RunId} of {previous.Model}: {pairing.Paired:N0} samples paired, {pairing.Changed:N0} changed, {pairing.Added:N0} added, {pairing.Removed:N0} removed.{(previous.Undecided is { } undecided ? " Nothing is decided: " + undecided : "")}"
        );
        return flips is null
            ? samples
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{samples} {flips.Gained:N0} gained (right in this run only), {flips.Lost:N0} lost (right in the previous one only)."
            );
    }

    private static void Table(HtmlPage page, List<MetricComparison> numbers)
    {
        page.Raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Since the previous run\"><table>\n<thead><tr>");
        foreach (var title in new[] { "metric", "slice", "previous", "now", "difference", "p", "adjusted p", "reading" })
        {
            page.Element("th", title, attributes: "scope=\"col\"");
        }

        page.Raw("</tr></thead>\n<tbody>\n");
        foreach (var number in numbers)
        {
            page.Raw("<tr>");
            page.Element("th", number.Name, attributes: "scope=\"row\"");
            page.Element("td", number.Slice == MetricReport.AllSamples ? "" : number.Slice);
            page.Element("td", Text(number.Left));
            page.Element("td", Text(number.Right));
            page.Element(
                "td",
                Text(number.Difference),
                number.Reading switch
                {
                    MetricReading.Worse => "worse",
                    MetricReading.Better => "better",
                    _ => "",
                }
            );
            page.Element("td", PValue(number.PValue, number));
            page.Element("td", PValue(number.AdjustedPValue, number));
            page.Element("td", number.Reading is { } reading ? MetricReadings.NameOf(reading).Replace('_', ' ') : "");
            page.Raw("</tr>\n");
        }

        page.Raw("</tbody>\n</table></div>\n");
    }

    private static string PValue(double? p, MetricComparison number) =>
        p is { } value ? PValueText.Of(value, number.PValueIsBound == true) : "";

    private static string Text(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–";
}
