using Azure.Data.Tables;
using Azure.Storage.Blobs;
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
