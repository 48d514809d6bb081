using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary><c>samples</c> on a terminal.</summary>
public sealed class SamplesPrinterTests
{
    private static readonly SampleResult Wrong = new()
    {
        Id = "b77-0019",
        Line = 19,
        Offset = 0,
        Input = "My card still hasn't arrived after\n2 weeks, and nobody can tell me where it is or when it will come.",
        References = ["card_arrival"],
        Candidate = new AnswerResult
        {
            Outcome = Outcome.Scored,
            Prediction = "card_delivery_estimate",
            Text = "card_delivery_estimate",
        },
        Baseline = new AnswerResult { Outcome = Outcome.TimedOut },
    };

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void Sample_is_a_line_that_says_what_was_wanted_and_what_came(int width)
    {
        var lines = Print(width, Wrong);

        Assert.Equal(2, lines.Count);
        Assert.StartsWith("✗", lines[1], StringComparison.Ordinal);
        Assert.Contains("b77-0019  My card still", lines[1], StringComparison.Ordinal);
        Assert.Contains("card_ar", lines[1], StringComparison.Ordinal);
        Assert.Contains("card_de", lines[1], StringComparison.Ordinal);
        Assert.Contains("(timed", lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
    }

    [Fact]
    public void Right_wrong_and_missing_answers_have_signs_of_their_own()
    {
        var right = Wrong with { Candidate = Wrong.Candidate! with { Prediction = "card_arrival" } };

        var lines = Print(120, right, Wrong, Wrong with { Candidate = Wrong.Baseline });

        Assert.Equal(["✓", "✗", "!"], lines.Skip(1).Select(line => line[..1]));
    }

    [Theory]
    [InlineData(50, 235L, 3080L, null, "50 of 235 samples (of 3,080 in all); --size for more.")]
    [InlineData(235, 235L, 3080L, null, "235 samples (of 3,080 in all).")]
    [InlineData(3, 3L, 3L, null, "3 samples.")]
    [InlineData(0, 0L, 3080L, null, "No sample matches (of 3,080 in all).")]
    [InlineData(50, null, null, 77L, "The first 50 samples; --size for more.")]
    [InlineData(0, null, null, null, "No sample matches.")]
    [InlineData(4, null, null, null, null)]
    public void What_is_left_is_said(int shown, long? total, long? of, long? next, string? expected) =>
        Assert.Equal(expected, SamplesPrinter.Rest(shown, new SamplePage("ev-1", null, [], next) { Total = total, Of = of }));

    private static IReadOnlyList<string> Print(int width, params SampleResult[] samples)
    {
        var printed = new PrintedText(width);
        new SamplesPrinter(printed.Console).Print(samples, metric: null);
        return printed.Lines;
    }
}
