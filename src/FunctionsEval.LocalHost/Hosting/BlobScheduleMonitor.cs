using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.WebJobs.Extensions.Timers;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// Remembers when each timer ran, so that a missed occurrence is made up for after a stop. The timer extension's
/// own monitor needs a storage library that the other extensions no longer use; the blobs' place and form are the same.
/// </summary>
internal sealed class BlobScheduleMonitor(string connectionString, string hostId) : ScheduleMonitor
{
    private readonly BlobContainerClient _container = new(connectionString, "azure-webjobs-hosts");

    public override async Task<ScheduleStatus?> GetStatusAsync(string timerName)
    {
        try
        {
            var blob = _container.GetBlobClient(NameOf(timerName));
            return (await blob.DownloadContentAsync()).Value.Content.ToObjectFromJson<ScheduleStatus>();
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return null;
        }
    }

    public override async Task UpdateStatusAsync(string timerName, ScheduleStatus status)
    {
        await _container.CreateIfNotExistsAsync();
        await _container.GetBlobClient(NameOf(timerName)).UploadAsync(BinaryData.FromObjectAsJson(status), overwrite: true);
    }

    private string NameOf(string timerName) => $"timers/{hostId}/{timerName}/status";
}
