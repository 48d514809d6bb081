using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// How a run ends: status, verdict, reasons and error, decided together. <see cref="RunStatusRules"/> say what verdict a status may carry.
/// </summary>
internal sealed record RunConclusion
{
    private const int MaxMessageLength = 8192;

    private RunConclusion(RunFailure? failure, Verdict? verdict)
    {
        Failure = failure;
        Status = failure?.Status ?? RunStatus.Completed;
        Verdict = Status.Permit(verdict);
    }

    public RunStatus Status { get; }

    /// <summary>What the gate says, as far as the status permits it.</summary>
    public Verdict? Verdict { get; }

    /// <summary>Why the run failed or was stopped; null for a completed run.</summary>
    public RunFailure? Failure { get; }

    /// <summary>Whether <c>summary.json</c> and <c>report.html</c> belong to this end. Those of another are removed.</summary>
    public bool HasSummary => Status.HasSummary || Failure!.KeepsSummary;

    /// <summary>Decides how a run ends.</summary>
    /// <param name="failure">Why it failed or was stopped; null when every sample has an outcome.</param>
    /// <param name="verdict">What the gate says; null without a gate or without a summary.</param>
    public static RunConclusion Decide(RunFailure? failure, Verdict? verdict) => new(failure, verdict);

    /// <summary>The run as it will be when it has ended, for what is written before that: its report.</summary>
    /// <param name="run">The run.</param>
    /// <param name="request">What is summed up.</param>
    /// <param name="failure">Why it failed; null for one that did not.</param>
    /// <param name="verdict">What the gate says.</param>
    public static Run Foresee(Run run, SummaryRequest request, RunFailure? failure, Verdict? verdict)
    {
        var stop = failure ?? request.Stop;
        var ended = Decide(stop, verdict).Apply(run, default) with
        {
            Finished = request.Answered is { } answered ? new DateTimeOffset(answered, TimeSpan.Zero) : null,
        };
        if (stop is not null || request.IsComplete)
        {
            return ended;
        }

        var permitted = RunStatus.Partial.Permit(verdict);
        return ended with { Status = RunStatus.Partial, Verdict = permitted?.Result, VerdictReasons = permitted?.Rules ?? [] };
    }

    /// <summary>The run with this end and without traces of an earlier end.</summary>
    public Run Apply(Run run, DateTimeOffset finished) =>
        run with
        {
            Status = Status,
            Verdict = Verdict?.Result,
            VerdictReasons = Verdict?.Rules ?? [],
            ErrorCode = Failure?.Code,
            ErrorMessage = TableText.Cut(Failure?.Message, MaxMessageLength),
            Finished = finished,
        };
}
