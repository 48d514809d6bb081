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
    EventTable events,
    TimeProvider time,
    ILogger<RetirementDrills> logger
)
{
    private const string Source = "retirement";

    /// <summary>Starts the runs that are due.</summary>
    /// <param name="durable">Schedules them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartDueAsync(DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var suites = new DatasetSpecs(datasets, trainingFiles, logger);
        var known = new Dictionary<string, ModelState?>(StringComparer.OrdinalIgnoreCase);
        await foreach (var dataset in datasets.ModifiedAsync(DateTimeOffset.MinValue, cancellationToken))
        {
            try
            {
                if (await suites.FindAsync(dataset.Name, spec => spec.OnRetirement is not null, cancellationToken) is var (name, spec))
                {
                    await StartAsync(dataset, name, spec, known, durable, cancellationToken);
                }
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                // One dataset must not delay the others. The next pass tries it again.
                logger.NotReconciled(fault, $"{StorageNames.Datasets}/{dataset.Name}");
            }
        }
    }

    private async Task StartAsync(
        DatasetVersion dataset,
        string specName,
        EvaluationSpec spec,
        Dictionary<string, ModelState?> known,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var wish = spec.OnRetirement!;
        if (!known.TryGetValue(spec.Model, out var state))
        {
            known[spec.Model] = state = await retirements.FindAsync(spec.Model, cancellationToken);
            if (state?.Retires is null)
            {
                logger.RetirementUnknown(specName, spec.Model, state?.NotKnown ?? "no such model is configured.");
            }
        }

        if (state?.Retires is not { } date || date - time.GetUtcNow() > TimeSpan.FromDays(wish.Days))
        {
            return;
        }

        var wanted = spec with
        {
            Model = wish.Replacement,
            Baseline = new BaselineReference.LatestRun(spec.Model).ToString(),
            Gate = wish.AcceptanceOf(spec.Gate),
            OnFineTune = null,
            OnRetirement = null,
        };
        var key = $"{dataset.Name}|{dataset.ETag}|{spec.Model}|{SpecHash.From(SpecReader.Identity(wanted))}";
        if (await events.IsKnownDrillAsync(key, cancellationToken))
        {
            return;
        }

        // The retiring model may be gone. Without its stored answers it is asked itself, which says so where it is.
        if ((await baselines.ResolveAsync(dataset, wanted, cancellationToken)).Resolved is null)
        {
            wanted = wanted with { Baseline = spec.Model };
        }

        var request = new StartRequest(dataset.Name, SpecReader.Canonical(wanted), Attempt: 0, Source);
        if (await starter.StartOrRecordAsync(request, durable, cancellationToken) is StartResult.Accepted { RunId: var runId })
        {
            logger.ReplacementEvaluated(
                spec.Model,
                date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                runId,
                wish.Replacement,
                dataset.Name
            );
        }

        await events.RememberDrillAsync(key, time.GetUtcNow(), cancellationToken);
    }
}
