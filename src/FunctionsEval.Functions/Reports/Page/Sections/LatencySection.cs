using System.Globalization;
using FunctionsEval.Functions.Reports.Page.Charts;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Latency and length of the answers.</summary>
internal static class LatencySection
{
    private const string Title = "Latency and length";
    private static readonly double[] Percentiles = [0.5, 0.95, 0.99];

    public static ReportSection? Create(ReportSource source) =>
        source.Paces.All(pace => pace.Latency.Buckets.Count == 0)
            ? null
            : new ReportSection(
                Title,
                [
                    new Table(Table.Named("answers", "p50", "p95", "p99", "distribution"), [.. source.Paces.SelectMany(RowsOf)])
                    {
                        Label = Title,
                        Caption =
                            "Of each answer, from sending the request that was answered to its last token; percentiles within 2.5 %; heights are shares of answers, amounts grow by tens",
                    },
                    new Paragraph(
                        string.Join("; ", source.Paces.Select(pace => $"{pace.Role}: {ReportText.Count(pace.Requests)} requests")) + ".",
                        IsNote: true
                    ),
                ]
            );

    private static IEnumerable<Row> RowsOf(AnswerPace pace)
    {
        yield return RowOf($"{pace.Role}, ms", pace.Latency, "0.#");
        yield return RowOf($"{pace.Role}, tokens", pace.AnswerTokens, "0");
        if (pace.Streams.TimeToFirstTokenMs.Buckets.Count > 0)
        {
            yield return RowOf($"{pace.Role}, ms to the first token", pace.Streams.TimeToFirstTokenMs, "0.#");
        }

        if (pace.Streams.TokensPerSecond.Buckets.Count > 0)
        {
            yield return RowOf($"{pace.Role}, tokens a second after it", pace.Streams.TokensPerSecond, "0.#");
        }
    }

    private static Row RowOf(string name, GeometricHistogram amounts, string format) =>
        new(
            name,
            [
                .. Percentiles.Select(percentile => (Cell)amounts.Quantile(percentile)?.ToString(format, CultureInfo.InvariantCulture)),
                HistogramChart.From(amounts, name) is { } chart ? new Cell(null) { Chart = chart } : Cell.None,
            ]
        );
}
