using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Commands;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>The table of docs/command-line.md, row by row.</summary>
public sealed class ExitCodesTests
{
    [Theory]
    [InlineData("Completed", "pass", 10, 0, 0)]
    [InlineData("Completed", "pass", 0, 10, 0)]
    [InlineData("Completed", "fail", 10, 0, 1)]
    [InlineData("Completed", "inconclusive", 10, 0, 2)]
    [InlineData("Completed", null, 10, 0, 2)]
    [InlineData("Completed", "pass", 0, 0, 3)]
    [InlineData("Completed", "inconclusive", 0, 0, 3)]
    [InlineData("Completed", null, 0, 0, 3)]
    [InlineData("Failed", null, 0, 0, 3)]
    [InlineData("Partial", "inconclusive", 10, 0, 3)]
    [InlineData("Cancelled", null, 10, 0, 3)]
    [InlineData("Running", null, 10, 0, 3)]
    [InlineData("Pending", null, 0, 0, 3)]
    public void Run_ends_its_command_by_status_verdict_and_samples_that_count(
        string status,
        string? verdict,
        long scored,
        long unparsable,
        int expected
    )
    {
        var run = new Run
        {
            RunId = "ev-1",
            Status = Enum.Parse<RunStatus>(status),
            Verdict = verdict is not null && VerdictNames.TryParse(verdict, out var result) ? result : null,
            CandidateFigures = new ModelFigures
            {
                Outcomes = new OutcomeCounts { Scored = scored, Unparsable = unparsable },
            },
        };

        Assert.Equal(expected, ExitCodes.FromRun(run));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 1, 2)]
    [InlineData(3, 1, 3, 0)]
    [InlineData(2, 2, 0)]
    public void Several_runs_end_their_command_with_the_most_serious_code(int expected, params int[] codes) =>
        Assert.Equal(expected, ExitCodes.Worst(codes));

    [Fact]
    public void Run_without_counts_has_no_result() =>
        Assert.Equal(ExitCodes.Error, ExitCodes.FromVerdict(isCompleted: true, VerdictResult.Pass, counted: 0));
}
