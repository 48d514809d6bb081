using Azure.Data.Tables;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>What a run is held against by itself, and what the gate must know of it.</summary>
internal sealed record PreviousComparison(PreviousSummary Summary, PreviousFacts Facts);

/// <summary>
/// Compares a run with the previous completed run of its suite with the same model: the latest that had ended when this one was started, so that
/// repeating it finds the same. Models of one template (<c>tuned/*</c>) are one line.
/// </summary>
internal sealed class PreviousRuns(RunTables tables, RunComparison comparison, ModelRegistry models)
{
    /// <summary>Earlier runs that are looked at.</summary>
    private const int MostLookedAt = 200;

    private const int PageSize = 50;

    /// <summary>Compares a run; null when it is the first of its line.</summary>
    /// <param name="row">The row of a run all of whose samples are evaluated.</param>
    /// <param name="spec">The run's spec.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    public async Task<PreviousComparison?> CompareAsync(TableEntity row, EvaluationSpec spec, CancellationToken cancellationToken)
    {
        var dataset = row.GetString("Dataset");
        if (await FindAsync(IndexPartition.Dataset(dataset), row, _ => true, cancellationToken) is { } previous)
            return await HoldAgainstAsync(previous, row, spec, cancellationToken);

        // A version of the dataset under another name: told from another dataset of the suite by its samples.
        var suite = IndexPartition.Suite(DatasetNames.SuiteOf(dataset));
        return await FindAsync(suite, row, other => other.GetString("Dataset") != dataset, cancellationToken) is { } renamed
            && await HoldAgainstAsync(renamed, row, spec, cancellationToken) is { Summary.Pairing: { } pairing } compared
            && pairing.Paired >= pairing.Changed + pairing.Added
                ? compared
                : null;
    }

    private async Task<TableEntity?> FindAsync(string partition, TableEntity row, Func<TableEntity, bool> fits, CancellationToken cancellationToken)
    {
        string? continuation = null;
        for (var looked = 0; looked < MostLookedAt; looked += PageSize)
        {
            (var runIds, continuation) = await tables.ReadIndexAsync(partition, PageSize, continuation, cancellationToken);
            foreach (var runId in runIds)
            {
                // One that was deleted is still in the index.
                if (await tables.FindRunAsync(runId, cancellationToken) is { } other && IsBefore(other, row) && fits(other))
                    return other;
            }

            if (continuation is null)
                return null;
        }

        return null;
    }

    private bool IsBefore(TableEntity other, TableEntity row) =>
        other.PartitionKey != row.PartitionKey
        && RunConclusion.StatusOf(other) == RunStatus.Completed
        && RunTables.CountedOf(other) > 0
        && other.GetDateTimeOffset("Finished") <= row.GetDateTimeOffset("Started")
        && other.GetString("Model") is { } model
        && string.Equals(models.LineOf(model), models.LineOf(row.GetString("Model")), StringComparison.OrdinalIgnoreCase);

    /// <summary>A run that cannot be paired is told with the reason, and fails nothing.</summary>
    private async Task<PreviousComparison> HoldAgainstAsync(TableEntity previous, TableEntity row, EvaluationSpec spec, CancellationToken cancellationToken)
    {
        var (pairing, reason) = await comparison.PairAsync(previous.PartitionKey, row.PartitionKey, cancellationToken);
        var summary = new PreviousSummary { RunId = previous.PartitionKey, Model = previous.GetString("Model"), Dataset = previous.GetString("Dataset"), NotPaired = reason };
        return new PreviousComparison(
            pairing is null ? summary : summary.With(pairing, spec.Intervals.Replicates),
            new PreviousFacts(summary.RunId, reason ?? pairing?.Undecided, EvaluationResult.GateMetricsOf(pairing?.Lines ?? [])));
    }
}
