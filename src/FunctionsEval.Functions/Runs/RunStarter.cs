using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>What a start request asks for.</summary>
/// <param name="Dataset">Blob name in the <c>datasets</c> container.</param>
/// <param name="Spec">The spec's text; null to look it up beside the dataset.</param>
/// <param name="Attempt">0, or a higher number to evaluate the same dataset with the same spec once more.</param>
/// <param name="Source">What asked: blob, http, …</param>
internal sealed record StartRequest(string Dataset, string? Spec, int Attempt, string Source);

/// <summary>What became of a start request.</summary>
internal abstract record StartResult
{
    private StartResult() { }

    /// <summary>The run exists; <paramref name="New"/> when this request made it.</summary>
    public sealed record Accepted(string RunId, bool New) : StartResult;

    /// <summary>The request cannot become an evaluation. <paramref name="Run"/> is what a failed run is recorded with.</summary>
    public sealed record Refused(RunFailure Failure, RunReservation Run) : StartResult;

    /// <summary>There is no such dataset, or the blob is not one.</summary>
    public sealed record NoDataset(string Code, string Message) : StartResult;

    /// <summary>The blob is the training file that <paramref name="Spec"/> names: it is never evaluated.</summary>
    public sealed record TrainingFile(string Spec) : StartResult
    {
        public string Message => $"it is the training file of {StorageNames.Datasets}/{Spec}.";
    }
}

/// <summary>
/// Turns a dataset into a run: finds and checks the spec, reserves the run in the table (an insert, so that of ten
/// deliveries one wins) and sees to it that its orchestration is scheduled.
/// </summary>
internal sealed class RunStarter(
    DatasetStore datasets,
    RunBlobs blobs,
    RunTables tables,
    RunScheduler scheduler,
    SpecCheck specs,
    TrainingFileNames trainingFiles,
    TimeProvider time,
    ILogger<RunStarter> logger
)
{
    /// <summary>What messages call a spec that came with the request.</summary>
    private const string RequestSpec = "spec";

    /// <summary>Starts the run of an uploaded blob; what cannot be evaluated is recorded as a failed run, so that it is seen.</summary>
    public async Task StartUploadedAsync(string blobName, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        switch (await StartOrRecordAsync(blobName, durable, cancellationToken))
        {
            case StartResult.NoDataset ignored:
                logger.BlobIgnored(blobName, ignored.Message);
                break;
            case StartResult.TrainingFile training:
                logger.BlobIgnored(blobName, training.Message);
                break;
            case StartResult.Accepted { New: false } known:
                logger.RunKnown(known.RunId, blobName);
                break;
        }
    }

    /// <summary>
    /// As <see cref="StartUploadedAsync"/>, for a version that no run evaluates or has evaluated, and without a word on blobs that need
    /// nothing: most of those a sweep meets.
    /// </summary>
    /// <param name="dataset">The version.</param>
    /// <param name="countsFailed">Whether a run that failed counts; else a version whose runs all failed is started once more if its spec
    /// has changed.</param>
    /// <param name="durable">Schedules it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartMissedAsync(
        DatasetVersion dataset,
        bool countsFailed,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (!await tables.HasRunAsync(dataset.Name, dataset.ETag, countsFailed, cancellationToken))
            {
                await StartOrRecordAsync(dataset.Name, durable, cancellationToken);
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // One dataset must not keep the others waiting; it is met again.
            logger.NotReconciled(fault, $"{StorageNames.Datasets}/{dataset.Name}");
        }
    }

    private async Task<StartResult> StartOrRecordAsync(string blobName, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var result = await StartAsync(new StartRequest(blobName, Spec: null, Attempt: 0, Source: "blob"), durable, cancellationToken);
        if (result is StartResult.Refused refused)
        {
            await RecordRefusedAsync(refused, cancellationToken);
        }

        return result;
    }

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

    /// <summary>Starts a run, or says why it cannot be started. Known runs are not started again.</summary>
    public async Task<StartResult> StartAsync(StartRequest request, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        var kind = DatasetNames.Classify(request.Dataset);
        if (kind is DatasetNameKind.Spec)
        {
            return new StartResult.NoDataset("not_a_dataset", "it is an evaluation spec; it applies to the datasets beside it.");
        }

        if (kind is DatasetNameKind.Ignored ignored)
        {
            return new StartResult.NoDataset("not_a_dataset", ignored.Reason);
        }

        if (kind is DatasetNameKind.Invalid invalid)
        {
            return new StartResult.NoDataset("invalid_name", invalid.Message);
        }

        if (await datasets.FindAsync(request.Dataset, cancellationToken) is not { } dataset)
        {
            return new StartResult.NoDataset(
                "dataset_not_found",
                $"There is no blob datasets/{request.Dataset}. Upload it first, or check the name."
            );
        }

        var specNames = DatasetNames.SpecCandidates(dataset.Name);
        var found = request.Spec is null
            ? await datasets.FindSpecAsync(specNames, cancellationToken)
            : (RequestSpec, BinaryData.FromString(request.Spec));
        var run = new RunReservation
        {
            RunId = "",
            Dataset = dataset.Name,
            DatasetETag = dataset.ETag,
            DatasetBytes = dataset.Length,
            DatasetHash = dataset.ContentHash,
            Suite = DatasetNames.SuiteOf(dataset.Name),
            Name = DatasetNames.SuiteOf(dataset.Name),
            SpecHash = "",
            Started = time.GetUtcNow(),
            Source = request.Source,
        };
        if (kind is DatasetNameKind.Unsupported unsupported)
        {
            return Refuse(
                new RunFailure(
                    "unsupported_format",
                    $"datasets/{dataset.Name}: {await DescribeAsync(dataset, unsupported, cancellationToken)}"
                )
            );
        }

        if (found is not { } specFile)
        {
            if (await trainingFiles.FindSpecAsync(dataset.Name, applying: null, cancellationToken) is { } naming)
            {
                return new StartResult.TrainingFile(naming);
            }

            var looked = string.Join(", ", specNames.Select(candidate => "datasets/" + candidate));
            return Refuse(
                new RunFailure(
                    "no_spec",
                    $"datasets/{dataset.Name} has no evaluation spec. Looked for {looked}. Upload one of them, then upload the dataset again."
                )
            );
        }

        var failure = specs.Read(specFile.Name, specFile.Content, out var spec);
        // A spec in the request counts as the blob's own: whoever sends one asks for this blob by name.
        var specPlace = request.Spec is null ? specFile.Name : specNames[0];
        if (spec is not null && await trainingFiles.FindSpecAsync(dataset.Name, (specPlace, spec), cancellationToken) is { } named)
        {
            return new StartResult.TrainingFile(named);
        }

        if (failure is not null || spec is null)
        {
            return Refuse(failure!);
        }

        var trainingFile = DatasetNames.TrainingFileOf(specPlace, spec);
        var identity = SpecReader.Identity(spec);
        run = run with
        {
            RunId = datasets.RunIdOf(dataset, identity, request.Attempt),
            Name = spec.Name ?? run.Suite,
            Model = spec.Model,
            Baseline = spec.Baseline,
            SpecHash = RunReservation.HashOf(identity),
            TrainingFile = trainingFile is null ? null : $"{StorageNames.Datasets}/{trainingFile}",
        };
        if (request.Attempt == 0 && await tables.FindSameAsync(run, cancellationToken) is { } same && same != run.RunId)
        {
            await scheduler.EnsureScheduledAsync(same, durable, cancellationToken);
            return new StartResult.Accepted(same, New: false);
        }

        return await ReserveAndScheduleAsync(run, spec, durable, cancellationToken);

        // The run of what cannot be evaluated is that of the spec as it is written.
        StartResult.Refused Refuse(RunFailure failure) =>
            new(failure, run with { RunId = datasets.RunIdOf(dataset, found?.Content.ToString() ?? "", request.Attempt) });
    }

    private async Task<StartResult> ReserveAndScheduleAsync(
        RunReservation run,
        EvaluationSpec spec,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var isNew = false;
        if (await tables.FindRunAsync(run.RunId, cancellationToken) is null)
        {
            // The spec first: a run that is reserved can be scheduled by anybody, should this starter die.
            await blobs.WriteSpecAsync(run.RunId, SpecReader.Canonical(spec), cancellationToken);
            isNew = await tables.TryReserveAsync(run, failure: null, cancellationToken);
        }

        await scheduler.EnsureScheduledAsync(run.RunId, durable, cancellationToken);
        return new StartResult.Accepted(run.RunId, isNew);
    }

    private async Task RecordRefusedAsync(StartResult.Refused refused, CancellationToken cancellationToken)
    {
        var isNew = await tables.TryReserveAsync(refused.Run, refused.Failure, cancellationToken);
        // Whoever reserved it may have died before it was indexed.
        if (await tables.FindRunAsync(refused.Run.RunId, cancellationToken) is { } row)
        {
            await tables.IndexAsync(row, cancellationToken);
        }

        if (isNew)
        {
            logger.RunFailed(refused.Run.RunId, refused.Failure.Code, refused.Failure.Message);
        }
    }
}
