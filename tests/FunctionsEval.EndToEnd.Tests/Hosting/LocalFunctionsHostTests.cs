using System.Diagnostics;
using System.Net;
using Azure.Storage.Blobs;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

public sealed class LocalFunctionsHostTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _notices = [];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task StartAsync_twoInOneProcess_runSideBySide()
    {
        var hosts = await Task.WhenAll(StartAsync("one"), StartAsync("two"));
        await using LocalFunctionsHost one = hosts[0],
            two = hosts[1];

        Assert.NotEqual(one.AppUrl, two.AppUrl);
        Assert.NotEqual(one.StorageConnectionString, two.StorageConnectionString);
        Assert.NotEqual(one.WorkerPid, two.WorkerPid);
        await AssertAnswersAsync(one);
        await AssertAnswersAsync(two);
    }

    [Fact]
    public async Task StartAsync_appPortTaken_choosesAnotherAndSaysSo()
    {
        using var taken = new TakenPort();

        await using var host = await LocalFunctionsHost.StartAsync(
            Options("data") with
            {
                AppPort = taken.Number,
            },
            TestContext.Current.CancellationToken
        );

        Assert.NotEqual(taken.Number, host.AppUrl.Port);
        Assert.Contains(_notices, notice => notice.Contains($"Port {taken.Number} is in use", StringComparison.Ordinal));
        await AssertAnswersAsync(host);
    }

    [Fact]
    public async Task StartAsync_dataDirectoryInUse_isRefused()
    {
        await using var host = await StartAsync("data");

        var error = await Assert.ThrowsAsync<LocalHostException>(() => StartAsync("data"));

        Assert.Contains("in use by another host", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_notAFunctionApp_saysWhatIsMissing()
    {
        var error = await Assert.ThrowsAsync<LocalHostException>(() =>
            LocalFunctionsHost.StartAsync(Options("data") with { AppDirectory = _directory.Path }, TestContext.Current.CancellationToken)
        );

        Assert.Contains("worker.config.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_appEndsAtStart_quotesItsLastLines()
    {
        var broken = _directory.Combine("app");
        Copy(RepositoryLayout.FunctionAppDirectory, broken);
        File.Delete(Path.Combine(broken, "Microsoft.Azure.Functions.Worker.Core.dll"));

        var error = await Assert.ThrowsAsync<LocalHostException>(() =>
            LocalFunctionsHost.StartAsync(Options("data") with { AppDirectory = broken }, TestContext.Current.CancellationToken)
        );

        Assert.Contains("ended while starting", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.Azure.Functions.Worker.Core", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerPid_workerKilled_anotherTakesOver()
    {
        await using var host = await StartAsync("data");
        var killed = host.WorkerPid;
        var restarted = new TaskCompletionSource();
        host.WorkerRestarted += (_, _) => restarted.SetResult();

        using (var worker = Process.GetProcessById(killed))
        {
            worker.Kill();
        }

        await restarted.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        Assert.NotEqual(killed, host.WorkerPid);
        Assert.False(host.Completion.IsCompleted);
        await AssertAnswersAsync(host);
    }

    [Fact]
    public async Task DisposeAsync_running_leavesNoProcessBehind()
    {
        var host = await StartAsync("data");
        var worker = host.WorkerPid;
        var azurite = host.AzuritePid!.Value;

        await host.DisposeAsync();

        await Eventually.EndedAsync(worker, "the worker");
        await Eventually.EndedAsync(azurite, "Azurite");
        Assert.True(host.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Uploads_blobStored_isDeliveredAtOnceAndByThePollingTriggerToo()
    {
        await using var host = await StartAsync("data");
        var datasets = new BlobContainerClient(host.StorageConnectionString, "datasets");
        await datasets.UploadBlobAsync("notes/README.md", BinaryData.FromString("No dataset."), TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => HasRun("programmatically called"), "the upload was told");
        await Eventually.TrueAsync(() => HasRun("New blob detected"), "the polling trigger found the blob");

        bool HasRun(string reason)
        {
            using var log = new StreamReader(new FileStream(host.LogFilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return log.ReadToEnd()
                .Split('\n')
                .Any(line =>
                    line.Contains("Executing 'Functions.DatasetUploaded'", StringComparison.Ordinal)
                    && line.Contains(reason, StringComparison.Ordinal)
                );
        }
    }

    private Task<LocalFunctionsHost> StartAsync(string data) =>
        LocalFunctionsHost.StartAsync(Options(data), TestContext.Current.CancellationToken);

    private LocalHostOptions Options(string data) => new() { DataDirectory = _directory.Combine(data), Notice = _notices.Add };

    private static async Task AssertAnswersAsync(LocalFunctionsHost host)
    {
        using var client = new HttpClient { BaseAddress = host.AppUrl };
        using var response = await client.GetAsync("no/such/route", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static void Copy(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }
}
