using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Training;

namespace FunctionsEval.Functions.Storage;

/// <summary>The blobs of a run, under <c>runs/{runId}/</c>.</summary>
internal sealed partial class RunBlobs(BlobServiceClient service)
{
    private readonly BlobContainerClient _container = service.GetBlobContainerClient(StorageNames.Runs);

    public async Task CreateIfMissingAsync(CancellationToken cancellationToken) =>
        await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

    public Task WriteSpecAsync(string runId, string canonicalSpec, CancellationToken cancellationToken) =>
        WriteAsync(StorageNames.Spec(runId), BinaryData.FromString(canonicalSpec), "application/json", cancellationToken);

    public async Task<EvaluationSpec> ReadSpecAsync(string runId, CancellationToken cancellationToken)
    {
        var content = await BoundedDownload.ReadAsync(
            _container.Blob(StorageNames.Spec(runId)),
            SpecLimits.MaxCanonicalBytes,
            cancellationToken
        );
        return SpecReader.ReadCanonical(content.ToMemory().Span, StorageNames.Spec(runId));
    }

    /// <summary>The spec; null when there is none.</summary>
    public async Task<EvaluationSpec?> FindSpecAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadSpecAsync(runId, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>The spec as it is stored; null when there is none.</summary>
    public async Task<BinaryData?> FindSpecTextAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundedDownload.ReadAsync(
                _container.Blob(StorageNames.Spec(runId)),
                SpecLimits.MaxCanonicalBytes,
                cancellationToken
            );
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public Task WriteManifestAsync(RunManifest manifest, CancellationToken cancellationToken) =>
        WriteAsync(StorageNames.Manifest(manifest.RunId), Json(manifest), "application/json", cancellationToken);

    public Task<RunManifest> ReadManifestAsync(string runId, CancellationToken cancellationToken) =>
        ReadJsonAsync<RunManifest>(StorageNames.Manifest(runId), cancellationToken);

    /// <summary>ETag of the manifest: another one for each planning.</summary>
    public async Task<string> ManifestVersionAsync(string runId, CancellationToken cancellationToken) =>
        (
            await _container.Blob(StorageNames.Manifest(runId)).GetPropertiesAsync(cancellationToken: cancellationToken)
        ).Value.ETag.ToString();

    /// <summary>
    /// Keeps the training file of a fine-tuning job, unless it is there from before or <paramref name="download"/> has none.
    /// </summary>
    public async Task KeepJobTrainingFileAsync(
        string jobId,
        Func<Func<Stream, Task>, Task<bool>> download,
        CancellationToken cancellationToken
    )
    {
        var blob = _container.Blob(StorageNames.JobTrainingFile(jobId));
        if (!await blob.ExistsAsync(cancellationToken))
        {
            await download(content => blob.UploadAsync(content, overwrite: true, cancellationToken));
        }
    }

    public async Task WriteTrainingAsync(string runId, TrainingRows training, CancellationToken cancellationToken)
    {
        if (training.Index is { } index)
        {
            await WriteAsync(
                StorageNames.TrainingIndex(runId),
                new BinaryData(index.Write()),
                "application/octet-stream",
                cancellationToken
            );
        }

        await WriteAsync(StorageNames.TrainingExamples(runId), Json(training.Examples), "application/json", cancellationToken);
    }

    public async Task<TrainingRows> ReadTrainingAsync(string runId, TrainingFileState state, CancellationToken cancellationToken)
    {
        var index = state.Unchecked is null
            ? TrainingIndex.Read(
                (await _container.Blob(StorageNames.TrainingIndex(runId)).DownloadContentAsync(cancellationToken)).Value.Content.ToMemory()
            )
            : null;
        return new TrainingRows(index, await ReadJsonAsync<List<ChatMessage>>(StorageNames.TrainingExamples(runId), cancellationToken));
    }

    /// <summary>The training examples that prompts have, without the index of all training rows.</summary>
    public async Task<TrainingRows> ReadTrainingExamplesAsync(string runId, CancellationToken cancellationToken) =>
        new(Index: null, await ReadJsonAsync<List<ChatMessage>>(StorageNames.TrainingExamples(runId), cancellationToken));

    /// <summary>The manifest; null when the run was not planned.</summary>
    public async Task<RunManifest?> FindManifestAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadManifestAsync(runId, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public Task WriteShardStateAsync(string runId, string role, int shard, ShardState state, CancellationToken cancellationToken) =>
        WriteAsync(StorageNames.ShardState(runId, role, shard), Json(state), "application/json", cancellationToken);

    public Task<ShardState> ReadShardStateAsync(string runId, string role, int shard, CancellationToken cancellationToken) =>
        ReadJsonAsync<ShardState>(StorageNames.ShardState(runId, role, shard), cancellationToken);

    /// <summary>The shard's state, or null when the shard has not finished.</summary>
    public async Task<ShardState?> FindShardStateAsync(string runId, string role, int shard, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadShardStateAsync(runId, role, shard, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public Task WriteShardStatisticsAsync(
        string runId,
        string role,
        int shard,
        BinaryData statistics,
        CancellationToken cancellationToken
    ) => WriteAsync(StorageNames.ShardStatistics(runId, role, shard), statistics, "application/octet-stream", cancellationToken);

    public async Task<BinaryData> ReadShardStatisticsAsync(string runId, string role, int shard, CancellationToken cancellationToken) =>
        (await _container.Blob(StorageNames.ShardStatistics(runId, role, shard)).DownloadContentAsync(cancellationToken)).Value.Content;

    public Task WriteSummaryAsync(string runId, BinaryData summary, CancellationToken cancellationToken) =>
        WriteAsync(StorageNames.Summary(runId), summary, "application/json", cancellationToken);

    /// <summary>The text of <c>summary.json</c>, or null when the run has none (yet).</summary>
    public Task<BinaryData?> FindSummaryAsync(string runId, CancellationToken cancellationToken) =>
        FindAsync(StorageNames.Summary(runId), cancellationToken);

    public Task WriteReportAsync(string runId, string html, CancellationToken cancellationToken) =>
        WriteAsync(StorageNames.Report(runId), BinaryData.FromString(html), "text/html; charset=utf-8", cancellationToken);

    /// <summary>The run's <c>report.html</c>, or null when the run has none (yet).</summary>
    public Task<BinaryData?> FindReportAsync(string runId, CancellationToken cancellationToken) =>
        FindAsync(StorageNames.Report(runId), cancellationToken);

    /// <summary>Removes <c>summary.json</c>, <c>report.html</c> and the scoreboard, if they are there.</summary>
    public async Task DeleteSummaryAsync(string runId, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { StorageNames.Summary(runId), StorageNames.Report(runId), StorageNames.Scoreboard(runId) })
        {
            await _container.Blob(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }

    private async Task<BinaryData?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await _container.Blob(name).DownloadContentAsync(cancellationToken)).Value.Content;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>A <c>samples.jsonl</c> to write; readers find none, or the one from before, until it is committed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="place">As in <see cref="StagedBlob"/>.</param>
    public StagedBlob StageSamples(string runId, long? place = null) =>
        new(_container.BlockBlob(StorageNames.Samples(runId)), "application/x-ndjson", place);

    /// <summary>The ETag of <c>samples.jsonl</c>; empty when the run has none (yet).</summary>
    public async Task<string> SamplesVersionAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            var found = await _container.Blob(StorageNames.Samples(runId)).GetPropertiesAsync(cancellationToken: cancellationToken);
            return found.Value.ETag.ToString();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return "";
        }
    }

    /// <summary>Opens <c>samples.jsonl</c> at a byte offset (at its end when there is less), or null when the run has none (yet).</summary>
    public async Task<Stream?> OpenSamplesForReadAsync(string runId, long offset, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await _container
                .Blob(StorageNames.Samples(runId))
                .OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
            stream.Position = Math.Min(offset, stream.Length);
            return stream;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>An unpacked dataset to write, under a name that no reader uses before the manifest says so.</summary>
    public StagedBlob StageDataset(string runId) => new(_container.BlockBlob(StorageNames.UnpackedDataset(runId)), "text/plain");

    /// <summary>Reads <c>[start, end)</c> of an unpacked dataset.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadDatasetAsync(string runId, long start, long end, CancellationToken cancellationToken)
    {
        if (end <= start)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        var content = await _container
            .Blob(StorageNames.UnpackedDataset(runId))
            .DownloadContentAsync(new BlobDownloadOptions { Range = new HttpRange(start, end - start) }, cancellationToken);
        return content.Value.Content.ToMemory();
    }

    /// <summary>What is in a shard's shard log, without taking it.</summary>
    public Task<ShardLogContent> ReadShardLogAsync(RunManifest manifest, string role, int shard, CancellationToken cancellationToken) =>
        ShardLogContent.ReadAsync(ShardLog(manifest.RunId, role, shard), manifest.Shards[shard], cancellationToken);

    /// <summary>The blobs of a shard's shard log, from 0.</summary>
    public Func<int, AppendBlobClient> ShardLog(string runId, string role, int shard) =>
        part => _container.AppendBlob(StorageNames.ShardLog(runId, role, shard, part));

    private static BinaryData Json<T>(T value) => new(JsonSerializer.SerializeToUtf8Bytes(value, RunJson.Options));

    private async Task<T> ReadJsonAsync<T>(string name, CancellationToken cancellationToken)
    {
        var content = await _container.Blob(name).DownloadContentAsync(cancellationToken);
        return JsonSerializer.Deserialize<T>(content.Value.Content, RunJson.Options)
            ?? throw new InvalidDataException($"{StorageNames.Runs}/{name} is empty.");
    }

    private async Task WriteAsync(string name, BinaryData content, string contentType, CancellationToken cancellationToken) =>
        await _container
            .Blob(name)
            .UploadAsync(
                content,
                new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = contentType } },
                cancellationToken
            );
}
