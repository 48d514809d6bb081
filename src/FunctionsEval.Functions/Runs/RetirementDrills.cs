using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Evaluates the replacement of a model whose retirement comes near (<c>onRetirement</c>), once for each dataset version and spec. The
/// retiring model's stored answers are the baseline, so that it need not be served any more.
/// </summary>
internal sealed class RetirementDrills(
    DatasetStore datasets,
    TrainingFileNames trainingFiles,
    ModelRetirements retirements,
    RunStarter starter,
    StoredBaselines baselines,
    SuiteFolders suites,
    SuiteStarter suiteStarter,
    EventTable events,
    TimeProvider time,
    ILogger<RetirementDrills> logger
)
{
    private const string Source = "retirement";

    /// <summary>Starts the runs that are due, and a suite run over those of each suite with one verdict.</summary>
    /// <param name="durable">Schedules them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartDueAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var specs = new DatasetSpecs(datasets, trainingFiles, logger);
        var known = new Dictionary<string, ModelState?>(StringComparer.OrdinalIgnoreCase);
        var runs = new Dictionary<string, string>(StringComparer.Ordinal);
        var failed = new List<string>();
        await foreach (var dataset in datasets.ModifiedAsync(DateTimeOffset.MinValue, cancellationToken))
        {
            try
            {
                if (
                    await specs.FindAsync(dataset.Name, spec => spec.OnRetirement is not null, cancellationToken) is var (name, spec)
                    && await FindDateAsync(name, spec, known, cancellationToken) is { } date
                    && await StartAsync(dataset, spec, date, durable, cancellationToken) is { Length: > 0 } runId
                )
                {
                    runs[dataset.Name] = runId;
                }
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                // One dataset must not delay the others. The next pass tries it again.
                logger.NotReconciled(fault, $"{StorageNames.Datasets}/{dataset.Name}");
                failed.Add(dataset.Name);
            }
        }

        await StartSuitesAsync(runs, failed, durable, cancellationToken);
    }

    /// <summary>When the model of a spec retires, if that is near; null otherwise.</summary>
    private async Task<DateTimeOffset?> FindDateAsync(
        string specName,
        EvaluationSpec spec,
        Dictionary<string, ModelState?> known,
        CancellationToken cancellationToken
    )
    {
        if (!known.TryGetValue(spec.Model, out var state))
        {
            known[spec.Model] = state = await retirements.FindAsync(spec.Model, cancellationToken);
            if (state?.Retires is null)
            {
                logger.RetirementUnknown(specName, spec.Model, state?.NotKnown ?? "no such model is configured.");
            }
        }

        return state?.Retires is { } date && date - time.GetUtcNow() <= TimeSpan.FromDays(spec.OnRetirement!.Days) ? date : null;
    }

    /// <returns>The run, new or earlier; empty for none.</returns>
    private async Task<string> StartAsync(
        DatasetVersion dataset,
        EvaluationSpec spec,
        DateTimeOffset retires,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var wish = spec.OnRetirement!;
        var wanted = (spec with { OnFineTune = null, OnRetirement = null, Gate = wish.AcceptanceOf(spec.Gate) }).WithCandidates([
            wish.Replacement,
        ]) with
        {
            Baseline = new BaselineReference.LatestRun(spec.Model).ToString(),
        };
        var key = $"{dataset.Name}|{dataset.ETag}|{spec.Model}|{SpecHash.From(SpecReader.Identity(wanted))}";
        if (await events.FindDrillAsync(key, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        // The retiring model may be gone. Without its stored answers it is asked itself, which says so where it is.
        if ((await baselines.ResolveAsync(dataset, wanted, cancellationToken)).Resolved is null)
        {
            wanted = wanted with { Baseline = spec.Model };
        }

        wanted = await suites.QuietAsync(dataset.Name, wanted, cancellationToken);
        var request = new StartRequest(dataset.Name, SpecReader.Canonical(wanted), Attempt: 0, Source);
        var result = await starter.StartOrRecordAsync(request, durable, cancellationToken);
        var runId = (result as StartResult.Refused)?.Run.RunId ?? "";
        if (result is StartResult.Accepted accepted)
        {
            runId = accepted.RunId;
            logger.ReplacementEvaluated(
                spec.Model,
                retires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                runId,
                wish.Replacement,
                dataset.Name
            );
        }

        await events.RememberDrillAsync(key, runId, time.GetUtcNow(), cancellationToken);
        return runId;
    }

    /// <summary>Starts the suite runs. The same runs are the same suite run, so every pass does it again.</summary>
    private async Task StartSuitesAsync(
        Dictionary<string, string> runs,
        List<string> failed,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        foreach (var folder in await suites.FindFoldersAsync(runs.Keys, cancellationToken))
        {
            if (failed.Exists(dataset => dataset.StartsWith(folder + "/", StringComparison.Ordinal)))
            {
                continue;
            }

            var start = new SuiteStart(folder, Source)
            {
                ReservedRuns = runs,
                NotReserved = new RunFailure(
                    "not_retiring",
                    "no replacement is evaluated on it, because its spec has no onRetirement, or its model does not retire soon"
                ),
            };
            try
            {
                await suiteStarter.StartOrLogAsync(start, durable, cancellationToken);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                logger.NotReconciled(fault, $"{StorageNames.Datasets}/{folder}");
            }
        }
    }
}
