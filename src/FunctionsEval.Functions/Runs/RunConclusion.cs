using Azure.Data.Tables;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// How a run ends: status, verdict, reasons and error, decided together. A status says what verdict it may carry:
/// <see cref="RunStatus.Completed"/>
/// any, a stopped run only inconclusive, every other status none.
/// </summary>
internal sealed record RunConclusion
{
    private const string StatusColumn = "Status";
    private const string VerdictColumn = "Verdict";
    private const string ReasonsColumn = "VerdictReasons";
    private const string CodeColumn = "ErrorCode";
    private const string MessageColumn = "ErrorMessage";
    private const string FinishedColumn = "Finished";
    private const int MaxMessageLength = 8192;

    private RunConclusion(RunFailure? failure, Verdict? verdict)
    {
        Failure = failure;
        Status = failure?.Status ?? RunStatus.Completed;
        Verdict = Permitted(Status, verdict);
    }

    public RunStatus Status { get; }

    /// <summary>What the gate says, as far as the status permits it.</summary>
    public Verdict? Verdict { get; }

    /// <summary>Why the run failed or was stopped; null for a completed run.</summary>
    public RunFailure? Failure { get; }

    /// <summary>Whether <c>summary.json</c> and <c>report.html</c> belong to this end. Those of another are removed.</summary>
    public bool HasSummary => Status != RunStatus.Failed || Failure!.KeepsSummary;

    /// <summary>Decides how a run ends.</summary>
    /// <param name="failure">Why it failed or was stopped; null when every sample has an outcome.</param>
    /// <param name="verdict">What the gate says; null without a gate or without a summary.</param>
    public static RunConclusion Decide(RunFailure? failure, Verdict? verdict) => new(failure, verdict);

    /// <summary>What a run of this status may say of a gate's verdict.</summary>
    public static Verdict? Permitted(RunStatus status, Verdict? verdict) =>
        status switch
        {
            RunStatus.Completed => verdict,
            RunStatus.Partial or RunStatus.Cancelled => verdict is null ? null : verdict with { Result = VerdictResult.Inconclusive },
            _ => null,
        };

    /// <summary>Whether a run's row says that its summary and report may be read.</summary>
    public static bool AllowsSummary(TableEntity row) =>
        StatusOf(row) switch
        {
            RunStatus.Completed or RunStatus.Partial or RunStatus.Cancelled => true,
            RunStatus.Failed => row.GetString(CodeColumn) == RunFailure.MalformedCode,
            _ => false,
        };

    public static RunStatus StatusOf(TableEntity row) => Enum.Parse<RunStatus>(row.GetString(StatusColumn));

    /// <summary>Takes from a row what its status does not permit, whoever wrote it.</summary>
    public static void Restrict(TableEntity row)
    {
        if (row.GetString(VerdictColumn) is not { } text)
        {
            return;
        }

        var verdict = VerdictNames.TryParse(text, out var result) ? Permitted(StatusOf(row), new Verdict(result, [])) : null;
        if (verdict?.Result == result)
        {
            return;
        }

        row.Remove(VerdictColumn);
        row.Remove(ReasonsColumn);
    }

    /// <summary>Sets the row's columns to this end; what it has not is removed.</summary>
    public void WriteTo(TableEntity row, DateTimeOffset finished)
    {
        Set(row, StatusColumn, Status.ToString());
        Set(row, VerdictColumn, Verdict is { } verdict ? VerdictNames.NameOf(verdict.Result) : null);
        Set(
            row,
            ReasonsColumn,
            Verdict is { } reasons
                ? string.Join("; ", reasons.Rules.Select(rule => $"{VerdictNames.NameOf(rule.Result)}: {rule.Reason}"))
                : null
        );
        Set(row, CodeColumn, Failure?.Code);
        Set(row, MessageColumn, TableText.Cut(Failure?.Message, MaxMessageLength));
        Set(row, FinishedColumn, finished);
    }

    /// <summary>Takes the end from a row that begins once more.</summary>
    public static void Clear(TableEntity row)
    {
        foreach (var column in new[] { VerdictColumn, ReasonsColumn, CodeColumn, MessageColumn, FinishedColumn, RunWarnings.Column })
        {
            row.Remove(column);
        }
    }

    /// <summary>Sets a column, or removes it where its value is null.</summary>
    public static void Set(TableEntity row, string column, object? value)
    {
        if (value is null)
        {
            row.Remove(column);
        }
        else
        {
            row[column] = value;
        }
    }
}
