using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.LocalHost.Client;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary><c>list</c> on a terminal and in a pipe.</summary>
public sealed class RunListPrinterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 7, TimeSpan.Zero);

    private static readonly Run Passed = new()
    {
        RunId = "ev-aaaaaaaaaaaaaaaaaaaaaaaaaa",
        Status = RunStatus.Completed,
        Verdict = VerdictResult.Pass,
        Dataset = "support-tickets/test.jsonl",
        Model = "tickets-tuned",
        Baseline = "tickets-base",
        Started = Noon,
        Source = "http",
        DurationText = "21 s",
        CostText = "0.19 USD",
        Headline = new RunHeadline
        {
            Name = "accuracy",
            Value = 0.87,
            Lower = 0.74,
            Upper = 0.94,
            Difference = 0.435,
            DifferenceLower = 0.367,
            DifferenceUpper = 0.505,
        },
    };

    private static readonly Run Failed = new()
    {
        RunId = "ev-bbbbbbbbbbbbbbbbbbbbbbbbbb",
        Status = RunStatus.Failed,
        Dataset = "support-tickets/test.jsonl",
        Model = "another",
        Started = Noon.AddSeconds(30),
        Source = "blob",
        DurationText = "1 min 8 s",
        ErrorCode = "model_unreachable",
        ErrorMessage = "Models__0__Endpoint: no connection to 127.0.0.1:9 in 6 attempts. Check the address and that the server is running.",
    };

    [Fact]
    public void Run_is_two_lines_at_80_columns_and_its_id_stays_whole()
    {
        var lines = Print(80);

        Assert.Equal(4, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        Assert.StartsWith(
            "✓ pass  support-tickets/test.jsonl · tickets-tuned vs tickets-base · Accuracy",
            lines[0],
            StringComparison.Ordinal
        );
        Assert.StartsWith($"  {Passed.RunId}  2026-11-27T12:00:07Z  21 s  0.19 USD  API", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("✗ failed  support-tickets/test.jsonl · another · model_unreachable: Models", lines[2], StringComparison.Ordinal);
        Assert.Equal($"  {Failed.RunId}  2026-11-27T12:00:37Z  1 min 8 s  upload", lines[3]);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(4000)]
    public void Run_is_a_line_where_there_is_room_and_begins_with_its_id(int width)
    {
        var lines = Print(width);

        Assert.Equal(3, lines.Count);
        Assert.StartsWith($"{Passed.RunId}  ✓ pass", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("Accuracy 87 % (+43.5 points)", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"{Failed.RunId}  ✗ failed", lines[2], StringComparison.Ordinal);
        Assert.Equal(width == 4000, lines[2].EndsWith(Failed.ErrorMessage!, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(4000)]
    public void No_run_is_said(int width)
    {
        var printed = new PrintedText(width);

        new RunListPrinter(printed.Console).Print(new RunPage([], null));

        Assert.Equal(["No run matches."], printed.Lines);
    }

    private static IReadOnlyList<string> Print(int width)
    {
        var printed = new PrintedText(width);
        new RunListPrinter(printed.Console).Print(new RunPage([Passed, Failed], null));
        return printed.Lines;
    }
}
