using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>Every metric, a row each, with the run's warnings in the last column; RFC 4180.</summary>
internal static class CsvExport
{
    private static readonly (string Name, Func<MetricValue, string?> ValueOf)[] Columns =
    [
        ("role", value => value.Role),
        ("name", value => value.Name),
        ("slice", value => value.Slice),
        ("value", value => Number(value.Value)),
        ("lower", value => Number(value.Lower)),
        ("upper", value => Number(value.Upper)),
        ("samples", value => value.Samples.ToString(CultureInfo.InvariantCulture)),
        ("difference", value => Number(value.Difference)),
        ("differenceLower", value => Number(value.DifferenceLower)),
        ("differenceUpper", value => Number(value.DifferenceUpper)),
        ("pValue", value => Number(value.PValue)),
        ("adjustedPValue", value => Number(value.AdjustedPValue)),
        ("signature", value => value.Signature),
        ("interval", value => value.Interval),
        ("noInterval", value => value.NoInterval),
        ("differenceInterval", value => value.DifferenceInterval),
        ("noDifferenceInterval", value => value.NoDifferenceInterval),
    ];

    /// <exception cref="LocalHostException">The run has no summary.</exception>
    public static async Task<string> WriteAsync(ExportSource source)
    {
        var summary = source.RequireSummary();
        var warnings = string.Join(' ', summary.Warnings);
        var text = new StringWriter();
        await using (var csv = new SpreadsheetCsv(text))
        {
            await csv.WriteRowAsync([.. Columns.Select(column => column.Name), "warnings"]);
            foreach (var value in summary.Metrics)
            {
                await csv.WriteRowAsync([.. Columns.Select(column => column.ValueOf(value)), warnings]);
            }
        }

        return text.ToString();
    }

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
