using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>
/// The app's k-th request to its blobs and tables fails, for each k. A way to fail is a class, so that they run beside each other.
/// </summary>
/// <param name="shared">The app.</param>
/// <param name="fault">How a request fails.</param>
/// <param name="output">Takes what a run needs.</param>
public abstract class StorageFaultTests(FaultyStorageApp shared, string fault, ITestOutputHelper output) : IClassFixture<FaultyStorageApp>
{
    private const int Samples = FaultyStorageApp.Samples;

    private readonly EvaluationApp _app = shared.App;
    private readonly StorageFault _fault = Enum.Parse<StorageFault>(fault);

    [Fact]
    public async Task Any_one_request_that_fails_loses_nothing_and_pays_nothing_twice()
    {
        var expected = await RunAsync("calm", k: 0);
        var requests = expected.Requests;
        output.WriteLine($"A run makes {requests} requests.");

        for (var k = 1; k <= requests; k++)
        {
            var (run, _, paid, summary) = await RunAsync($"at{k}", k);
            Assert.Equal(
                ("Completed", (long?)Samples),
                (run.GetString("Status"), run.GetInt64("CandidateScored") + run.GetInt64("CandidateUnparsable"))
            );
            Assert.True(
                paid is >= Samples and <= Samples + FaultyStorageApp.OneFlush,
                $"Request {k}: {paid} calls were paid for {Samples} samples."
            );
            foreach (var part in new[] { "outcomes", "coverage", "usage", "metrics", "confusionMatrices", "verdict" })
            {
                Assert.Equal(expected.Summary[part]!.ToJsonString(), summary[part]!.ToJsonString());
            }
        }
    }

    private async Task<Outcome> RunAsync(string folder, int k)
    {
        await shared.DropAsync(folder);
        _app.Endpoint.Forget();
        var seen = 0;
        _app.Storage.Fault = call => call.IsOfTheApp && Interlocked.Increment(ref seen) == k ? _fault : StorageFault.None;
        using var http = _app.Http;
        var runId = await FaultyStorageApp.StartAsync(http, folder);
        var run = await _app.EndedAsync($"{folder}/test.jsonl", row => row.PartitionKey == runId);
        _app.Storage.Fault = null;
        return new Outcome(run, seen, _app.Endpoint.Total, await _app.SummaryAsync(runId));
    }

    private sealed record Outcome(TableEntity Run, int Requests, int Paid, JsonObject Summary);
}

/// <summary>A request is refused and not carried out.</summary>
public sealed class RefusedRequestTests(FaultyStorageApp shared, ITestOutputHelper output)
    : StorageFaultTests(shared, nameof(StorageFault.Refused), output);

/// <summary>A request is carried out and answered as refused.</summary>
public sealed class RefusedAfterCommitTests(FaultyStorageApp shared, ITestOutputHelper output)
    : StorageFaultTests(shared, nameof(StorageFault.RefusedAfterCommit), output);

/// <summary>A request is carried out and its connection breaks before the answer.</summary>
public sealed class BrokenAnswerTests(FaultyStorageApp shared, ITestOutputHelper output)
    : StorageFaultTests(shared, nameof(StorageFault.Broken), output);
