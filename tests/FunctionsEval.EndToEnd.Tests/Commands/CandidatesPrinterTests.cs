using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>The numbers of several candidates on a terminal.</summary>
public sealed class CandidatesPrinterTests
{
    [Fact]
    public void Number_of_a_slice_is_told_from_that_of_all_samples_and_its_direction_is_shown()
    {
        var printed = new PrintedText(200);

        new CandidatesPrinter(printed.Console).Print(
            new CandidatesSummary
            {
                Baseline = "base",
                Level = 0.95,
                Tried = 2,
                Candidates = [],
                Numbers =
                [
                    NumberOf(MetricReport.AllSamples, 1.5, higherIsBetter: false),
                    NumberOf("channel=mail", 2.5, higherIsBetter: true),
                ],
            }
        );

        Assert.Contains("mae ↓ of the baseline base: 1.50", printed.Text, StringComparison.Ordinal);
        Assert.Contains("mae [channel=mail] of the baseline base: 2.50", printed.Text, StringComparison.Ordinal);
    }

    private static CandidatesNumber NumberOf(string slice, double baseline, bool higherIsBetter) =>
        new()
        {
            Name = "mae",
            Slice = slice,
            Kind = MetricKind.Headline,
            HigherIsBetter = higherIsBetter,
            Baseline = baseline,
            Candidates =
            [
                new CandidateNumber
                {
                    Model = "a",
                    Value = 1,
                    Samples = 100,
                },
            ],
        };
}
