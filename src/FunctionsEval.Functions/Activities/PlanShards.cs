using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>
/// Checks the head of the dataset, so that an unusable dataset costs no model call, cuts the dataset into shards and writes the run's
/// manifest.
/// </summary>
internal sealed class PlanShards(
    DatasetText texts,
    RunBlobs blobs,
    RunTables tables,
    TrainingFiles trainingFiles,
    StoredBaselines baselines,
    CostEstimate estimate,
    ModelRegistry models,
    IOptions<EvaluationOptions> options,
    ILogger<PlanShards> logger
)
{
    /// <summary>Requests that each slot of a model serves for a shard of a small dataset, at least.</summary>
    private const int RoundsOfShard = 8;

    /// <summary>Rows for which a shard's own steps cost little beside their calls.</summary>
    private const int RowsWorthAShard = 100;

    /// <summary>Bytes of a dataset's beginning that are read to count its rows: as many as a shard may have.</summary>
    private const int HeadBytes = 4 << 20;

    [Function(nameof(PlanShards))]
    public async Task<PlanReport> RunAsync([ActivityTrigger] RunRequest run, CancellationToken cancellationToken)
    {
        Instruments.NameRun(run.RunId);
        if (!await tables.TryBeginAsync(run.RunId, run.Resumption, cancellationToken))
        {
            return Refused(RunFailure.Superseded);
        }

        if (await tables.FindRunAsync(run.RunId, cancellationToken) is { Run.CancelRequested: true })
        {
            return Refused(RunFailure.Cancelled);
        }

        if (await PlanAgainAsync(run, cancellationToken) is { } planned)
        {
            return ReportOf(planned);
        }

        var spec = await blobs.ReadSpecAsync(run.RunId, cancellationToken);
        try
        {
            return await PlanAsync(run, spec, cancellationToken);
        }
        catch (DatasetException invalid)
        {
            return Refused(new RunFailure("invalid_dataset", invalid.Message));
        }
        catch (DatasetChangedException changed)
        {
            return Refused(new RunFailure("dataset_changed", changed.Message));
        }
    }

    /// <summary>
    /// The manifest of an earlier planning, for this execution; null for none. Shard logs belong to the shards of that planning, even if
    /// the run was resumed, or deleted and started again while its blobs were kept.
    /// </summary>
    private async Task<RunManifest?> PlanAgainAsync(RunRequest run, CancellationToken cancellationToken)
    {
        if (await blobs.FindManifestAsync(run.RunId, cancellationToken) is not { } planned || planned.Dataset.ETag != run.Dataset.ETag)
        {
            return null;
        }

        planned = planned with
        {
            IsAutomatic = run.IsAutomatic,
            RepeatsFailedSince = run.RepeatsFailed ? run.Resumption : planned.RepeatsFailedSince,
        };
        await blobs.WriteManifestAsync(planned, cancellationToken);
        return planned;
    }

    private async Task<PlanReport> PlanAsync(RunRequest run, EvaluationSpec spec, CancellationToken cancellationToken)
    {
        var (resolved, unresolved) = await baselines.ResolveAsync(run.Dataset, spec, cancellationToken);
        if (resolved is null)
        {
            return Refused(unresolved!);
        }

        var kind = (DatasetNameKind.Dataset)DatasetNames.Classify(run.Dataset.Name);
        var (plan, samplesPerRow, unpackedBytes) = await CutAsync(run, kind, spec, cancellationToken);
        var (state, training) = (default(TrainingFileState), default(TrainingRows));
        if (run.TrainingFile is { } trainingFile)
        {
            (state, training) = await trainingFiles.ReadAsync(trainingFile, spec, cancellationToken);
            if (spec.Prompt.FewShot is { } fewShot && training.Examples.Count == 0)
            {
                var reason = state.Unchecked ?? $"{trainingFile} has no row that can be an example.";
                return Refused(new RunFailure("training_file", $"prompt.fewShot: {reason} The spec asks for {fewShot.Count} examples."));
            }

            await blobs.WriteTrainingAsync(run.RunId, training, cancellationToken);
        }

        var manifest = ManifestOf(run, resolved, kind.Format, plan) with { Training = state, UnpackedBytes = unpackedBytes };
        var cost = await estimate.MaxAsync(new RunPlan(manifest, spec, training), plan.EstimatedRows * samplesPerRow, cancellationToken);
        await tables.UpdateRunAsync(
            run.RunId,
            planned =>
                resolved.Apply(planned) with
                {
                    ExpectedSamples = ExpectedSamples(plan, samplesPerRow, spec),
                    ExpectedSamplesEstimated = !plan.IsRowCountExact || spec.Limits.SampleFraction < 1 || spec.Turns == TurnSelection.All,
                    EstimatedCost = cost ?? planned.EstimatedCost,
                },
            cancellationToken
        );
        // Last, because a repetition that finds it plans nothing: the row would stay without what stands above.
        await blobs.WriteManifestAsync(manifest, cancellationToken);
        logger.RunPlanned(run.RunId, plan.Shards.Count, manifest.Roles.Count);
        return ReportOf(manifest);
    }

    /// <summary>Cuts a dataset into shards, once its head shows that it can be evaluated. A packed one is unpacked before.</summary>
    /// <exception cref="DatasetException">It cannot.</exception>
    private async Task<(ShardPlan Plan, double SamplesPerRow, long? UnpackedBytes)> CutAsync(
        RunRequest run,
        DatasetNameKind.Dataset kind,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        var format = kind.Format;
        var (head, length) = await HeadAsync(run.Dataset, kind, cancellationToken);
        var probe = await DatasetProbe.CheckAsync(
            head,
            length,
            $"datasets/{run.Dataset.Name}",
            spec.ReadOptions(format),
            spec.Limits.MaxMalformedShare,
            cancellationToken
        );
        var unpackedBytes = kind.Packing is null
            ? (long?)null
            : await texts.UnpackAsync(run.RunId, run.Dataset, kind, options.Value.MaxUnpackedBytes, cancellationToken);
        var read = texts.ReaderOf(run.RunId, run.Dataset, unpackedBytes);
        var end = unpackedBytes ?? run.Dataset.Length;
        end = spec.Limits.MaxRows is { } rows ? await format.EndOfAsync(read, end, rows, cancellationToken) : end;
        var answersPerRow = spec.Repeats * probe.SamplesPerRow;
        var plan = await ShardPlanner.PlanAsync(
            read,
            end,
            // A shard is bounded in answers, because one executor holds and logs all of them.
            new ShardPlanOptions
            {
                Format = format,
                MinRows = (int)Math.Max(1, MinRowsOf(spec) / answersPerRow),
                MaxRows = (int)Math.Max(1, options.Value.MaxRowsPerShard / answersPerRow),
                HeadBytes = HeadBytes,
            },
            cancellationToken
        );
        return (plan, probe.SamplesPerRow, unpackedBytes);
    }

    /// <summary>
    /// Rows of a shard in a small dataset. No more than keep an instance's slots busy for a few rounds, so that several instances end at
    /// about the same time.
    /// </summary>
    private int MinRowsOf(EvaluationSpec spec) =>
        models.TryGet(spec.Model, out var model)
            ? Math.Min(options.Value.MinRowsPerShard, Math.Max(RowsWorthAShard, RoundsOfShard * model.Options.MaxConcurrency))
            : options.Value.MinRowsPerShard;

    /// <summary>
    /// Reads the beginning of a dataset's text, and its length: any that is larger for one that was not unpacked to its end.
    /// </summary>
    private async Task<(RangeRead Read, long Length)> HeadAsync(
        DatasetVersion dataset,
        DatasetNameKind.Dataset kind,
        CancellationToken cancellationToken
    )
    {
        if (kind.Packing is null || dataset.Length == 0)
        {
            return (texts.ReaderOf(dataset), dataset.Length);
        }

        var head = await texts.ReadHeadAsync(dataset, kind, DatasetProbe.HeadBytes + 1, cancellationToken);
        return ((offset, length, _) => ValueTask.FromResult(head.Slice((int)offset, length)), head.Length);
    }

    private static RunManifest ManifestOf(RunRequest run, ResolvedBaseline resolved, DatasetFormat format, ShardPlan plan) =>
        new()
        {
            RunId = run.RunId,
            Dataset = run.Dataset,
            Format = format,
            Roles =
            [
                new RoleModel(Roles.Candidate, resolved.Spec.Model),
                .. (resolved.Stored?.Model ?? resolved.Spec.Baseline) is { } baseline
                    ? [new RoleModel(Roles.Baseline, baseline)]
                    : Array.Empty<RoleModel>(),
            ],
            Shards = plan.Shards,
            CsvHeader = plan.CsvHeader,
            HeaderLines = plan.HeaderLines,
            IsAutomatic = run.IsAutomatic,
            BaselineFirst = new RowMeasurer(resolved.Spec).ComparesWithBaseline,
            BaselineRun = resolved.Stored,
            Group = run.Group,
            CodeVersion = CodeVersion.Current,
        };

    /// <summary>How many samples each model will have, to show the run's progress.</summary>
    private static long ExpectedSamples(ShardPlan plan, double samplesPerRow, EvaluationSpec spec)
    {
        var rows = Math.Min(plan.EstimatedRows, spec.Limits.MaxRows ?? long.MaxValue);
        return (long)Math.Round(rows * samplesPerRow * spec.Limits.SampleFraction) * spec.Repeats;
    }

    private static PlanReport ReportOf(RunManifest manifest) =>
        new(manifest.Shards.Count, [.. manifest.Roles.Select(role => role.Role)])
        {
            Window = PlanReport.InitialWindow,
            ShardsMerged = PlanReport.ShardsMergedTogether,
            BaselineFirst = manifest.BaselineFirst,
        };

    private static PlanReport Refused(RunFailure failure) => new(0, [], failure);
}
