using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>What a run is held against by itself, and what the gate must know of it.</summary>
internal sealed record PreviousComparison(PreviousSummary Summary, PreviousFacts Facts);

/// <summary>
/// Compares a run with the previous completed run of its suite with the same model: the latest that had ended when this one was started, so
/// that
/// repeating it finds the same. Models of one template (<c>tuned/*</c>) are one line.
/// </summary>
internal sealed class PreviousRuns(RunTables tables, RunComparison comparison, ModelRegistry models)
{
    /// <summary>Earlier runs that are looked at.</summary>
    private const int MostLookedAt = 200;

    private const int PageSize = 50;

    /// <summary>Other datasets of the suite whose samples are looked at.</summary>
    private const int MostDatasets = 5;

    /// <summary>Compares a run; null when it is the first of its line.</summary>
    /// <param name="row">The row of a run all of whose samples are evaluated.</param>
    /// <param name="spec">The run's spec.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    public async Task<PreviousComparison?> CompareAsync(TableEntity row, EvaluationSpec spec, CancellationToken cancellationToken)
    {
        var dataset = row.GetString("Dataset");
        await foreach (var previous in EarlierAsync(IndexPartition.Dataset(dataset), row, cancellationToken))
        {
            return await HoldAgainstAsync(previous, row, spec, cancellationToken);
        }

        // A version of the dataset under another name: told from the other datasets of the suite by its samples.
        HashSet<string> looked = [dataset];
        await foreach (var other in EarlierAsync(IndexPartition.Suite(DatasetNames.SuiteOf(dataset)), row, cancellationToken))
        {
            if (!looked.Add(other.GetString("Dataset")))
            {
                continue;
            }

            var compared = await HoldAgainstAsync(other, row, spec, cancellationToken);
            if (compared.Summary.Pairing is { } pairing && pairing.Paired >= pairing.Changed + pairing.Added)
            {
                return compared;
            }

            if (looked.Count > MostDatasets)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>The completed runs of the line that a run may be held against, latest first.</summary>
    private async IAsyncEnumerable<TableEntity> EarlierAsync(
        string partition,
        TableEntity row,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? continuation = null;
        for (var looked = 0; looked < MostLookedAt; looked += PageSize)
        {
            (var runIds, continuation) = await tables.ReadIndexAsync(partition, PageSize, continuation, cancellationToken);
            foreach (var runId in runIds)
            {
                // One that was deleted is still in the index.
                if (await tables.FindRunAsync(runId, cancellationToken) is { } other && IsBefore(other, row))
                {
                    yield return other;
                }
            }

            if (continuation is null)
            {
                yield break;
            }
        }
    }

    private bool IsBefore(TableEntity other, TableEntity row) =>
        other.PartitionKey != row.PartitionKey
        && RunConclusion.StatusOf(other) == RunStatus.Completed
        && RunTables.CountedOf(other) > 0
        && other.GetDateTimeOffset("Finished") <= row.GetDateTimeOffset("Started")
        && other.GetString("Model") is { } model
        && string.Equals(models.LineOf(model), models.LineOf(row.GetString("Model")), StringComparison.OrdinalIgnoreCase);

    /// <summary>A run that cannot be paired is told with the reason, and fails nothing.</summary>
    private async Task<PreviousComparison> HoldAgainstAsync(
        TableEntity previous,
        TableEntity row,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        var (pairing, reason) = await comparison.PairAsync(previous.PartitionKey, row.PartitionKey, cancellationToken);
        var summary = new PreviousSummary
        {
            RunId = previous.PartitionKey,
            Model = previous.GetString("Model"),
            Dataset = previous.GetString("Dataset"),
            NotPaired = reason,
        };
        return new PreviousComparison(
            pairing is null ? summary : summary.With(pairing, spec.Intervals.Replicates),
            new PreviousFacts(summary.RunId, reason ?? pairing?.Undecided, EvaluationResult.GateMetricsOf(pairing?.Lines ?? []))
        );
    }
}
