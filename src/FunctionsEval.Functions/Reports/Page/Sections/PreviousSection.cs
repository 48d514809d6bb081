using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>How the run compares with the previous one; nothing for the first run of its line.</summary>
internal static class PreviousSection
{
    private const string Title = "Since the previous run";
    private const int MaxFell = 40;

    public static ReportSection? Create(ReportSource source)
    {
        if (source.Summary.Previous is not { } previous)
        {
            return null;
        }

        var sentence = new Paragraph(Describe(previous), IsNote: true);
        List<MetricComparison> numbers =
        [
            .. previous.Headline,
            .. previous.Fell.Where(number => number.Kind != MetricKind.Headline).Take(MaxFell),
        ];
        return new ReportSection(Title, numbers.Count > 0 ? [sentence, TableOf(numbers)] : [sentence]);
    }

    private static string Describe(PreviousSummary previous)
    {
        if (previous.NotPaired is { } reason)
        {
            return $"Run {previous.RunId} of {previous.Model} is not compared. {reason}";
        }

        var (pairing, flips) = (previous.Pairing!, previous.Flips);
        var samples = string.Create(
            CultureInfo.InvariantCulture,
            $"Run {previous.RunId} of {previous.Model}: {pairing.Paired:N0} samples paired, {pairing.Changed:N0} changed, "
                + $"{pairing.Added:N0} added, {pairing.Removed:N0} "
                + $"removed.{(previous.Undecided is { } undecided ? " Nothing is decided: " + undecided : "")}"
        );
        return flips is null
            ? samples
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{samples} {flips.Gained:N0} gained (right in this run only), {flips.Lost:N0} lost (right in the previous one only)."
            );
    }

    private static Table TableOf(IEnumerable<MetricComparison> numbers) =>
        new(
            Table.Named("metric", "slice", "previous", "now", "difference", "p", "adjusted p", "reading"),
            [
                .. numbers.Select(number => new Row(
                    number.Name,
                    [
                        number.Slice == MetricReport.AllSamples ? "" : number.Slice,
                        Number(number.Left),
                        Number(number.Right),
                        new Cell(Number(number.Difference), ReportText.ClassOf(number.Reading)),
                        ReportText.PValue(number.PValue, number.PValueIsBound) ?? "",
                        ReportText.PValue(number.AdjustedPValue, number.PValueIsBound) ?? "",
                        number.Reading is { } reading ? ReportText.Words(MetricReadings.NameOf(reading)) : "",
                    ]
                )),
            ]
        )
        {
            Label = Title,
        };

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? Cell.None;
}
