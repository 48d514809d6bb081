using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;
using Microsoft.DurableTask.Client;

namespace FunctionsEval.Functions.Runs;

/// <summary>
/// Turns a dataset into a run: finds and checks the spec, reserves the run and ensures that its orchestration is scheduled.
/// </summary>
internal sealed class RunStarter(
    DatasetStore datasets,
    RunTables tables,
    RunReservations reservations,
    RunScheduler scheduler,
    SpecCheck specs,
    StoredBaselines baselines,
    TrainingFileNames trainingFiles,
    SuiteFolders suites,
    CallerContexts contexts,
    TimeProvider time
)
{
    /// <summary>What messages call a spec that came with the request.</summary>
    private const string RequestSpec = "spec";

    /// <summary>As <see cref="StartAsync(StartRequest, DurableTaskClient, CancellationToken)"/>; what is refused is recorded as a failed run,
    /// so that it is seen.</summary>
    /// <remarks>
    /// A spec that is stored between the look and the record finds no refused run to start. So a spec is looked for once more when a refusal
    /// is recorded.
    /// </remarks>
    public async Task<StartResult> StartOrRecordAsync(StartRequest request, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await StartAsync(request, durable, cancellationToken);
            if (
                result is not StartResult.Refused refused
                || !await reservations.RecordAsync(refused.Run, spec: null, refused.Failure, cancellationToken)
                || !request.IsUpload
            )
            {
                return result;
            }
        }
    }

    /// <summary>Starts a run, or says why it cannot be started. Known runs are not started again.</summary>
    public async Task<StartResult> StartAsync(StartRequest request, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var result = await PrepareAsync(request, cancellationToken);
        if (result is not StartResult.Prepared prepared)
        {
            return result;
        }

        var (runId, isNew) = (prepared.Existing ?? prepared.Run.RunId, false);
        if (prepared.Existing is null && !await reservations.IsKnownAsync(runId, cancellationToken))
        {
            var spec = await QuietAsync(request, prepared.Spec, cancellationToken);
            isNew = await reservations.TryReserveAsync(prepared.Run, spec, failure: null, cancellationToken);
        }

        var kept = await contexts.KeepAsync(runId, request.Context, cancellationToken);
        await scheduler.EnsureScheduledAsync(runId, durable, cancellationToken);
        return new StartResult.Accepted(runId, isNew) { ContextKept = kept };
    }

    /// <summary>
    /// The spec of a new run. Where an upload into a suite starts it, the suite tells of its end, and the spec tells nobody: the suite is
    /// noted first, so that a starter that ends here has left nothing untold.
    /// </summary>
    private async Task<EvaluationSpec> QuietAsync(StartRequest request, EvaluationSpec spec, CancellationToken cancellationToken)
    {
        if (!request.IsUpload || await suites.FindAboveAsync(request.Dataset, cancellationToken) is not { } suite)
        {
            return spec;
        }

        await tables.Suites.Waiting.AddAsync(suite.Folder, time.GetUtcNow(), cancellationToken);
        return spec with { Notify = null };
    }

    /// <summary>Finds what a request asks for, or says why it cannot be started. Nothing is written.</summary>
    /// <returns>No <see cref="StartResult.Accepted"/>.</returns>
    public async Task<StartResult> PrepareAsync(StartRequest request, CancellationToken cancellationToken)
    {
        var kind = DatasetNames.Classify(request.Dataset);
        if (NoDatasetIn(kind) is { } none)
        {
            return none;
        }

        if (await datasets.FindAsync(request.Dataset, cancellationToken) is not { } dataset)
        {
            return new StartResult.NoDataset(
                "dataset_not_found",
                $"There is no blob datasets/{request.Dataset}. Upload it first, or check the name."
            );
        }

        var file = request.Spec is null
            ? await datasets.FindSpecAsync(DatasetNames.SpecCandidates(dataset.Name), cancellationToken)
            : (RequestSpec, BinaryData.FromString(request.Spec));
        if (kind is DatasetNameKind.Unsupported unsupported)
        {
            var why = await DescribeAsync(dataset, unsupported, cancellationToken);
            return Refuse(request, dataset, file?.Content, new RunFailure("unsupported_format", $"datasets/{dataset.Name}: {why}"));
        }

        return file is { } spec
            ? await PrepareAsync(request, dataset, spec.Name, spec.Content, cancellationToken)
            : await RefuseWithoutSpecAsync(request, dataset, cancellationToken);
    }

    private async Task<StartResult> PrepareAsync(
        StartRequest request,
        DatasetVersion dataset,
        string specName,
        BinaryData content,
        CancellationToken cancellationToken
    )
    {
        var failure = specs.Read(specName, content, request.Overrides, out var spec);
        if (spec?.Suite is not null && DatasetNames.IsOwnSpec(specName, dataset.Name))
        {
            failure ??= new RunFailure(
                "invalid_spec",
                $"{specName}: $.suite: belongs to the {DatasetNames.SpecName} of a folder, because it is about all datasets of it. Move it there."
            );
        }

        // A spec in the request counts as the blob's own: whoever sends one asks for this blob by name.
        var specPlace = request.Spec is null ? specName : DatasetNames.SpecCandidates(dataset.Name)[0];
        if (spec is not null && await trainingFiles.FindSpecAsync(dataset.Name, (specPlace, spec), cancellationToken) is { } named)
        {
            return new StartResult.TrainingFile(named);
        }

        if (failure is not null || spec is null)
        {
            return Refuse(request, dataset, content, failure!);
        }

        if (await FindDeliveredAsync(request, dataset, spec, cancellationToken) is { } delivered)
        {
            return new StartResult.Prepared(reservations.Create(dataset, spec, request.Attempt, request.Source), spec, delivered);
        }

        var (resolved, unresolved) = await baselines.ResolveAsync(dataset, spec, cancellationToken);
        return resolved is null
            ? Refuse(request, dataset, content, unresolved!)
            : await PrepareAsync(request, dataset, specPlace, resolved, cancellationToken);
    }

    /// <summary>
    /// The run that an upload has started before; null for none. An upload that is reported twice starts one run, although another run may
    /// be the latest by then.
    /// </summary>
    private async Task<string?> FindDeliveredAsync(
        StartRequest request,
        DatasetVersion dataset,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    ) =>
        request.IsUpload && BaselineReference.From(spec.Baseline) is BaselineReference.LatestRun
            ? await tables.FindUploadedAsync(dataset, SpecHash.From(SpecReader.Identity(spec)), cancellationToken)
            : null;

    private async Task<StartResult> PrepareAsync(
        StartRequest request,
        DatasetVersion dataset,
        string specPlace,
        ResolvedBaseline resolved,
        CancellationToken cancellationToken
    )
    {
        var trainingFile = DatasetNames.TrainingFileOf(specPlace, resolved.Spec.TrainingFile);
        var run = reservations.Create(dataset, resolved, request.Attempt, request.Source) with
        {
            TrainingFile = trainingFile is null ? null : $"{StorageNames.Datasets}/{trainingFile}",
        };
        var same = request.Attempt == 0 ? await tables.FindSameAsync(run, cancellationToken) : null;
        return new StartResult.Prepared(run, resolved.Spec, same == run.RunId ? null : same);
    }

    private async Task<StartResult> RefuseWithoutSpecAsync(
        StartRequest request,
        DatasetVersion dataset,
        CancellationToken cancellationToken
    )
    {
        if (await trainingFiles.FindSpecAsync(dataset.Name, applying: null, cancellationToken) is { } naming)
        {
            return new StartResult.TrainingFile(naming);
        }

        var looked = string.Join(", ", DatasetNames.SpecCandidates(dataset.Name).Select(candidate => "datasets/" + candidate));
        return Refuse(
            request,
            dataset,
            spec: null,
            new RunFailure(
                "no_spec",
                $"datasets/{dataset.Name} has no evaluation spec. Looked for {looked}. Upload one of them; the dataset is evaluated then."
            )
        );
    }

    private StartResult.Refused Refuse(StartRequest request, DatasetVersion dataset, BinaryData? spec, RunFailure failure) =>
        new(failure, reservations.CreateRefused(dataset, spec?.ToString() ?? "", request.Attempt, request.Source));

    /// <summary>Why a blob is no dataset by its name; null for one that may be.</summary>
    private static StartResult.NoDataset? NoDatasetIn(DatasetNameKind kind) =>
        kind switch
        {
            DatasetNameKind.Spec => new("not_a_dataset", "it is an evaluation spec; it applies to the datasets beside it."),
            DatasetNameKind.Ignored ignored => new("not_a_dataset", ignored.Reason),
            DatasetNameKind.Invalid invalid => new("invalid_name", invalid.Message),
            _ => null,
        };

    /// <summary>Which formats are read and what to do with the dataset; of JSON its content tells.</summary>
    private async Task<string> DescribeAsync(
        DatasetVersion dataset,
        DatasetNameKind.Unsupported unsupported,
        CancellationToken cancellationToken
    )
    {
        if (!DatasetNames.IsJson(dataset.Name))
        {
            return unsupported.Message;
        }

        try
        {
            var head = await datasets.ReadAsync(dataset, 0, Math.Min(dataset.Length, DatasetProbe.HeadBytes), cancellationToken);
            return DatasetNames.Describe(dataset.Name, unsupported, head.Span);
        }
        catch (DatasetChangedException)
        {
            return unsupported.Message;
        }
    }
}
