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
            Set(row, column.Name, column.Read(run));
        }

        if (!run.Warnings.SequenceEqual(RunWarnings.Read(row), StringComparer.Ordinal))
        {
            Set(row, RunWarnings.Column, RunWarnings.Write(run.Warnings));
        }
    }

    private static void Set(TableEntity row, string column, object? value)
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

/// <summary>
/// A run as its row was read. A change succeeds only if no one else changed the row: of several concurrent changes, one succeeds.
/// </summary>
internal sealed class StoredRun
{
    /// <summary>Distinguishes one reservation of a run from another.</summary>
    private const string MarkColumn = "Reservation";

    /// <summary>Distinguishes one change of a row from another.</summary>
    private const string ChangeColumn = "Change";

    private readonly TableEntity _row;

    private StoredRun(TableEntity row) => (_row, Run) = (row, RunEntity.Read(row));

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>The run of a row.</summary>
    public static StoredRun Read(TableEntity row) => new(row);

    /// <summary>The row of a run that is new.</summary>
    /// <param name="run">The run.</param>
    /// <param name="mark">Distinguishes this reservation from another.</param>
    public static TableEntity ToNewRow(Run run, string mark)
    {
        var row = new TableEntity(run.RunId, RunEntity.RowKey) { [MarkColumn] = mark };
        RunEntity.Write(row, run);
        return TableText.Bound(row);
    }

    /// <summary>The row with a changed run; its ETag is that of the row that was read.</summary>
    /// <param name="changed">The run after the change.</param>
    /// <param name="mark">Distinguishes this change from another; null for one that needs no mark.</param>
    public TableEntity ToRow(Run changed, string? mark = null)
    {
        var row = new TableEntity(_row);
        RunEntity.Write(row, changed);
        if (mark is not null)
        {
            row[ChangeColumn] = mark;
        }

        return TableText.Bound(row);
    }

    /// <summary>Whether the run was reserved with this mark.</summary>
    public bool IsReservedAs(string mark) => _row.GetString(MarkColumn) == mark;

    /// <summary>Whether the last change of the run has this mark.</summary>
    public bool IsChangedAs(string mark) => _row.GetString(ChangeColumn) == mark;
}
