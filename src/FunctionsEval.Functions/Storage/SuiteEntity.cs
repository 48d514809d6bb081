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
        row.Set(nameof(SuiteRun.Status), suite.Status.ToString());
        row.Set(nameof(SuiteRun.Suite), suite.Suite);
        row.Set(nameof(SuiteRun.Name), suite.Name);
        row.Set(nameof(SuiteRun.Model), suite.Model);
        row.Set(nameof(SuiteRun.Baseline), suite.Baseline);
        row.Set(nameof(SuiteRun.Deployment), suite.Deployment);
        row.Set(nameof(SuiteRun.ServedModel), suite.ServedModel);
        row.Set(nameof(SuiteRun.Attempt), suite.Attempt);
        row.Set(nameof(SuiteRun.Source), suite.Source);
        row.Set(nameof(SuiteRun.Contexts), suite.Contexts is { Count: > 0 } contexts ? JsonSerializer.Serialize(contexts) : null);
        row.Set(nameof(SuiteRun.FineTuneJob), suite.FineTuneJob);
        row.Set(nameof(SuiteRun.CodeVersion), suite.CodeVersion);
        row.Set(nameof(SuiteRun.Started), suite.Started);
        row.Set(nameof(SuiteRun.Finished), suite.Finished);
        row.Set(nameof(SuiteRun.Verdict), suite.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null);
        row.Set(nameof(SuiteRun.VerdictReasons), suite.Verdict is null ? null : RunColumns.Join(suite.VerdictReasons));
        row.Set(RunWarnings.Column, RunWarnings.Write(suite.Warnings));
        row.Set(nameof(SuiteRun.ErrorCode), suite.ErrorCode);
        row.Set(nameof(SuiteRun.ErrorMessage), suite.ErrorMessage);
        row.Set(nameof(SuiteRun.CancelRequested), suite.CancelRequested ? true : null);
        row.Set(nameof(SuiteRun.Resumptions), suite.Resumptions);
        row.Set(nameof(SuiteRun.Samples), suite.Samples);
        row.Set(nameof(SuiteRun.Cost), suite.Cost);
        return TableText.Bound(row);
    }

    /// <summary>The row of a dataset of a suite run that has ended.</summary>
    /// <param name="suiteRunId">The suite run.</param>
    /// <param name="dataset">The dataset.</param>
    public static TableEntity ToRow(string suiteRunId, SuiteDataset dataset)
    {
        var row = new TableEntity(suiteRunId, StorageNames.Key("dataset", dataset.Dataset));
        row.Set(nameof(SuiteDataset.Dataset), dataset.Dataset);
        row.Set(nameof(SuiteDataset.Tier), SuiteTierNames.NameOf(dataset.Tier));
        row.Set(nameof(SuiteDataset.RunId), dataset.RunId);
        row.Set(nameof(SuiteDataset.Status), dataset.Status?.ToString());
        row.Set(nameof(SuiteDataset.Verdict), dataset.Verdict is { } verdict ? VerdictNames.NameOf(verdict) : null);
        row.Set(nameof(SuiteDataset.ErrorCode), dataset.ErrorCode);
        row.Set(nameof(SuiteDataset.ErrorMessage), dataset.ErrorMessage);
        row.Set(nameof(SuiteDataset.Samples), dataset.Samples);
        row.Set(nameof(SuiteDataset.Cost), dataset.Cost);
        return TableText.Bound(row);
    }
}

/// <summary>A suite run as its row was read. A change succeeds only if no one else changed the row.</summary>
internal sealed class StoredSuite
{
    /// <summary>The column by which one reservation, or one change, is told from another, see <see cref="MarkedRows"/>.</summary>
    public const string Mark = "Change";

    private readonly TableEntity _row;

    private StoredSuite(TableEntity row) => (_row, Run) = (row, SuiteEntity.Read(row));

    /// <summary>The suite run.</summary>
    public SuiteRun Run { get; }

    /// <summary>The suite run of a row.</summary>
    public static StoredSuite Read(TableEntity row) => new(row);

    /// <summary>The row of a suite run that is new.</summary>
    public static TableEntity ToNewRow(SuiteRun suite) => SuiteEntity.Write(new TableEntity(suite.SuiteRunId, SuiteEntity.RowKey), suite);

    /// <summary>The row with a changed suite run; its ETag is that of the row that was read.</summary>
    public TableEntity ToRow(SuiteRun changed) => SuiteEntity.Write(new TableEntity(_row), changed);
}
