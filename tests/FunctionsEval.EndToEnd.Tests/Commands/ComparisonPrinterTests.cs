using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary><c>compare</c> of two runs with many classes and slices.</summary>
public sealed class ComparisonPrinterTests
{
    private static readonly RunComparisonResult Comparison = new()
    {
        Left = new ComparedRunSummary("ev-left", "s/test.jsonl", "base", 3080, 3080, null, []),
        Right = new ComparedRunSummary("ev-right", "s/test.jsonl", "tuned", 3080, 3080, null, []),
        Paired = true,
        Decision = ComparisonDecision.Worse,
        Pairing = new PairingCounts(3080, 0, 0, 0),
        Metrics =
        [
            NumberOf("accuracy", MetricKind.Headline, MetricReading.Worse, -0.02),
            .. Enumerable
                .Range(0, 2400)
                .Select(index =>
                    NumberOf(
                        $"recall[a_rather_long_label_of_a_class_{index}]",
                        MetricKind.Class,
                        index < 40 ? MetricReading.ToLookAt : MetricReading.NoClearDifference,
                        index < 30 ? -0.5 : 0.5
                    )
                ),
        ],
    };

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void Answer_takes_few_lines_however_many_numbers_there_are(int width)
    {
        var printed = new PrintedText(width);

        new ComparisonPrinter(printed.Console).Print(Comparison);

        Assert.InRange(printed.Lines.Count, 8, 21);
        Assert.All(printed.Lines, line => Assert.InRange(line.Length, 1, width));
        Assert.Equal("✗ WORSE base → tuned", printed.Lines[0]);
        Assert.Contains(
            printed.Lines,
            line => line.StartsWith("▼ Accuracy 90.0 % → 88.0 %, −2.0 points (−3.0 to −1.0), p = 0.010: worse", StringComparison.Ordinal)
        );
        Assert.Contains("Classes and slices with a clear change: 30 worse, 10 better", printed.Lines);
        Assert.Equal("All 2,401 numbers: --all", printed.Lines[^1]);
    }

    [Fact]
    public void Every_number_is_a_line_on_request()
    {
        var printed = new PrintedText(80);

        new ComparisonPrinter(printed.Console).PrintAll(Comparison);

        Assert.Equal(2402, printed.Lines.Count);
        Assert.All(printed.Lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public void Runs_that_are_not_paired_show_their_numbers_and_why()
    {
        var printed = new PrintedText(80);

        new ComparisonPrinter(printed.Console).Print(
            Comparison with
            {
                Paired = false,
                Reason = "The datasets differ.",
                Decision = ComparisonDecision.Inconclusive,
                Pairing = null,
                Metrics = [.. Comparison.Metrics.Select(number => number with { Kind = null, Reading = null, PValue = null })],
            }
        );

        Assert.Equal("? NOT DECIDED base → tuned", printed.Lines[0]);
        Assert.Contains(printed.Lines, line => line.StartsWith("! Not paired: The datasets differ.", StringComparison.Ordinal));
        Assert.Contains(printed.Lines, line => line.StartsWith("  Accuracy 90.0 % → 88.0 %", StringComparison.Ordinal));
    }

    private static MetricComparison NumberOf(string name, MetricKind kind, MetricReading reading, double difference) =>
        new()
        {
            Name = name,
            Slice = MetricReport.AllSamples,
            Kind = kind,
            Reading = reading,
            Left = 0.9,
            Right = 0.9 + difference,
            Difference = difference,
            DifferenceLower = difference - 0.01,
            DifferenceUpper = difference + 0.01,
            PValue = 0.01,
            HigherIsBetter = true,
        };
}
