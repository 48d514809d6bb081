using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>Every metric, of a group for each candidate, a row each, with the run's warnings in the last column; RFC 4180.</summary>
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

    /// <summary>What the numbers of a group have besides.</summary>
    private static readonly (string Name, Func<MetricValue, string?> ValueOf)[] GroupColumns =
    [
        ("candidate", value => value.Candidate),
        .. Columns,
        ("bestLower", value => Number(value.BestLower)),
        ("bestUpper", value => Number(value.BestUpper)),
        (
            "mayBeBest",
            value =>
                value.MayBeBest switch
                {
                    true => "true",
                    false => "false",
                    _ => null,
                }
        ),
    ];

    /// <exception cref="LocalHostException">The run has no summary.</exception>
    public static async Task<string> WriteAsync(ExportSource source)
    {
        var summary = source.RequireSummary();
        var warnings = string.Join(' ', summary.Warnings);
        var columns = summary.Candidates is null ? Columns : GroupColumns;
        var lines = summary.Candidates is { } candidates ? CandidateLines.From(candidates) : summary.Metrics;
        var text = new StringWriter();
        await using (var csv = new SpreadsheetCsv(text))
        {
            await csv.WriteRowAsync([.. columns.Select(column => column.Name), "warnings"]);
            foreach (var value in lines)
            {
                await csv.WriteRowAsync([.. columns.Select(column => column.ValueOf(value)), warnings]);
            }
        }

        return text.ToString();
    }

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
