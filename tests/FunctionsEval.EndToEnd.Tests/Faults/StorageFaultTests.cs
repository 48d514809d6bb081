using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Faults;

/// <summary>The app's k-th request for a run to its blobs and tables fails, for each k; each is a run of its own, several at once.</summary>
public sealed class StorageFaultTests(AppPool pool, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Samples = FaultyStorageApp.Samples;

    /// <summary>Most of a run's time is waiting; more of them at once would wait for the processor.</summary>
    private const int RunsAtOnce = 8;

    /// <summary>What asks of each run's requests what they meet.</summary>
    private readonly ConcurrentDictionary<string, Watch> _watches = new(StringComparer.Ordinal);

    private EvaluationApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await EvaluationApp.BorrowAsync(pool, withProxy: true, FaultyStorageApp.Settings);
        _app.Endpoint.Answer = Parity.Answer;
        _app.Storage.Fault = call =>
            call.IsOfTheApp && _watches.Values.FirstOrDefault(watch => watch.IsMeant(call)) is { } watch ? watch.Meet() : StorageFault.None;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    // A request is refused and not carried out.
    [InlineData(nameof(StorageFault.Refused))]
    // A request is carried out and answered as refused.
    [InlineData(nameof(StorageFault.RefusedAfterCommit))]
    // A request is carried out and its connection breaks before the answer.
    [InlineData(nameof(StorageFault.Broken))]
    public async Task Any_one_request_that_fails_loses_nothing_and_pays_nothing_twice(string kind)
    {
        var fault = Enum.Parse<StorageFault>(kind);
        var unmeant = new ConcurrentBag<StorageCall>();
        var meet = _app.Storage.Fault!;
        _app.Storage.Fault = call =>
        {
            if (call.IsOfTheApp && !_watches.Values.Any(watch => watch.IsMeant(call)))
            {
                unmeant.Add(call);
            }

            return meet(call);
        };
        var expected = await RunAsync(fault, k: 0);
        _app.Storage.Fault = meet;
        // No request of a run is one that no run's fault would meet.
        Assert.True(unmeant.IsEmpty, string.Join('\n', unmeant.Select(call => call.Path)));
        output.WriteLine($"A run makes {expected.Requests} requests.");

        var met = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, expected.Requests),
            new ParallelOptions { MaxDegreeOfParallelism = RunsAtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (k, _) =>
            {
                var run = await RunAsync(fault, k);
                AssertSame(k, expected, run);
                Interlocked.Add(ref met, run.HasMet ? 1 : 0);
                _watches.TryRemove(FolderOf(fault, k), out var _);
            }
        );
        // A run that takes less time than another makes fewer requests.
        Assert.InRange(met, expected.Requests / 2, expected.Requests);
    }

    private static void AssertSame(int k, Outcome expected, Outcome actual)
    {
        Assert.Equal(
            (k, "Completed", (long?)Samples),
            (k, actual.Run.GetString("Status"), actual.Run.GetInt64("CandidateScored") + actual.Run.GetInt64("CandidateUnparsable"))
        );
        Assert.True(
            actual.Paid is >= Samples and <= Samples + FaultyStorageApp.OneFlush,
            $"Request {k}: {actual.Paid} calls were paid for {Samples} samples."
        );
        foreach (var part in new[] { "outcomes", "coverage", "usage", "metrics", "confusionMatrices", "verdict" })
        {
            Assert.Equal((k, part, expected.Summary[part]!.ToJsonString()), (k, part, actual.Summary[part]!.ToJsonString()));
        }
    }

    /// <summary>A run whose k-th request meets the fault.</summary>
    private async Task<Outcome> RunAsync(StorageFault fault, int k)
    {
        var folder = FolderOf(fault, k);
        var etag = await _app.DropAsync($"{folder}/test.jsonl", Parity.Spec, Parity.Rows(folder, Samples));
        var runId = RunId.Create(_app.Blobs.AccountName, "datasets", $"{folder}/test.jsonl", etag, Canonical);
        var watch = _watches[folder] = new Watch(folder, runId, fault, k);
        using var http = _app.Http;
        Assert.Equal(runId, await FaultyStorageApp.StartAsync(http, folder));
        var run = await _app.EndedAsync($"{folder}/test.jsonl", row => row.PartitionKey == runId);
        var paid = _app.Endpoint.Requests.Where(request => request.Key.StartsWith(folder, StringComparison.Ordinal));
        return new Outcome(run, watch.Seen, watch.Seen >= k, paid.Sum(request => request.Value), await _app.SummaryAsync(runId));
    }

    /// <summary>Names of one length, so that all rows have the places on which their weights depend.</summary>
    private static string FolderOf(StorageFault fault, int k) => $"fault-{(int)fault}-{k:D3}";

    private static string Canonical { get; } = SpecReader.Canonical(SpecReader.Read(Parity.Spec, "evaluation.json"));

    private sealed record Outcome(TableEntity Run, int Requests, bool HasMet, int Paid, JsonObject Summary);

    /// <summary>Counts the requests of a run, and lets the k-th meet a fault.</summary>
    private sealed class Watch(string folder, string runId, StorageFault fault, int k)
    {
        private int _seen;

        public int Seen => Volatile.Read(ref _seen);

        /// <summary>Whether a request is about the run or its dataset.</summary>
        public bool IsMeant(StorageCall call) => Names(call.Path) || Names(call.Body());

        public StorageFault Meet() => Interlocked.Increment(ref _seen) == k ? fault : StorageFault.None;

        private bool Names(string text) =>
            text.Contains(runId, StringComparison.Ordinal) || text.Contains(folder, StringComparison.Ordinal);
    }
}
