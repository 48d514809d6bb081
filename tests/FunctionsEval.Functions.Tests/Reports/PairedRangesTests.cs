using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Merging;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>
/// Ranges of two runs' shards that were paired while others were evaluated. The oracle is a previous run whose shards were cut otherwise,
/// whose samples are therefore paired all at once.
/// </summary>
public sealed class PairedRangesTests
{
    private const int Shards = 45;
    private const int Rows = 6 * Shards;
    private const string Version = "v";

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private static readonly string[] Words = ["the", "cat", "sat", "on", "a", "mat"];

    private readonly EvaluatedRuns _runs = new();

    public static TheoryData<string> Specs =>
        [
            """ "task": "classification", "labels": ["even", "odd"], "metrics": ["accuracy", "f1"], "slices": ["language"] """,
            """ "task": "generation", "metrics": ["bleu", "rouge"], "slices": ["language"] """,
            """ "task": "regression", "metrics": ["mae", "spearman"] """,
            """
                "task": "classification", "labels": ["even", "odd"], "repeats": 3, "sampling": { "temperature": 1 },
                "metrics": ["accuracy", { "name": "pass_at_k", "k": [1, 2] }]
                """,
        ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunComparison Comparison => new(_runs.Blobs);

    [Theory]
    [MemberData(nameof(Specs))]
    public async Task Ranges_that_were_paired_early_give_the_bytes_of_pairing_all_at_once(string fields)
    {
        var expected = await EvaluateAsync(fields);
        Assert.Equal(expected, await PairAsync(merged: null));

        await KeepAsync(0, 10, 30);
        RemoveStatistics([.. Enumerable.Range(0, 20), .. Enumerable.Range(30, 10)]);

        Assert.Equal(expected, await PairAsync(Version));
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public async Task Range_that_is_damaged_or_of_another_planning_is_paired_again(string fields)
    {
        var expected = await EvaluateAsync(fields);
        await KeepAsync(0, 10, 20, 30);
        var random = new Random(5);
        var (name, other) = ($"runs/{StorageNames.Pairs("right", Version, 10)}", $"runs/{StorageNames.Pairs("right", Version, 20)}");
        var kept = _runs.Storage.BytesOf(name);
        for (var draw = 0; draw < 20; draw++)
        {
            var damaged = kept.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            _runs.Storage.Write(name, damaged);
            Assert.Equal(expected, await PairAsync(Version));
            _runs.Storage.Write(name, kept[..random.Next(kept.Length)]);
            Assert.Equal(expected, await PairAsync(Version));
        }

        // The left run planned again, as one that was deleted and evaluated again is: its statistics are others.
        _runs.Storage.Write(name, kept);
        await _runs.Blobs.WriteManifestAsync(await _runs.Blobs.ReadManifestAsync("left", Cancellation), Cancellation);
        RemoveStatistics([10]);
        Assert.Equal("null", await PairAsync(Version));
    }

    [Fact]
    public async Task Range_of_other_shards_than_the_name_says_is_not_used()
    {
        var expected = await EvaluateAsync(Specs.First().Data);
        await KeepAsync(10, 20);
        var (name, other) = ($"runs/{StorageNames.Pairs("right", Version, 10)}", $"runs/{StorageNames.Pairs("right", Version, 20)}");

        _runs.Storage.Write(name, _runs.Storage.BytesOf(other));

        Assert.Equal(expected, await PairAsync(Version));
    }

    [Fact]
    public async Task Runs_that_were_cut_otherwise_keep_no_ranges()
    {
        await EvaluateAsync(Specs.First().Data);

        await Comparison.KeepPairsAsync("cut", await PlanAsync(), Version, 0, Cancellation);

        Assert.False(_runs.Storage.Has($"runs/{StorageNames.Pairs("right", Version, 0)}"));
    }

    [Fact]
    public async Task Samples_without_a_counterpart_are_counted_over_all_ranges()
    {
        _runs.Spec = SpecOf(Specs.First().Data);
        var rows = RowsOf(seed: 1);
        await _runs.AddAsync("left", rows.Select((row, index) => index % 7 == 0 ? row with { Id = "same" } : row), shards: Shards);
        await _runs.AddAsync("right", rows.Select((row, index) => index % 7 == 0 ? row with { Id = "same" } : row), shards: Shards);
        foreach (var (run, missing) in new[] { ("left", 3), ("right", 25), ("right", 26) })
        {
            var name = StorageNames.ShardStatistics(run, Roles.Candidate, missing);
            var empty = ShardStatistics.Write([], (await PlanAsync()).Measurer.Layout);
            _runs.Storage.Write($"runs/{name}", empty.ToArray());
        }

        await KeepAsync(0, 20);

        var (pairing, _) = await Comparison.PairAsync("left", "right", Version, Cancellation);
        // 18 rows are missing in one of them; those that have one id in both are taken for changed.
        Assert.Equal(Rows - 18, pairing!.Counts.Paired);
        Assert.Equal((6L, 12L), (pairing.Counts.Added + pairing.Counts.Changed, pairing.Counts.Removed + pairing.Counts.Changed));
        Assert.Equal(1, pairing.Counts.Changed);
    }

    [Fact]
    public async Task Merging_a_range_pairs_it_with_the_previous_run_and_the_comparison_uses_that()
    {
        _runs.Spec = SpecOf(Specs.First().Data);
        await _runs.AddAsync("left", RowsOf(seed: 1), shards: Shards);
        await _runs.AddAsync("right", RowsOf(seed: 2), run => run with { Status = RunStatus.Running, Finished = null }, shards: Shards);
        var models = new ModelRegistry(
            [
                new ModelOptions
                {
                    Name = "m",
                    Section = "Models",
                    Endpoint = new Uri("http://127.0.0.1"),
                    Deployment = "m",
                },
            ],
            _ => throw new InvalidOperationException("No model is called.")
        );
        var (plans, previous) = (new RunPlans(_runs.Blobs), new PreviousRuns(_runs.Tables, Comparison, models));
        var run = (await _runs.Tables.FindRunAsync("right", Cancellation))!.Run;
        var expected = await CompareAsync(merged: null);
        var version = RunMerger.VersionOf(await plans.GetAsync("right", 0, Cancellation));

        var merge = new MergeShards(plans, _runs.Blobs, _runs.Tables, previous, Comparison);
        await merge.RunAsync(new MergeRequest("right", 0, First: 10, Count: 10, LinesBefore: 60), Cancellation);

        Assert.True(_runs.Storage.Has($"runs/{StorageNames.Pairs("right", version, 10)}"));
        RemoveStatistics([.. Enumerable.Range(10, 10)]);
        Assert.Equal(expected, await CompareAsync(version));
        await _runs.Blobs.DeleteMergedAsync("right", Cancellation);
        Assert.False(_runs.Storage.Has($"runs/{StorageNames.Pairs("right", version, 10)}"));

        async Task<string> CompareAsync(string? merged)
        {
            var compared = (await previous.CompareAsync(run, _runs.Spec, merged, Cancellation))!;
            return JsonSerializer.Serialize(compared.Summary, ResultJson.Indented)
                + JsonSerializer.Serialize(compared.Facts.Metrics.Values.ToList(), Json);
        }
    }

    private static EvaluationSpec SpecOf(string fields) =>
        SpecReader.Read($$"""{ {{fields}}, "model": "m", "intervals": { "replicates": 100 } }""", "evaluation.json");

    /// <summary>Evaluates the same samples twice, and the first time in other shards too.</summary>
    /// <returns>The pairs of the latter.</returns>
    private async Task<string> EvaluateAsync(string fields)
    {
        _runs.Spec = SpecOf(fields);
        await _runs.AddAsync("cut", RowsOf(seed: 1), shards: 7);
        await _runs.AddAsync("left", RowsOf(seed: 1), shards: Shards);
        await _runs.AddAsync("right", RowsOf(seed: 2), shards: Shards);
        return JsonSerializer.Serialize((await Comparison.PairAsync("cut", "right", Cancellation)).Pairing, Json);
    }

    private async Task<string> PairAsync(string? merged) =>
        JsonSerializer.Serialize((await Comparison.PairAsync("left", "right", merged, Cancellation)).Pairing, Json);

    private async Task KeepAsync(params int[] ranges)
    {
        foreach (var first in ranges)
        {
            await Comparison.KeepPairsAsync("left", await PlanAsync(), Version, first, Cancellation);
        }
    }

    private async Task<RunPlan> PlanAsync() => new(await _runs.Blobs.ReadManifestAsync("right", Cancellation), _runs.Spec, training: null);

    private void RemoveStatistics(IEnumerable<int> shards)
    {
        foreach (var shard in shards)
        {
            _runs.Storage.Delete($"runs/{StorageNames.ShardStatistics("left", Roles.Candidate, shard)}");
            _runs.Storage.Delete($"runs/{StorageNames.ShardStatistics("right", Roles.Candidate, shard)}");
        }
    }

    private List<EvaluatedRow> RowsOf(int seed)
    {
        var (random, isNumber) = (new Random(seed), _runs.Spec.Metrics.Any(metric => metric.Name == "mae"));
        return
        [
            .. Enumerable
                .Range(0, Rows)
                .Select(row =>
                {
                    var sample = row / _runs.Spec.Repeats;
                    var (label, prediction) =
                        _runs.Spec.Labels.Count > 0 ? (_runs.Spec.Labels[sample % 2], _runs.Spec.Labels[random.Next(2)])
                        : isNumber ? (Text(sample), Text(sample + random.Next(9)))
                        : ("the cat sat on a mat", string.Join(' ', Enumerable.Range(0, 6).Select(_ => Words[random.Next(Words.Length)])));
                    return new EvaluatedRow(
                        $"n{sample}",
                        $"question {sample}",
                        label,
                        random.Next(60) == 0 ? null : prediction,
                        Repeat: _runs.Spec.Repeats > 1 ? (row % _runs.Spec.Repeats) + 1 : 0,
                        Language: sample % 3 == 0 ? "de" : "en"
                    );
                }),
        ];

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
