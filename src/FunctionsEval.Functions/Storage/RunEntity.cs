using Azure.Data.Tables;
using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Storage;

/// <summary>How a run is kept as a row of <c>EvaluationRuns</c>. <see cref="RunColumns"/> declares the columns.</summary>
internal static class RunEntity
{
    /// <summary>The row key of a run, whose id is the partition key.</summary>
    public const string RowKey = "run";

    /// <summary>The run of a row, without a verdict that its status does not permit, whoever wrote it.</summary>
    public static Run Read(TableEntity row)
    {
        var run = new Run
        {
            RunId = row.PartitionKey,
            Status = default,
            Warnings = RunWarnings.Read(row),
        };
        foreach (var column in RunColumns.All)
        {
            if (row.TryGetValue(column.Name, out var value) && value is not null)
            {
                run = column.Write(run, value);
            }
        }

        return run.Verdict is { } verdict && run.Status.MayCarryVerdict(verdict) ? run : run with { Verdict = null, VerdictReasons = [] };
    }

    /// <summary>Sets a row's columns to those of a run, and removes those that the run has no value of. Other columns stay.</summary>
    public static void Write(TableEntity row, Run run)
    {
        foreach (var column in RunColumns.All)
        {
            row.Set(column.Name, column.Read(run));
        }

        if (!run.Warnings.SequenceEqual(RunWarnings.Read(row), StringComparer.Ordinal))
        {
            row.Set(RunWarnings.Column, RunWarnings.Write(run.Warnings));
        }
    }
}

/// <summary>
/// A run as its row was read. A change succeeds only if no one else changed the row: of several concurrent changes, one succeeds.
/// </summary>
internal sealed class StoredRun
{
    /// <summary>The column by which one reservation of a run is told from another, see <see cref="MarkedRows"/>.</summary>
    public const string ReservationMark = "Reservation";

    /// <summary>The column by which one change of a run is told from another.</summary>
    public const string ChangeMark = "Change";

    private readonly TableEntity _row;

    private StoredRun(TableEntity row) => (_row, Run) = (row, RunEntity.Read(row));

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>The run of a row.</summary>
    public static StoredRun Read(TableEntity row) => new(row);

    /// <summary>The row of a run that is new.</summary>
    public static TableEntity ToNewRow(Run run)
    {
        var row = new TableEntity(run.RunId, RunEntity.RowKey);
        RunEntity.Write(row, run);
        return TableText.Bound(row);
    }

    /// <summary>The row with a changed run; its ETag is that of the row that was read.</summary>
    public TableEntity ToRow(Run changed)
    {
        var row = new TableEntity(_row);
        RunEntity.Write(row, changed);
        return TableText.Bound(row);
    }
}
