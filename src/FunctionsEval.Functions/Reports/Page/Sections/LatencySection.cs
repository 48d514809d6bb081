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
        source.Latencies.All(answers => answers.LatencyMs.Buckets.Count == 0)
            ? null
            : new ReportSection(
                Title,
                [
                    new Table(Table.Named("answers", "p50", "p95", "p99", "distribution"), [.. source.Latencies.SelectMany(RowsOf)])
                    {
                        Label = Title,
                        Caption =
                            "Of each answer, from sending the request that was answered to its last token; percentiles within 2.5 %; "
                            + "heights are shares of answers, amounts grow by tens",
                    },
                    new Paragraph(
                        string.Join(
                            "; ",
                            source.Latencies.Select(answers => $"{answers.Role}: {ReportText.Count(answers.Requests)} requests")
                        ) + ".",
                        IsNote: true
                    ),
                ]
            );

    private static IEnumerable<Row> RowsOf(AnswerLatency answers)
    {
        yield return RowOf($"{answers.Role}, ms", answers.LatencyMs, "0.#");
        yield return RowOf($"{answers.Role}, tokens", answers.AnswerTokens, "0");
        if (answers.Streams.TimeToFirstTokenMs.Buckets.Count > 0)
        {
            yield return RowOf($"{answers.Role}, ms to the first token", answers.Streams.TimeToFirstTokenMs, "0.#");
        }

        if (answers.Streams.TokensPerSecond.Buckets.Count > 0)
        {
            yield return RowOf($"{answers.Role}, tokens a second after it", answers.Streams.TokensPerSecond, "0.#");
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
