using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using FunctionsEval.Functions.Tests.Storage;
using FunctionsEval.Functions.Triggers.Timers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>
/// A spec that comes after its datasets starts those that were refused for want of it, and nothing else. No model is configured, so that
/// what is started is refused for its model: a failed run of another kind, whose row tells that it was started.
/// </summary>
public sealed class LateSpecTests : IAsyncLifetime
{
    private const string NoSpec = "no_spec";
    private const string Started = "unknown_model";

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryStorage _storage;
    private readonly MemoryTables _tables = new();
    private CallHarness _harness = null!;

    public LateSpecTests() => _storage = new MemoryStorage(_time);

    [Theory]
    [InlineData("s/evaluation.json", "s/test.jsonl")]
    [InlineData("s/evaluation.json", "s/below/test.csv")]
    [InlineData("s/evaluation.yaml", "s/test.jsonl")]
    [InlineData("s/test.jsonl.evaluation.json", "s/test.jsonl")]
    [InlineData("s/test.jsonl.evaluation.yaml", "s/test.jsonl")]
    [InlineData("evaluation.json", "s/below/test.jsonl")]
    public async Task Spec_starts_a_dataset_that_was_refused_without_one_once_however_often_it_is_told_of(string spec, string dataset)
    {
        await UploadAsync(dataset);
        Assert.Equal([NoSpec], CodesOf(dataset));

        Write(spec, Text("nobody"));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TellAsync(spec)));
        await TellAsync(dataset);

        Assert.Equal([NoSpec, Started], CodesOf(dataset));
    }

    [Fact]
    public async Task Mended_spec_starts_what_the_broken_one_refused()
    {
        Write("s/evaluation.json", "{");
        await UploadAsync("s/test.jsonl");
        Assert.Equal(["invalid_spec"], CodesOf("s/test.jsonl"));

        Write("s/evaluation.json", Text("nobody"));
        await TellAsync("s/evaluation.json");

        Assert.Equal(["invalid_spec", Started], CodesOf("s/test.jsonl"));
    }

    [Theory]
    [InlineData("other/test.jsonl")] // Another folder.
    [InlineData("s/read.md")] // No dataset.
    [InlineData("s/train.jsonl")] // The spec's training file.
    [InlineData("s/own.jsonl")] // It has a spec of its own, which was refused and has not changed.
    public async Task Spec_starts_nothing_that_it_does_not_apply_to(string blob)
    {
        Write("s/own.jsonl.evaluation.json", "{");
        await UploadAsync(blob);
        var before = CodesOf(blob);

        Write("s/evaluation.json", Text("nobody", """, "trainingFile": "train.jsonl" """));
        await TellAsync("s/evaluation.json");
        await ReconcileAsync();

        Assert.Equal(before, CodesOf(blob));
    }

    /// <summary>The spec's own event is lost.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(7)] // By the spec: the dataset itself is no longer looked at.
    public async Task Dataset_that_was_refused_is_started_without_its_specs_event(int days)
    {
        await UploadAsync("s/test.jsonl");
        await UploadAsync("other/test.jsonl");
        _time.Advance(TimeSpan.FromDays(days));
        Write("s/evaluation.json", Text("nobody"));

        await ReconcileAsync();

        Assert.Equal([NoSpec, Started], CodesOf("s/test.jsonl"));
        Assert.Equal([NoSpec], CodesOf("other/test.jsonl"));
    }

    [Fact]
    public async Task Dataset_that_stays_refused_makes_no_run_and_no_more_requests_with_each_pass()
    {
        await UploadAsync("s/test.jsonl");
        Write("s/evaluation.json", Text("nobody"));
        var requests = new List<int>();
        for (var pass = 0; pass < 4; pass++)
        {
            requests.Add(await RequestsOfAPassAsync());
        }

        Assert.Equal([NoSpec, Started], CodesOf("s/test.jsonl"));
        Assert.Equal(requests[1], requests[3]);
    }

    /// <summary>A folder may have a hundred thousand datasets, and the pass comes each quarter of an hour.</summary>
    [Fact]
    public async Task Datasets_under_a_spec_are_looked_at_once_for_each_of_its_versions()
    {
        await UploadAsync("s/a.jsonl");
        await UploadAsync("s/b.jsonl");
        _time.Advance(TimeSpan.FromDays(7));
        var none = await RequestsOfAPassAsync();

        Write("s/evaluation.json", Text("nobody"));
        Assert.True(await RequestsOfAPassAsync() > none);
        Assert.Equal(none, await RequestsOfAPassAsync());

        Write("s/evaluation.json", Text("somebody"));
        Assert.True(await RequestsOfAPassAsync() > none);
        Assert.Equal(none, await RequestsOfAPassAsync());
    }

    [Fact]
    public async Task Spec_one_of_whose_datasets_could_not_be_started_is_taken_again()
    {
        await UploadAsync("s/test.jsonl");
        _time.Advance(TimeSpan.FromDays(7));
        Write("s/evaluation.json", Text("nobody"));
        _storage.Faults = request =>
            request.RequestUri!.AbsolutePath.EndsWith("/test.jsonl", StringComparison.Ordinal) ? Fault.Refused : Fault.None;
        await ReconcileAsync();
        Assert.Equal([NoSpec], CodesOf("s/test.jsonl"));
        _storage.Faults = null;

        await ReconcileAsync();

        Assert.Equal([NoSpec, Started], CodesOf("s/test.jsonl"));
    }

    /// <summary>Its id was another one.</summary>
    [Fact]
    public async Task Dataset_that_an_earlier_version_of_the_app_refused_is_refused_once_more_at_most()
    {
        Write("s/test.jsonl", "{}");
        var datasets = new DatasetStore(_storage.Blobs);
        var dataset = (await datasets.FindAsync("s/test.jsonl", TestContext.Current.CancellationToken))!;
        var earlier = new Run
        {
            RunId = datasets.RunIdOf(dataset, "", attempt: 0),
            Status = RunStatus.Failed,
            ErrorCode = NoSpec,
            Dataset = dataset.Name,
            DatasetETag = dataset.ETag,
            SpecHash = "",
            Started = DateTimeOffset.UnixEpoch,
        };
        var tables = new RunTables(_tables, new OpenRuns(_tables));
        await tables.TryReserveAsync(earlier, TestContext.Current.CancellationToken);
        await tables.Index.AddAsync(earlier, TestContext.Current.CancellationToken);

        await TellAsync("s/test.jsonl");
        await ReconcileAsync();
        await TellAsync("s/test.jsonl");

        Assert.Equal([NoSpec, NoSpec], CodesOf("s/test.jsonl"));
    }

    /// <summary>Its spec is not looked at: there is no run to pay for, nor a refusal to record.</summary>
    [Theory]
    [InlineData(RunStatus.Completed, "hash", false)]
    [InlineData(RunStatus.Running, "hash", false)]
    [InlineData(RunStatus.Failed, "hash", false)] // It failed later, for another reason than its spec.
    [InlineData(RunStatus.Completed, "hash", true)] // What was refused afterwards does not make it one that was never evaluated.
    [InlineData(RunStatus.Failed, "hash", true)]
    public async Task Spec_that_changes_starts_no_dataset_that_was_planned(RunStatus status, string specHash, bool isRefusedSince)
    {
        Write("s/test.jsonl", "{}");
        var datasets = new DatasetStore(_storage.Blobs);
        var dataset = (await datasets.FindAsync("s/test.jsonl", TestContext.Current.CancellationToken))!;
        var tables = new RunTables(_tables, new OpenRuns(_tables));
        var reservations = new RunReservations(
            datasets,
            new RunBlobs(_storage.Blobs),
            tables,
            TimeProvider.System,
            NullLogger<RunReservations>.Instance
        );
        await AddAsync(reservations.CreateRefused(dataset, "spec", attempt: 0, "blob") with { Status = status, SpecHash = specHash });
        if (isRefusedSince)
        {
            await AddAsync(
                reservations.CreateRefused(dataset, "broken", attempt: 0, "blob") with
                {
                    Status = RunStatus.Failed,
                    SpecHash = "",
                }
            );
        }

        var before = CodesOf("s/test.jsonl");

        Write("s/evaluation.json", Text("nobody"));
        await TellAsync("s/evaluation.json");
        await ReconcileAsync();

        Assert.Equal(before, CodesOf("s/test.jsonl"));

        async Task AddAsync(Run run)
        {
            await tables.TryReserveAsync(run, TestContext.Current.CancellationToken);
            await tables.Index.AddAsync(run, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The spec's event comes before the refusal is recorded, and finds nothing to start.</summary>
    [Fact]
    public async Task Spec_that_is_stored_while_its_dataset_is_refused_is_not_missed()
    {
        var told = false;
        _storage.Faults = request =>
        {
            // The last look before the refusal: whether a spec names the blob as its training file.
            if (!told && request.RequestUri!.Query.Contains("comp=list", StringComparison.Ordinal))
            {
                told = true;
                Write("s/evaluation.json", Text("nobody"));
            }

            return Fault.None;
        };

        await UploadAsync("s/test.jsonl");

        Assert.True(told);
        Assert.Equal([NoSpec, Started], CodesOf("s/test.jsonl"));
    }

    /// <summary>One dataset that cannot be started keeps no other from its start, and the event is delivered again.</summary>
    [Fact]
    public async Task Fault_at_one_dataset_is_told_after_the_others_are_started()
    {
        await UploadAsync("s/a.jsonl");
        await UploadAsync("s/b.jsonl");
        Write("s/evaluation.json", Text("nobody"));
        _storage.Faults = request =>
            request.RequestUri!.AbsolutePath.EndsWith("/a.jsonl", StringComparison.Ordinal) ? Fault.Refused : Fault.None;

        await Assert.ThrowsAsync<AggregateException>(() => TellAsync("s/evaluation.json"));
        Assert.Equal([NoSpec, Started], CodesOf("s/b.jsonl"));
        _storage.Faults = null;
        await TellAsync("s/evaluation.json");

        Assert.Equal([NoSpec, Started], CodesOf("s/a.jsonl"));
        Assert.Equal([NoSpec, Started], CodesOf("s/b.jsonl"));
    }

    public async ValueTask InitializeAsync() => _harness = await CallHarness.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _storage.Dispose();
        await _harness.DisposeAsync();
    }

    private static string Text(string model, string more = "") => $$"""{ "task": "generation", "model": "{{model}}"{{more}} }""";

    private void Write(string name, string text) => _storage.Write($"datasets/{name}", System.Text.Encoding.UTF8.GetBytes(text));

    private Task UploadAsync(string name)
    {
        Write(name, "{}");
        return TellAsync(name);
    }

    private Task TellAsync(string name) =>
        TestStarter
            .CreateUploads(_storage, _tables, _harness.Registry)
            .StartAsync(name, durable: null!, TestContext.Current.CancellationToken);

    private Task ReconcileAsync() =>
        new ReconcileDatasets(
            TestStarter.CreateUploads(_storage, _tables, _harness.Registry),
            new DatasetStore(_storage.Blobs),
            _time
        ).RunAsync(timer: null!, durable: null!, TestContext.Current.CancellationToken);

    /// <summary>The requests to blobs of a pass.</summary>
    private async Task<int> RequestsOfAPassAsync()
    {
        var sent = 0;
        _storage.Faults = _ =>
        {
            Interlocked.Increment(ref sent);
            return Fault.None;
        };
        await ReconcileAsync();
        return sent;
    }

    /// <summary>The error codes of a dataset's runs, earliest first.</summary>
    private IReadOnlyList<string?> CodesOf(string dataset) =>
        [
            .. _tables
                .Table(StorageNames.RunsTable)
                .Rows.Where(row => row.RowKey == RunEntity.RowKey && row.GetString("Dataset") == dataset)
                .OrderBy(row => row.GetDateTimeOffset("Started"))
                .Select(row => row.GetString("ErrorCode")),
        ];
}
