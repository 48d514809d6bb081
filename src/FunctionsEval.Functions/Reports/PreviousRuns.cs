using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
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
    /// <param name="row">The run's row.</param>
    /// <param name="run">The run, all of whose samples are evaluated.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    public async Task<PreviousComparison?> CompareAsync(TableEntity row, ComparedRun run, CancellationToken cancellationToken)
    {
        var dataset = row.GetString("Dataset");
        if (await FindAsync(IndexPartition.Dataset(dataset), row, _ => true, cancellationToken) is { } previous)
            return await HoldAgainstAsync(previous, run, cancellationToken);

        // A version of the dataset under another name: told from another dataset of the suite by its samples.
        var suite = IndexPartition.Suite(DatasetNames.SuiteOf(dataset));
        return await FindAsync(suite, row, other => other.GetString("Dataset") != dataset, cancellationToken) is { } renamed
            && await HoldAgainstAsync(renamed, run, cancellationToken) is { Summary.Pairing: { } pairing } compared
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

    /// <summary>A run whose files are gone or cannot be read any longer is told, and fails nothing.</summary>
    private async Task<PreviousComparison> HoldAgainstAsync(TableEntity previous, ComparedRun run, CancellationToken cancellationToken)
    {
        var summary = new PreviousSummary { RunId = previous.PartitionKey, Model = previous.GetString("Model"), Dataset = previous.GetString("Dataset") };
        try
        {
            var other = await comparison.ReadAsync(previous.PartitionKey, cancellationToken);
            if (RunComparison.ReasonNotPaired(other, run) is { } reason)
                return NotPaired(reason);
            var pairing = await comparison.PairAsync(other, run, cancellationToken);
            return new PreviousComparison(
                summary.With(pairing, run.Spec.Intervals.Replicates),
                new PreviousFacts(summary.RunId, NotPaired: null, EvaluationResult.GateMetricsOf(pairing.Lines)));
        }
        catch (UnpairableException unpairable)
        {
            return NotPaired(unpairable.Message);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return NotPaired("Its files are gone.");
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or EndOfStreamException or JsonException or SpecException or MetricSpecException)
        {
            return NotPaired("Its files are of a form that this version of the app does not read.");
        }

        PreviousComparison NotPaired(string reason) => new(
            summary with { NotPaired = reason },
            new PreviousFacts(summary.RunId, reason, new Dictionary<(string Name, string Slice), GateMetric>()));
    }
}
