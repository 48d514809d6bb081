using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;

namespace FunctionsEval.Functions.Storage;

/// <summary>The plans of suite runs, under <c>runs/{suiteRunId}/</c>.</summary>
internal sealed class SuiteBlobs(BlobServiceClient service)
{
    private readonly BlobContainerClient _container = service.GetBlobContainerClient(StorageNames.Runs);

    public async Task WritePlanAsync(SuitePlan plan, CancellationToken cancellationToken) =>
        await _container
            .Blob(StorageNames.SuitePlan(plan.SuiteRunId))
            .UploadAsync(new BinaryData(JsonSerializer.SerializeToUtf8Bytes(plan, RunJson.Options)), overwrite: true, cancellationToken);

    /// <summary>The plan; null when there is none.</summary>
    public async Task<SuitePlan?> FindPlanAsync(string suiteRunId, CancellationToken cancellationToken)
    {
        try
        {
            var content = await _container.Blob(StorageNames.SuitePlan(suiteRunId)).DownloadContentAsync(cancellationToken);
            return JsonSerializer.Deserialize<SuitePlan>(content.Value.Content, RunJson.Options);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }
}
