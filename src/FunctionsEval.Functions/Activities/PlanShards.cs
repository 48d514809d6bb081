using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Orchestrations;
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
    DatasetStore datasets, RunBlobs blobs, RunTables tables, IOptions<EvaluationOptions> options, ILogger<PlanShards> logger)
{
    [Function(nameof(PlanShards))]
    public async Task<PlanReport> RunAsync([ActivityTrigger] RunRequest run, CancellationToken cancellationToken)
    {
        await tables.UpdateRunAsync(run.RunId, new Dictionary<string, object?> { ["Status"] = nameof(RunStatus.Running) }, cancellationToken);
        var spec = await blobs.ReadSpecAsync(run.RunId, cancellationToken);
        var format = ((DatasetNameKind.Dataset)DatasetNames.Classify(run.Dataset.Name)).Format;
        RangeRead read = async (offset, length, token) => await datasets.ReadAsync(run.Dataset, offset, offset + length, token);
        ShardPlan plan;
        try
        {
            await DatasetProbe.CheckAsync(read, run.Dataset.Length, $"datasets/{run.Dataset.Name}", format, spec, cancellationToken);
            plan = await ShardPlanner.PlanAsync(
                read,
                run.Dataset.Length,
                new ShardPlanOptions { Format = format, MinRows = options.Value.MinRowsPerShard, MaxRows = options.Value.MaxRowsPerShard },
                cancellationToken);
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
            roles.Add(new RoleModel(Roles.Baseline, spec.Baseline));
        await blobs.WriteManifestAsync(
            new RunManifest
            {
                RunId = run.RunId,
                Dataset = run.Dataset,
                Format = format,
                Roles = roles,
                Shards = plan.Shards,
                CsvHeader = plan.CsvHeader,
                HeaderLines = plan.HeaderLines,
                CodeVersion = CodeVersion.Current,
            },
            cancellationToken);
        logger.RunPlanned(run.RunId, plan.Shards.Count, roles.Count);
        return new PlanReport(plan.Shards.Count, roles.ConvertAll(role => role.Role));
    }
}
