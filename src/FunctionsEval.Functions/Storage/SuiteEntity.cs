using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Suites;

namespace FunctionsEval.Functions.Storage;

/// <summary>How suite runs and their datasets are kept as rows of <c>EvaluationSuites</c>.</summary>
internal static class SuiteEntity
{
    /// <summary>The row key of a suite run, whose id is the partition key.</summary>
    public const string RowKey = "suite";

    /// <summary>The suite run of a row, without a verdict that its status does not permit, whoever wrote it.</summary>
    public static SuiteRun Read(TableEntity row)
    {
        var status = Enum.Parse<RunStatus>(row.GetString(nameof(SuiteRun.Status)));
        var verdict =
            row.GetString(nameof(SuiteRun.Verdict)) is { } name && VerdictNames.TryParse(name, out var said) && status.MayCarryVerdict(said)
                ? said
                : (VerdictResult?)null;
        return new SuiteRun
        {
            SuiteRunId = row.PartitionKey,
            Status = status,
            Suite = row.GetString(nameof(SuiteRun.Suite)) ?? "",
            Name = row.GetString(nameof(SuiteRun.Name)),
            Model = row.GetString(nameof(SuiteRun.Model)),
            Baseline = row.GetString(nameof(SuiteRun.Baseline)),
            Deployment = row.GetString(nameof(SuiteRun.Deployment)),
            ServedModel = row.GetString(nameof(SuiteRun.ServedModel)),
            Attempt = row.GetInt32(nameof(SuiteRun.Attempt)) ?? 0,
            Source = row.GetString(nameof(SuiteRun.Source)),
            Contexts = RunWarnings.ReadTexts(row, nameof(SuiteRun.Contexts)) is { Count: > 0 } contexts ? contexts : null,
            FineTuneJob = row.GetString(nameof(SuiteRun.FineTuneJob)),
            CodeVersion = row.GetString(nameof(SuiteRun.CodeVersion)),
            Started = row.GetDateTimeOffset(nameof(SuiteRun.Started)),
            Finished = row.GetDateTimeOffset(nameof(SuiteRun.Finished)),
            Verdict = verdict,
            VerdictReasons = verdict is null ? [] : RunColumns.Split(row.GetString(nameof(SuiteRun.VerdictReasons)) ?? ""),
            Warnings = RunWarnings.Read(row),
            ErrorCode = row.GetString(nameof(SuiteRun.ErrorCode)),
            ErrorMessage = row.GetString(nameof(SuiteRun.ErrorMessage)),
            CancelRequested = row.GetBoolean(nameof(SuiteRun.CancelRequested)) == true,
            Resumptions = row.GetInt32(nameof(SuiteRun.Resumptions)) ?? 0,
            Samples = row.GetInt64(nameof(SuiteRun.Samples)),
            Cost = row.GetDouble(nameof(SuiteRun.Cost)),
        };
    }

    /// <summary>Sets a row's columns to those of a suite run, and removes those that it has no value of. Other columns stay.</summary>
    public static TableEntity Write(TableEntity row, SuiteRun suite)
    {
        Set(row, nameof(SuiteRun.Status), suite.Status.ToString());
        Set(row, nameof(SuiteRun.Suite), suite.Suite);
        Set(row, nameof(SuiteRun.Name), suite.Name);
        Set(row, nameof(SuiteRun.Model), suite.Model);
        Set(row, nameof(SuiteRun.Baseline), suite.Baseline);
        Set(row, nameof(SuiteRun.Deployment), suite.Deployment);
        Set(row, nameof(SuiteRun.ServedModel), suite.ServedModel);
        Set(row, nameof(SuiteRun.Attempt), suite.Attempt);
        Set(row, nameof(SuiteRun.Source), suite.Source);
        Set(row, nameof(SuiteRun.Contexts), suite.Contexts is { Count: > 0 } contexts ? JsonSerializer.Serialize(contexts) : null);
        Set(row, nameof(SuiteRun.FineTuneJob), suite.FineTuneJob);
        Set(row, nameof(SuiteRun.CodeVersion), suite.CodeVersion);
        Set(row, nameof(SuiteRun.Started), suite.Started);
        Set(row, nameof(SuiteRun.Finished), suite.Finished);
        Set(row, nameof(SuiteRun.Verdict), suite.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null);
        Set(row, nameof(SuiteRun.VerdictReasons), suite.Verdict is null ? null : RunColumns.Join(suite.VerdictReasons));
        Set(row, RunWarnings.Column, RunWarnings.Write(suite.Warnings));
        Set(row, nameof(SuiteRun.ErrorCode), suite.ErrorCode);
        Set(row, nameof(SuiteRun.ErrorMessage), suite.ErrorMessage);
        Set(row, nameof(SuiteRun.CancelRequested), suite.CancelRequested ? true : null);
        Set(row, nameof(SuiteRun.Resumptions), suite.Resumptions);
        Set(row, nameof(SuiteRun.Samples), suite.Samples);
        Set(row, nameof(SuiteRun.Cost), suite.Cost);
        return TableText.Bound(row);
    }

    /// <summary>The row of a dataset of a suite run that has ended.</summary>
    /// <param name="suiteRunId">The suite run.</param>
    /// <param name="dataset">The dataset.</param>
    public static TableEntity ToRow(string suiteRunId, SuiteDataset dataset)
    {
        var row = new TableEntity(suiteRunId, StorageNames.Key("dataset", dataset.Dataset));
        Set(row, nameof(SuiteDataset.Dataset), dataset.Dataset);
        Set(row, nameof(SuiteDataset.Tier), SuiteTierNames.NameOf(dataset.Tier));
        Set(row, nameof(SuiteDataset.RunId), dataset.RunId);
        Set(row, nameof(SuiteDataset.Status), dataset.Status?.ToString());
        Set(row, nameof(SuiteDataset.Verdict), dataset.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null);
        Set(row, nameof(SuiteDataset.ErrorCode), dataset.ErrorCode);
        Set(row, nameof(SuiteDataset.ErrorMessage), dataset.ErrorMessage);
        Set(row, nameof(SuiteDataset.Samples), dataset.Samples);
        Set(row, nameof(SuiteDataset.Cost), dataset.Cost);
        return TableText.Bound(row);
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

/// <summary>A suite run as its row was read. A change succeeds only if no one else changed the row.</summary>
internal sealed class StoredSuite
{
    /// <summary>Distinguishes one reservation, or one change, from another.</summary>
    private const string MarkColumn = "Change";

    private readonly TableEntity _row;

    private StoredSuite(TableEntity row) => (_row, Run) = (row, SuiteEntity.Read(row));

    /// <summary>The suite run.</summary>
    public SuiteRun Run { get; }

    /// <summary>The suite run of a row.</summary>
    public static StoredSuite Read(TableEntity row) => new(row);

    /// <summary>The row of a suite run that is new.</summary>
    public static TableEntity ToNewRow(SuiteRun suite, string mark) =>
        SuiteEntity.Write(new TableEntity(suite.SuiteRunId, SuiteEntity.RowKey) { [MarkColumn] = mark }, suite);

    /// <summary>The row with a changed suite run; its ETag is that of the row that was read.</summary>
    public TableEntity ToRow(SuiteRun changed, string mark) => SuiteEntity.Write(new TableEntity(_row) { [MarkColumn] = mark }, changed);

    /// <summary>Whether the last change has this mark.</summary>
    public bool IsChangedAs(string mark) => _row.GetString(MarkColumn) == mark;
}
