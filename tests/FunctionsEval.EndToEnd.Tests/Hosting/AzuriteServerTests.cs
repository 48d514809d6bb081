using System.Collections.Concurrent;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using FunctionsEval.LocalHost.Azurite;
using FunctionsEval.LocalHost.Machine;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

public sealed class AzuriteServerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _notices = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task StartAsync_dataOfEarlierRun_isKept()
    {
        await using (var first = await StartAsync())
        {
            var blobs = new BlobContainerClient(first.ConnectionString, "datasets");
            await blobs.CreateAsync();
            await blobs.UploadBlobAsync("a.jsonl", BinaryData.FromString("text"));
            var table = new TableClient(first.ConnectionString, "Runs");
            await table.CreateAsync();
            await table.AddEntityAsync(new TableEntity("p", "r") { ["status"] = "Completed" });
        }

        await using var second = await StartAsync();

        var content = await new BlobContainerClient(second.ConnectionString, "datasets").GetBlobClient("a.jsonl").DownloadContentAsync();
        var entity = await new TableClient(second.ConnectionString, "Runs").GetEntityAsync<TableEntity>("p", "r");
        Assert.Equal("text", content.Value.Content.ToString());
        Assert.Equal("Completed", entity.Value.GetString("status"));
    }

    [Fact]
    public async Task StartAsync_portTaken_usesFreePortsAndSaysSo()
    {
        using var taken = new TakenPort();

        await using var azurite = await StartAsync(taken.Number);

        await new BlobContainerClient(azurite.ConnectionString, "datasets").CreateAsync();
        Assert.Contains($"{taken.Number}", Assert.Single(_notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposeAsync_running_endsTheProcessAndCompletes()
    {
        var azurite = await StartAsync();

        await azurite.DisposeAsync();

        await Eventually.EndedAsync(azurite.ProcessId, "Azurite");
        Assert.True(azurite.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Completion_killed_saysThatItEnded()
    {
        await using var azurite = await StartAsync();

        using (var process = System.Diagnostics.Process.GetProcessById(azurite.ProcessId))
        {
            process.Kill();
        }

        var error = await Assert.ThrowsAsync<LocalHostException>(() => azurite.Completion.WaitAsync(TimeSpan.FromMinutes(5)));
        Assert.Contains("ended unexpectedly", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchAsync_blobsStoredWhole_areToldWithTheirNamesAndNothingElseIs()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var azurite = await StartAsync();
        BlobContainerClient datasets = new(azurite.ConnectionString, "datasets"),
            runs = new(azurite.ConnectionString, "runs");
        await datasets.CreateAsync(cancellationToken: cancellationToken);
        await runs.CreateAsync(cancellationToken: cancellationToken);
        var told = new ConcurrentQueue<string>();
        await azurite.WatchAsync(["datasets"], told.Enqueue);
        await Eventually.TrueAsync(
            async () =>
            {
                await datasets.GetBlobClient("first").UploadAsync(BinaryData.Empty, overwrite: true, cancellationToken);
                return !told.IsEmpty;
            },
            "Azurite watches"
        );

        await runs.UploadBlobAsync("state.json", BinaryData.Empty, cancellationToken);
        await datasets.UploadBlobAsync("a b/ä%2F.jsonl", BinaryData.FromString("text"), cancellationToken);
        var blocks = datasets.GetBlockBlobClient("large.jsonl");
        using var block = new MemoryStream([1]);
        await blocks.StageBlockAsync("AAAA", block, cancellationToken: cancellationToken);
        await blocks.CommitBlockListAsync(["AAAA"], cancellationToken: cancellationToken);
        await blocks.SetMetadataAsync(new Dictionary<string, string> { ["k"] = "v" }, cancellationToken: cancellationToken);
        await datasets.GetAppendBlobClient("filled later").CreateAsync(cancellationToken: cancellationToken);
        await datasets.UploadBlobAsync("last", BinaryData.Empty, cancellationToken);

        await Eventually.TrueAsync(() => told.Contains("datasets/last"), "the last blob is told");
        Assert.Equal(
            ["datasets/first", "datasets/a b/ä%2F.jsonl", "datasets/large.jsonl", "datasets/last"],
            told.Distinct(StringComparer.Ordinal)
        );
    }

    private async Task<AzuriteServer> StartAsync(int port = 0)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await AzuriteInstallation.EnsureAsync(RepositoryLayout.AzuriteDirectory, _ => { }, cancellationToken);
        return await AzuriteServer.StartAsync(
            RepositoryLayout.AzuriteDirectory,
            _directory.Path,
            port,
            NullLogger.Instance,
            _notices.Add,
            cancellationToken
        );
    }
}
