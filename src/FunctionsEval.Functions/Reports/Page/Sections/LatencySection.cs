using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Functions.Reports.Page.Charts;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Latency, tokens and cost.</summary>
internal static class LatencySection
{
    private static readonly double[] Percentiles = [0.5, 0.95, 0.99];
    private static readonly Func<double, string> Tokens = tokens => NumberText.Count((long)Math.Round(tokens));

    public static ReportSection? Create(ReportSource source)
    {
        var hasTimes = source.Latencies.Any(answers => answers.LatencyMs.Buckets.Count > 0);
        ReportBlock[] times = hasTimes
            ?
            [
                new Table(
                    ["answers", Column.Number("median"), Column.Number("p95"), Column.Number("p99"), "distribution"],
                    [.. source.Latencies.SelectMany(answers => RowsOf(source.NameOf(answers.Role), answers))]
                )
                {
                    Caption =
                        "Of each answer, from sending the request that was answered to its last token; within 2.5 %. Heights are shares of "
                        + "answers, amounts grow by tens",
                },
                new Paragraph(
                    string.Join(
                        "; ",
                        source.Latencies.Select(answers => $"{source.NameOf(answers.Role)}: {NumberText.Count(answers.Requests)} requests")
                    ) + ".",
                    IsNote: true
                ),
            ]
            : [];
        return new ReportSection("latency", hasTimes ? "Latency, tokens and cost" : "Tokens and cost", [UsageOf(source), .. times]);
    }

    private static Table UsageOf(ReportSource source)
    {
        var isAnyCached = source.Summary.Usage.Values.Any(usage => usage.CachedInputTokens is not null);
        return new Table(
            [
                "calls of",
                Column.Number("prompt tokens"),
                .. isAnyCached ? [Column.Number("of them cached")] : Array.Empty<Column>(),
                Column.Number("answer tokens"),
                Column.Number("cost"),
            ],
            [
                .. source.Summary.Usage.Select(caller => new Row(
                    source.CallerOf(caller.Key),
                    [
                        NumberText.Count(caller.Value.InputTokens),
                        .. isAnyCached ? [NumberText.Count(caller.Value.CachedInputTokens ?? 0)] : Array.Empty<Cell>(),
                        NumberText.Count(caller.Value.OutputTokens),
                        source.Money((double?)caller.Value.Cost),
                    ]
                )),
            ]
        )
        {
            Caption = "Tokens and cost",
            IsCaptionHidden = true,
        };
    }

    private static IEnumerable<Row> RowsOf(string model, AnswerLatency answers)
    {
        (string Name, GeometricHistogram Amounts, Func<double, string> Text)[] rows =
        [
            ("time", answers.LatencyMs, NumberText.Latency),
            ("tokens", answers.AnswerTokens, Tokens),
            ("time to the first token", answers.Streams.TimeToFirstTokenMs, NumberText.Latency),
            ("tokens a second after it", answers.Streams.TokensPerSecond, Tokens),
        ];
        return rows.Where(row => row.Amounts.Buckets.Count > 0).Select(row => RowOf($"{model}: {row.Name}", row.Amounts, row.Text));
    }

    private static Row RowOf(string name, GeometricHistogram amounts, Func<double, string> text) =>
        new(
            name,
            [
                .. Percentiles.Select(percentile => (Cell)(amounts.Quantile(percentile) is { } amount ? text(amount) : null)),
                HistogramChart.From(amounts, name, text) is { } chart ? new Cell(null) { Chart = chart } : Cell.None,
            ]
        );
}
