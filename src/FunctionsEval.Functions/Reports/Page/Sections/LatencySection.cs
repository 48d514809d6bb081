using System.Globalization;
using FunctionsEval.Functions.Reports.Page.Charts;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>How long answers took and were.</summary>
internal static class LatencySection
{
    private const string Title = "Latency and length";
    private static readonly double[] Percentiles = [0.5, 0.95, 0.99];

    public static ReportSection? Create(ReportSource source) =>
        source.Latencies.All(latency => latency.Latency.Buckets.Count == 0)
            ? null
            : new ReportSection(
                Title,
                [
                    new Table(Table.Named("answers", "p50", "p95", "p99", "distribution"), [.. source.Latencies.SelectMany(RowsOf)])
                    {
                        Label = Title,
                        Caption =
                            "Of each answer, from sending the request that was answered to its last token; percentiles within 2.5 %; heights are shares of answers, amounts grow by tens",
                    },
                    new Paragraph(
                        string.Join(
                            "; ",
                            source.Latencies.Select(latency => $"{latency.Role}: {ReportText.Count(latency.Requests)} requests")
                        ) + ".",
                        IsNote: true
                    ),
                ]
            );

    private static IEnumerable<Row> RowsOf(AnswerLatency latency)
    {
        yield return RowOf($"{latency.Role}, ms", latency.Latency, "0.#");
        yield return RowOf($"{latency.Role}, tokens", latency.AnswerTokens, "0");
        if (latency.Streams.TimeToFirstTokenMs.Buckets.Count > 0)
        {
            yield return RowOf($"{latency.Role}, ms to the first token", latency.Streams.TimeToFirstTokenMs, "0.#");
        }

        if (latency.Streams.TokensPerSecond.Buckets.Count > 0)
        {
            yield return RowOf($"{latency.Role}, tokens a second after it", latency.Streams.TokensPerSecond, "0.#");
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
