using Azure.Data.Tables;
using Azure.Storage.Blobs;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>A host that is asked to stop (a deployment, a scale-in, Ctrl-C) while calls are in flight.</summary>
public sealed class ShutdownTests
{
    private const int Samples = 200;
    private const int Concurrency = 32;

    [Fact]
    public async Task Host_asked_to_stop_mid_run_lets_calls_in_flight_end_and_pays_for_none_of_them_twice()
    {
        using var directory = new TemporaryDirectory();
        await using var endpoint = await RecordingEndpoint.StartAsync();
        endpoint.Answer = Parity.Answer;
        endpoint.Latency = TimeSpan.FromMilliseconds(1500);
        string[] settings =
        [
            "--set",
            "Models__recorded__Provider=OpenAICompatible",
            "--set",
            $"Models__recorded__Endpoint={endpoint.Endpoint}",
            "--set",
            "Models__recorded__Deployment=recorded",
            "--set",
            FormattableString.Invariant($"Models__recorded__MaxConcurrency={Concurrency}"),
        ];

        using (var host = HostProcess.Start(directory.Path, settings))
        {
            var instance = await host.ReadyAsync();
            var container = new BlobServiceClient(instance.StorageConnectionString).GetBlobContainerClient("datasets");
            await container.UploadBlobAsync("stopped/evaluation.json", BinaryData.FromString(Parity.Spec));
            await container.UploadBlobAsync(
                "stopped/test.jsonl",
                BinaryData.FromString(string.Join('\n', Parity.Rows("stopped", Samples)))
            );
            await Eventually.TrueAsync(
                () => endpoint.Paid > 0 && endpoint.InFlight == Concurrency,
                "calls have been answered, and all places are taken"
            );

            await host.TerminateAsync();
            Assert.Equal(0, (await host.EndedAsync()).ExitCode);
        }

        // Nothing was aborted: every request that was sent had its answer.
        Assert.Equal(endpoint.Total, endpoint.Paid);
        Assert.InRange(endpoint.Paid, Concurrency + 1, Samples - 1);

        endpoint.Latency = TimeSpan.Zero;
        using var next = HostProcess.Start(directory.Path, settings);
        var runs = new TableClient((await next.ReadyAsync()).StorageConnectionString, "EvaluationRuns");
        await Eventually.TrueAsync(
            () => runs.Query<TableEntity>("RowKey eq 'run' and Status eq 'Completed'").Any(),
            "the run has completed",
            TimeSpan.FromMinutes(3)
        );
        Assert.Equal((Samples, Samples), (endpoint.Total, endpoint.Paid));
        await next.TerminateAsync();
        await next.EndedAsync();
    }
}
