using Azure;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Storage;

/// <summary>What a resumption changes of a run, apart from its status.</summary>
/// <param name="Resumed">When it was resumed.</param>
/// <param name="Waits">Whether it waits for its model's deployment first.</param>
/// <param name="RepeatsFailed">Whether samples that got no answer before are asked once more.</param>
/// <param name="MaxCost">The cost ceiling from now on; null to leave it.</param>
internal sealed record Reopening(DateTimeOffset Resumed, bool Waits, bool RepeatsFailed, double? MaxCost);

/// <summary>Changes of a run's status. Each holds only for the row that was read: of several that decide at once, one does.</summary>
internal sealed partial class RunTables
{
    private const string ResumedColumn = "Resumed";
    private const string RepeatsColumn = "RepeatsFailed";
    private const string MaxCostColumn = "MaxCost";

    /// <summary>Tells one change of a row from another.</summary>
    public const string ChangeColumn = "Change";

    /// <summary>The cost ceiling that a resumption set in place of the spec's; null for none.</summary>
    public static double? RaisedMaxCostOf(TableEntity row) => row.GetDouble(MaxCostColumn);

    /// <summary>Whether the run's latest resumption repeats samples that got no answer before.</summary>
    public static bool RepeatsFailedOf(TableEntity row) => row.GetBoolean(RepeatsColumn) == true;

    /// <summary>Whether a completed run has samples that got no answer, which another try may get.</summary>
    public static bool HasFailedSamples(TableEntity row) =>
        new[] { Outcome.Exhausted, Outcome.TimedOut }.Any(outcome =>
            row.GetInt64("Candidate" + outcome) > 0 || row.GetInt64("Baseline" + outcome) > 0
        );

    /// <summary>How many of the candidate's samples count in its metrics.</summary>
    public static long CountedOf(TableEntity row) =>
        (row.GetInt64("Candidate" + Outcome.Scored) ?? 0) + (row.GetInt64("Candidate" + Outcome.Unparsable) ?? 0);

    /// <summary>When the run was started, or resumed the last time.</summary>
    public static DateTimeOffset BeganOf(TableEntity row) =>
        row.GetDateTimeOffset(ResumedColumn) ?? row.GetDateTimeOffset("Started") ?? DateTimeOffset.MinValue;

    /// <summary>
    /// A run's orchestration takes it on: it is <see cref="RunStatus.Running"/>. False for an orchestration of the past: the run has ended,
    /// was
    /// resumed since, or is not known any more.
    /// </summary>
    public async Task<bool> TryBeginAsync(string runId, int resumption, CancellationToken cancellationToken)
    {
        while (await FindUnderWayAsync(runId, resumption, cancellationToken) is { } row)
        {
            if (await TryMergeAsync(row, change => change["Status"] = nameof(RunStatus.Running), cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes an ended run pending once more; false when somebody else changed its row since it was read.</summary>
    public async Task<bool> TryReopenAsync(TableEntity row, Reopening reopening, CancellationToken cancellationToken)
    {
        var reopened = new TableEntity(row);
        RunConclusion.Clear(reopened);
        reopened.Remove(CancelColumn);
        reopened["Status"] = (reopening.Waits ? RunStatus.AwaitingDeployment : RunStatus.Pending).ToString();
        reopened[ResumptionsColumn] = ResumptionsOf(row) + 1;
        reopened[ResumedColumn] = reopening.Resumed;
        reopened[RepeatsColumn] = reopening.RepeatsFailed;
        if (reopening.MaxCost is { } maxCost)
        {
            reopened[MaxCostColumn] = maxCost;
        }

        await openRuns.AddAsync(row.PartitionKey, cancellationToken);
        return await TryUpdateAsync(reopened, row.ETag, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>
    /// The model that a run waits for can be called: the run is pending. False when its row has changed since it was read.
    /// </summary>
    public Task<bool> TryReleaseAsync(TableEntity row, string model, CancellationToken cancellationToken) =>
        TryMergeAsync(
            row,
            change =>
            {
                change["Status"] = nameof(RunStatus.Pending);
                change["Model"] = model;
            },
            cancellationToken
        );

    private Task<bool> TryMergeAsync(TableEntity row, Action<TableEntity> change, CancellationToken cancellationToken)
    {
        var changed = new TableEntity(row.PartitionKey, row.RowKey);
        change(changed);
        return TryUpdateAsync(changed, row.ETag, TableUpdateMode.Merge, cancellationToken);
    }

    /// <remarks>As with a reservation: an update whose answer was lost is repeated by the client, and then finds its own mark.</remarks>
    private async Task<bool> TryUpdateAsync(TableEntity row, ETag expected, TableUpdateMode mode, CancellationToken cancellationToken)
    {
        var mark = Guid.NewGuid().ToString("N");
        row[ChangeColumn] = mark;
        try
        {
            await _runs.UpdateEntityAsync(row, expected, mode, cancellationToken);
            return true;
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            return (await FindRunAsync(row.PartitionKey, cancellationToken))?.GetString(ChangeColumn) == mark;
        }
    }
}
