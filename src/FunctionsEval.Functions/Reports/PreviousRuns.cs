using System.Runtime.CompilerServices;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>A run's comparison with the previous run, and the facts of it that the gate needs.</summary>
internal sealed record PreviousComparison(PreviousSummary Summary, PreviousFacts Facts);

/// <summary>
/// Compares a run with the previous completed run of its suite with the same model: the latest that had ended when this one was started. So
/// repeating the comparison finds the same run. The models of one template (<c>tuned/*</c>) count as the same model.
/// </summary>
internal sealed class PreviousRuns(RunTables tables, RunComparison comparison, ModelRegistry models)
{
    /// <summary>Other datasets of the suite whose samples are looked at.</summary>
    private const int MaxDatasets = 5;

    private readonly ConditionalWeakTable<RunPlan, StrongBox<Run?>> _found = [];

    /// <summary>
    /// As <see cref="FindAsync(Run, CancellationToken)"/>, for a run whose ranges all ask: each process looks once for each planning.
    /// </summary>
    /// <param name="plan">The run's plan.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<Run?> FindAsync(RunPlan plan, Run run, CancellationToken cancellationToken)
    {
        if (!_found.TryGetValue(plan, out var found))
        {
            found = new StrongBox<Run?>(await FindAsync(run, cancellationToken));
            _found.AddOrUpdate(plan, found);
        }

        return found.Value;
    }

    /// <summary>The previous run of the same dataset; null where there is none, though one of another name may be found to be it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<Run?> FindAsync(Run run, CancellationToken cancellationToken)
    {
        await foreach (var previous in EarlierAsync(IndexPartition.Dataset(run.Dataset), run, cancellationToken))
        {
            return previous;
        }

        return null;
    }

    /// <summary>Compares a run; null when there is no previous run.</summary>
    /// <param name="run">A run all of whose samples are evaluated.</param>
    /// <param name="spec">The run's spec.</param>
    /// <param name="merged">The version of what its ranges merge to, under which pairs are kept; null where nothing is kept.</param>
    /// <param name="cancellationToken">Stops the comparison.</param>
    public async Task<PreviousComparison?> CompareAsync(Run run, EvaluationSpec spec, string? merged, CancellationToken cancellationToken)
    {
        if (await FindAsync(run, cancellationToken) is { } previous)
        {
            return await HoldAgainstAsync(previous, run, spec, merged, cancellationToken);
        }

        // The dataset's earlier version may have another name: its samples distinguish it from the other datasets of the suite.
        HashSet<string> looked = [run.Dataset];
        await foreach (var other in EarlierAsync(IndexPartition.Suite(DatasetNames.SuiteOf(run.Dataset)), run, cancellationToken))
        {
            if (!looked.Add(other.Dataset))
            {
                continue;
            }

            var compared = await HoldAgainstAsync(other, run, spec, merged: null, cancellationToken);
            if (compared.Summary.Pairing is { } pairing && pairing.Paired >= pairing.Changed + pairing.Added)
            {
                return compared;
            }

            if (looked.Count > MaxDatasets)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>The completed runs that a run may be compared with, latest first.</summary>
    private async IAsyncEnumerable<Run> EarlierAsync(
        string partition,
        Run run,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var other in tables.LatestRunsAsync(partition, cancellationToken))
        {
            if (IsBefore(other, run))
            {
                yield return other;
            }
        }
    }

    private bool IsBefore(Run other, Run run) =>
        other.RunId != run.RunId
        && other.Status == RunStatus.Completed
        && other.Counted > 0
        && other.Finished <= run.Started
        && (other.Group is null || other.Group != run.Group)
        && other.Model is { } model
        && string.Equals(LineOf(model, other, run), LineOf(run.Model ?? "", other, run), StringComparison.OrdinalIgnoreCase);

    /// <summary>The candidates of a group may be of one template, and are not the same model for that.</summary>
    private string LineOf(string model, Run other, Run run) => other.Group is null && run.Group is null ? models.LineOf(model) : model;

    /// <summary>A run that cannot be paired is reported with the reason, and causes no failure.</summary>
    private async Task<PreviousComparison> HoldAgainstAsync(
        Run previous,
        Run run,
        EvaluationSpec spec,
        string? merged,
        CancellationToken cancellationToken
    )
    {
        var (pairing, reason) = await comparison.PairAsync(previous.RunId, run.RunId, merged, cancellationToken);
        var summary = new PreviousSummary
        {
            RunId = previous.RunId,
            Model = previous.Model ?? "",
            Dataset = previous.Dataset,
            NotPaired = reason,
        };
        return new PreviousComparison(
            pairing is null ? summary : summary.With(pairing, spec.Intervals.Replicates),
            new PreviousFacts(summary.RunId, reason ?? pairing?.Undecided, EvaluationResult.GateMetricsOf(pairing?.Lines ?? []))
        );
    }
}
