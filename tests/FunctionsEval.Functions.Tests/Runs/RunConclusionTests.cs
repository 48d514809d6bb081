using Azure.Data.Tables;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>A verdict may exist only on a run whose status allows it.</summary>
public sealed class RunConclusionTests
{
    private static readonly DateTimeOffset Finished = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static MatrixTheoryData<string, string?> StatusesAndVerdicts =>
        new(Enum.GetNames<RunStatus>(), [.. Enum.GetNames<VerdictResult>(), null]);

    [Theory]
    [MemberData(nameof(StatusesAndVerdicts))]
    public void Row_of_any_status_shows_only_the_verdict_that_the_status_permits(string status, string? verdict)
    {
        var row = new TableEntity("ev-1", RunEntity.RowKey) { ["Status"] = status, ["Samples"] = 7L };
        if (verdict is not null)
        {
            row["Verdict"] = verdict.ToLowerInvariant();
            row["VerdictReasons"] = "fail: why";
        }

        var run = RunEntity.Read(row);

        var permitted = (status, verdict) switch
        {
            (_, null) => false,
            ("Completed", _) => true,
            ("Partial" or "Cancelled", "Inconclusive") => true,
            _ => false,
        };
        Assert.Equal(permitted ? (verdict, "why") : (null, null), (run.Verdict?.ToString(), run.VerdictReasons.SingleOrDefault()?.Reason));
        Assert.Equal(7L, run.Samples);
    }

    [Theory]
    [MemberData(nameof(StatusesAndVerdicts))]
    public void Verdict_of_a_summary_is_that_which_the_status_permits(string status, string? verdict)
    {
        var said = verdict is null ? null : new Verdict(Enum.Parse<VerdictResult>(verdict), [new RuleVerdict(VerdictResult.Pass, "why")]);

        var permitted = Enum.Parse<RunStatus>(status).Permit(said);

        VerdictResult? expected = said is null
            ? null
            : status switch
            {
                "Completed" => said.Result,
                "Partial" or "Cancelled" => VerdictResult.Inconclusive,
                _ => null,
            };
        Assert.Equal(expected, permitted?.Result);
    }

    [Theory]
    [InlineData(null, "pass", "Completed", "pass", true)]
    [InlineData(null, "fail", "Completed", "fail", true)]
    [InlineData(null, null, "Completed", null, true)]
    [InlineData("deadline", "pass", "Partial", "inconclusive", true)]
    [InlineData("budget", "inconclusive", "Partial", "inconclusive", true)]
    [InlineData("cancelled", "fail", "Cancelled", "inconclusive", true)]
    [InlineData("cancelled", null, "Cancelled", null, true)]
    [InlineData("malformed_rows", "pass", "Failed", null, true)]
    [InlineData("internal_error", "pass", "Failed", null, false)]
    [InlineData("model_unreachable", "fail", "Failed", null, false)]
    public void Columns_of_an_end_are_decided_together(string? code, string? verdict, string status, string? expected, bool hasSummary)
    {
        var failure = code is null ? null : new RunFailure(code, "what happened");
        var said =
            verdict is not null && VerdictNames.TryParse(verdict, out var result)
                ? new Verdict(result, [new RuleVerdict(result, "why")])
                : null;
        var row = new TableEntity("ev-1", RunEntity.RowKey)
        {
            ["Status"] = "Running",
            ["Verdict"] = "pass",
            ["VerdictReasons"] = "left over",
            ["ErrorCode"] = "left_over",
            ["ErrorMessage"] = "left over",
            ["Model"] = "m",
        };

        var conclusion = RunConclusion.Decide(failure, said);
        RunEntity.Write(row, conclusion.Apply(RunEntity.Read(row), Finished));

        Assert.Equal((status, expected, code), (row.GetString("Status"), row.GetString("Verdict"), row.GetString("ErrorCode")));
        Assert.Equal(
            (expected is null ? null : $"{verdict}: why", failure?.Message),
            (row.GetString("VerdictReasons"), row.GetString("ErrorMessage"))
        );
        Assert.Equal((Finished, "m"), (row.GetDateTimeOffset("Finished"), row.GetString("Model")));
        Assert.Equal(hasSummary, conclusion.HasSummary);
        Assert.Equal(hasSummary, RunEntity.Read(row).HasSummary);
    }

    [Fact]
    public void Conclusion_of_its_own_verdict_is_the_same()
    {
        var once = RunConclusion.Decide(RunFailure.Cancelled, new Verdict(VerdictResult.Pass, []));

        Assert.Equal(once.Verdict, RunConclusion.Decide(RunFailure.Cancelled, once.Verdict).Verdict);
    }

    [Theory]
    [InlineData(true, null, null, RunStatus.Completed, VerdictResult.Pass)]
    [InlineData(true, "malformed_rows", null, RunStatus.Failed, null)]
    [InlineData(false, null, "deadline", RunStatus.Partial, VerdictResult.Inconclusive)]
    [InlineData(false, null, "cancelled", RunStatus.Cancelled, VerdictResult.Inconclusive)]
    [InlineData(false, "malformed_rows", "deadline", RunStatus.Failed, null)]
    // A history of an earlier version says no reason.
    [InlineData(false, null, null, RunStatus.Partial, VerdictResult.Inconclusive)]
    public void Report_of_a_run_that_has_not_ended_yet_shows_how_it_will(
        bool isComplete,
        string? failure,
        string? stop,
        RunStatus status,
        VerdictResult? verdict
    )
    {
        var request = new SummaryRequest("ev-1", 0, isComplete)
        {
            Stop = stop is null ? null : new RunFailure(stop, "it was stopped"),
            Answered = Finished.UtcDateTime,
        };
        var run = new Run
        {
            RunId = "ev-1",
            Status = RunStatus.Running,
            Dataset = "tickets/test.jsonl",
            ErrorCode = "left_over",
        };

        var ended = RunConclusion.Foresee(
            run,
            request,
            failure is null ? null : new RunFailure(failure, "it failed"),
            new Verdict(VerdictResult.Pass, [new RuleVerdict(VerdictResult.Pass, "why")])
        );

        Assert.Equal((status, verdict, failure ?? stop), (ended.Status, ended.Verdict, ended.ErrorCode));
        Assert.Equal(verdict is null ? 0 : 1, ended.VerdictReasons.Count);
        Assert.Equal(Finished, ended.Finished);
        Assert.Null(RunConclusion.Foresee(run, request with { Answered = null }, null, null).Finished);
    }
}
