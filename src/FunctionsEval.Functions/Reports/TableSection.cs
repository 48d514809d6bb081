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
using FunctionsEval.Core.Results;
using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// The tables that metrics yield, over the whole dataset: a section a kind, shown as the kind says. Of a plot only the candidate's is drawn.
/// </summary>
internal static class TableSection
{
    /// <summary>Writes the sections: matrices of labels first, then other tables, then plots.</summary>
    public static void Write(HtmlPage page, RunSummary summary)
    {
        var kinds = summary.Tables.Where(table => table.Slice == MetricReport.AllSamples).GroupBy(table => table.Table.Kind);
        foreach (var kind in kinds.OrderBy(kind => kind.Key.Plot is not null).ThenBy(kind => kind.Key.Columns.Count > 0))
        {
            page.Raw("<section>\n");
            page.Element("h2", kind.Key.Title);
            if (kind.Key.Plot is { } plot)
            {
                page.Raw(SvgCharts.Plot(kind.First().Table, plot));
            }
            else
            {
                WriteTables(page, kind);
            }

            if (kind.Key.Columns.Count > 0 && kind.Key.Note is { } note)
            {
                page.Element("p", note, "note");
            }

            page.Raw("</section>\n");
        }
    }

    private static void WriteTables(HtmlPage page, IEnumerable<ScoredTable> tables)
    {
        foreach (var (model, _, table) in tables)
        {
            var role = model == ModelRole.Candidate ? Roles.Candidate : Roles.Baseline;
            if (table.Labels is { } labels)
            {
                WriteMatrix(page, role, table, labels);
            }
            else
            {
                WriteRows(page, role, table);
            }
        }
    }

    /// <summary>The larger a number, the stronger its colour; those on the diagonal are right.</summary>
    private static void WriteMatrix(HtmlPage page, string role, MetricTable table, IReadOnlyList<string> labels)
    {
        var max = Math.Max(1, table.Rows.Max(row => row.Max()));
        page.Raw(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{table.Kind.Title} matrix, {role}\"><table class=\"matrix\">\n"
        );
        page.Element("caption", $"{role}: {table.Kind.Note}");
        page.Raw("\n<thead><tr><td></td>");
        foreach (var label in labels.Append("other"))
        {
            page.Element("th", label, attributes: "scope=\"col\"");
        }

        page.Raw("</tr></thead>\n<tbody>\n");
        foreach (var (row, numbers) in table.Rows.Index())
        {
            page.Raw("<tr>");
            page.Element("th", labels[row], attributes: "scope=\"row\"");
            foreach (var (column, number) in numbers.Index())
            {
                var strength = Math.Round(0.08 + (0.72 * number / max), 3);
                var shade = number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"style=\"--s:{strength}\"");
                page.Element("td", Number(number), column == row ? "right" : "wrong", shade);
            }

            page.Raw("</tr>\n");
        }

        page.Raw("</tbody>\n</table></div>\n");
    }

    private static void WriteRows(HtmlPage page, string role, MetricTable table)
    {
        page.Raw("<div class=\"scroll\" tabindex=\"0\"><table>\n");
        page.Element("caption", table.Signature is null ? role : $"{role}: {table.Signature}");
        page.Raw("\n<thead><tr>");
        foreach (var column in table.Kind.Columns)
        {
            page.Element("th", column, attributes: "scope=\"col\"");
        }

        page.Raw("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            page.Raw("<tr>");
            foreach (var number in row)
            {
                page.Element("td", Number(number));
            }

            page.Raw("</tr>\n");
        }

        page.Raw("</tbody>\n</table></div>\n");
    }

    /// <summary>Counts as they are, other numbers with four digits.</summary>
    private static string Number(double number) =>
        number.ToString(double.IsInteger(number) ? "N0" : "0.0000", CultureInfo.InvariantCulture);
}
