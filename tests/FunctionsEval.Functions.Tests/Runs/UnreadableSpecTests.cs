using System.Text;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Runs;

/// <summary>
/// Whoever may upload may upload any spec: it makes a failed run that says so, once, and keeps no other dataset from being evaluated.
/// </summary>
public sealed class UnreadableSpecTests : IAsyncLifetime
{
    private readonly MemoryStorage _storage = new(TimeProvider.System);
    private readonly MemoryTables _tables = new();
    private CallHarness _harness = null!;

    public static TheoryData<string, byte[]> Specs() =>
        new()
        {
            { "evaluation.yaml", "*a"u8.ToArray() },
            { "evaluation.yaml", "model: *undefined"u8.ToArray() },
            { "evaluation.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"u8.ToArray() },
            { "evaluation.yaml", "<<: {task: generation}"u8.ToArray() },
            { "evaluation.yaml", "!!s[tr"u8.ToArray() },
            { "evaluation.yaml", "\"\\ud800\": 1"u8.ToArray() },
            { "evaluation.yaml", "%TAG ! \u0085x"u8.ToArray() },
            { "evaluation.yaml", "{use*r: \"{{ input }}\"\nmetrics: [bleu, {name: rouge}]\nlabels:\n- a\n"u8.ToArray() },
            { "evaluation.yaml", Encoding.UTF8.GetBytes(new string('[', 500_000)) },
            { "evaluation.json", Encoding.UTF8.GetBytes(new string('[', 500_000)) },
            { "evaluation.json", Encoding.Unicode.GetBytes("""{"task":"generation","model":"m"}""") },
            { "evaluation.json", [.. """{"task":"generation","model":"m"""u8, 0xFF, .. "\"}"u8] },
            { "evaluation.json", [] },
            { "evaluation.json", new byte[60_000_000] },
            {
                "evaluation.json",
                Encoding.UTF8.GetBytes(
                    $$$"""{"task":"generation","model":"m","prompt":{"user":"{{{string.Concat(Enumerable.Repeat("{% if a %}", 5_000))}}}"}}"""
                )
            },
            {
                "evaluation.json",
                Encoding.UTF8.GetBytes(
                    $$$"""{"task":"generation","model":"m","metrics":[{"name":"judge","model":"m","scale":[1,5],"rubric":"{{ {{{new string('(', 5_000)}}}"}]}"""
                )
            },
            { "evaluation.json", Encoding.UTF8.GetBytes($$"""{"task":"generation","model":"m","{{new string('x', 900_000)}}":1}""") },
        };

    [Theory]
    [MemberData(nameof(Specs), DisableDiscoveryEnumeration = true)]
    public async Task Spec_that_cannot_be_read_is_one_failed_run_that_names_it(string name, byte[] spec)
    {
        _storage.Write("datasets/s/test.jsonl", "{}"u8.ToArray());
        _storage.Write($"datasets/s/{name}", spec);
        var uploads = TestStarter.CreateUploads(_storage, _tables, _harness.Registry);

        for (var delivery = 0; delivery < 3; delivery++)
        {
            await uploads.StartAsync("s/test.jsonl", durable: null!, TestContext.Current.CancellationToken);
        }

        var run = Assert.Single(_tables.Table("EvaluationRuns").Rows, row => row.RowKey == RunEntity.RowKey);
        Assert.Equal(("Failed", "invalid_spec"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.StartsWith($"s/{name}: ", run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.InRange(run.GetString("ErrorMessage").Length, 1, 1_000);
    }

    [Theory]
    [MemberData(nameof(Specs), DisableDiscoveryEnumeration = true)]
    public async Task Spec_that_cannot_be_read_keeps_no_other_dataset_from_its_own(string name, byte[] spec)
    {
        _storage.Write("datasets/s/test.jsonl", "{}"u8.ToArray());
        _storage.Write("datasets/s/evaluation.json", """{"task":"generation","model":"nobody"}"""u8.ToArray());
        _storage.Write($"datasets/s/broken.jsonl.{name}", spec);

        var started = await TestStarter
            .Create(_storage, _tables, _harness.Registry)
            .StartAsync(
                new StartRequest("s/test.jsonl", Spec: null, Attempt: 0, "blob"),
                durable: null!,
                TestContext.Current.CancellationToken
            );

        Assert.Equal("unknown_model", Assert.IsType<StartResult.Refused>(started).Failure.Code);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(SpecLimits.MaxBytes, SpecLimits.MaxBytes)]
    [InlineData(60_000_000, SpecLimits.MaxBytes + 1)]
    public async Task No_more_of_a_spec_is_downloaded_than_tells_that_it_is_too_large(int length, int downloaded)
    {
        _storage.Write("datasets/s/evaluation.json", new byte[length]);

        var found = await new DatasetStore(_storage.Blobs).FindSpecAsync(
            DatasetNames.SpecCandidates("s/test.jsonl"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(downloaded, found!.Value.Content.ToMemory().Length);
    }

    public async ValueTask InitializeAsync() => _harness = await CallHarness.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _storage.Dispose();
        await _harness.DisposeAsync();
    }
}
