using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Orchestrations;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Looks at the head of the dataset, so that one that cannot be evaluated costs no model call, cuts it into shards and
/// writes the run's manifest.
/// </summary>
internal sealed class PlanShards(
    DatasetStore datasets,
    RunBlobs blobs,
    RunTables tables,
    TrainingFiles trainingFiles,
    CostEstimate estimate,
    IOptions<EvaluationOptions> options,
    ILogger<PlanShards> logger
)
{
    /// <summary>Bytes of a dataset's beginning that are read to count its rows: as many as a shard may have.</summary>
    private const int HeadBytes = 4 << 20;

    [Function(nameof(PlanShards))]
    public async Task<PlanReport> RunAsync([ActivityTrigger] RunRequest run, CancellationToken cancellationToken)
    {
        Instruments.NameRun(run.RunId);
        if (!await tables.TryBeginAsync(run.RunId, run.Resumption, cancellationToken))
        {
            return new PlanReport(0, [], RunFailure.Superseded);
        }

        if (await tables.FindRunAsync(run.RunId, cancellationToken) is { } row && RunTables.IsCancelRequested(row))
        {
            return new PlanReport(0, [], RunFailure.Cancelled);
        }
        // Shard logs belong to the shards that the run was cut into, be it resumed, or forgotten and started again while its blobs were kept.
        if (await blobs.FindManifestAsync(run.RunId, cancellationToken) is { } planned && planned.Dataset.ETag == run.Dataset.ETag)
        {
            planned = planned with
            {
                IsAutomatic = run.IsAutomatic,
                RepeatsFailedSince = run.RepeatsFailed ? run.Resumption : planned.RepeatsFailedSince,
            };
            await blobs.WriteManifestAsync(planned, cancellationToken);
            return ReportOf(planned);
        }

        var spec = await blobs.ReadSpecAsync(run.RunId, cancellationToken);
        var format = ((DatasetNameKind.Dataset)DatasetNames.Classify(run.Dataset.Name)).Format;
        RangeRead read = async (offset, length, token) => await datasets.ReadAsync(run.Dataset, offset, offset + length, token);
        ShardPlan plan;
        try
        {
            await DatasetProbe.CheckAsync(read, run.Dataset.Length, $"datasets/{run.Dataset.Name}", format, spec, cancellationToken);
            var end = spec.Limits.MaxRows is { } rows
                ? await RowLimit.EndOfAsync(read, run.Dataset.Length, format, rows, cancellationToken)
                : run.Dataset.Length;
            plan = await ShardPlanner.PlanAsync(
                read,
                end,
                // A shard is bounded in answers: it is all of them that one executor holds and logs.
                new ShardPlanOptions
                {
                    Format = format,
                    MinRows = Math.Max(1, options.Value.MinRowsPerShard / spec.Repeats),
                    MaxRows = Math.Max(1, options.Value.MaxRowsPerShard / spec.Repeats),
                    HeadBytes = HeadBytes,
                },
                cancellationToken
            );
        }
        catch (DatasetException invalid)
        {
            return new PlanReport(0, [], new RunFailure("invalid_dataset", invalid.Message));
        }
        catch (DatasetChangedException changed)
        {
            return new PlanReport(0, [], new RunFailure("dataset_changed", changed.Message));
        }

        var roles = new List<RoleModel> { new(Roles.Candidate, spec.Model) };
        if (spec.Baseline is not null)
        {
            roles.Add(new RoleModel(Roles.Baseline, spec.Baseline));
        }

        var (state, training) = (default(TrainingFileState), default(TrainingRows));
        if (run.TrainingFile is { } trainingFile)
        {
            (state, training) = await trainingFiles.ReadAsync(trainingFile, spec, cancellationToken);
            if (spec.Prompt.FewShot is { } fewShot && training.Examples.Count == 0)
            {
                return new PlanReport(
                    0,
                    [],
                    new RunFailure(
                        "training_file",
                        $"prompt.fewShot: {state.Unchecked ?? $"{trainingFile} has no row to show"} {fewShot.Count} examples are asked for."
                    )
                );
            }

            await blobs.WriteTrainingAsync(run.RunId, training, cancellationToken);
        }

        var manifest = new RunManifest
        {
            RunId = run.RunId,
            Dataset = run.Dataset,
            Format = format,
            Roles = roles,
            Shards = plan.Shards,
            CsvHeader = plan.CsvHeader,
            HeaderLines = plan.HeaderLines,
            Training = state,
            IsAutomatic = run.IsAutomatic,
            CodeVersion = CodeVersion.Current,
        };
        await blobs.WriteManifestAsync(manifest, cancellationToken);
        var columns = ExpectedSamples(plan, spec);
        if (await estimate.MostAsync(new RunPlan(manifest, spec, training), plan.EstimatedRows, cancellationToken) is { } cost)
        {
            columns["EstimatedCost"] = cost;
        }

        await tables.UpdateRunAsync(run.RunId, columns, cancellationToken);
        logger.RunPlanned(run.RunId, plan.Shards.Count, roles.Count);
        return ReportOf(manifest);
    }

    /// <summary>How many samples each model will have, for whoever follows the run, and whether that is an estimate.</summary>
    private static Dictionary<string, object?> ExpectedSamples(ShardPlan plan, EvaluationSpec spec)
    {
        var rows = Math.Min(plan.EstimatedRows, spec.Limits.MaxRows ?? long.MaxValue);
        return new Dictionary<string, object?>
        {
            ["ExpectedSamples"] = (long)Math.Round(rows * spec.Limits.SampleFraction) * spec.Repeats,
            ["ExpectedSamplesEstimated"] = !plan.IsRowCountExact || spec.Limits.SampleFraction < 1,
        };
    }

    private static PlanReport ReportOf(RunManifest manifest) =>
        new(manifest.Shards.Count, [.. manifest.Roles.Select(role => role.Role)]) { Window = ShardWindow.Initial };
}
