using System.Globalization;
using System.Text.Json;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>
/// Candidates are compared by the scoreboards that their runs kept. The oracle is the comparison that adds every shard's statistics up again.
/// </summary>
public sealed class RunScoreboardsTests : IDisposable
{
    private const int Shards = 4;
    private const int Rows = 25;

    private static readonly string[] Candidates = ["m1", "m2"];
    private static readonly string[] Words = ["the", "cat", "sat", "on", "a", "mat", "today"];

    private readonly MemoryStorage _storage = new(new FakeTimeProvider());
    private readonly FakeLogger<RunScoreboards> _log = new();
    private readonly Dictionary<string, RunSummary> _summaries = new(StringComparer.Ordinal);
    private readonly RunBlobs _blobs;
    private readonly ModelRegistry _models = new([], _ => throw new NotSupportedException());

    public RunScoreboardsTests() => _blobs = new RunBlobs(_storage.Blobs);

    public static TheoryData<string> Specs =>
        [
            """
                "task": "classification", "labels": ["even", "odd"], "positiveLabel": "odd", "metrics": ["accuracy", "f1"],
                "slices": ["language"], "gate": { "rules": [ { "metric": "accuracy", "lowerBoundAtLeast": 0.2 } ] }
                """,
            """ "task": "generation", "metrics": ["bleu", "rouge"], "slices": ["language"] """,
            """ "task": "regression", "metrics": ["mae", "spearman"] """,
            """
                "task": "classification", "labels": ["even", "odd"], "repeats": 3, "sampling": { "temperature": 1 },
                "metrics": ["accuracy", { "name": "pass_at_k", "k": [1, 2] }]
                """,
        ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunScoreboards Scoreboards => new(_blobs, _log);

    [Theory]
    [MemberData(nameof(Specs))]
    public async Task Kept_scoreboards_compare_candidates_with_the_bytes_of_all_statistics(string fields)
    {
        var plans = await EvaluateAsync(fields);
        var expected = await CompareAsync(plans, plan => _blobs.AddUpAsync(plan, Cancellation));
        await KeepAsync(plans);

        RemoveStatistics(plans);

        Assert.Equal(expected, await CompareAsync(plans, plan => Scoreboards.ReadAsync(plan, Cancellation)));
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public async Task Scoreboard_that_is_missing_foreign_or_damaged_is_added_up_again(string fields)
    {
        var plans = await EvaluateAsync(fields);
        var expected = await CompareAsync(plans, plan => _blobs.AddUpAsync(plan, Cancellation));
        await AssertSameAsync("missing");
        await KeepAsync(plans);
        var (name, other) = (NameOf(plans[0]), NameOf(plans[1]));
        var kept = _storage.BytesOf(name);

        _storage.Write(name, _storage.BytesOf(other));
        await AssertSameAsync("of another run");
        Assert.Empty(_log.Collector.GetSnapshot());
        var random = new Random(3);
        for (var draw = 0; draw < 20; draw++)
        {
            var damaged = kept.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            _storage.Write(name, damaged);
            await AssertSameAsync("with another bit");
            _storage.Write(name, kept[..random.Next(kept.Length)]);
            await AssertSameAsync("cut off");
        }

        Assert.All(
            _log.Collector.GetSnapshot(),
            record =>
            {
                Assert.Equal(1021, record.Id.Id);
                Assert.StartsWith("Run run-m1: its scoreboard could not be read", record.Message, StringComparison.Ordinal);
            }
        );
        Assert.NotEmpty(_log.Collector.GetSnapshot());

        async Task AssertSameAsync(string what) =>
            Assert.True(expected == await CompareAsync(plans, plan => Scoreboards.ReadAsync(plan, Cancellation)), what);
    }

    [Fact]
    public async Task Scoreboard_of_another_resumption_is_not_used()
    {
        var plan = (await EvaluateAsync(Specs.First().Data))[0];
        await KeepAsync([plan]);
        var resumed = new RunPlan(plan.Manifest, plan.Spec, training: null) { Planning = $"{plan.Planning}+1" };
        RemoveStatistics([plan]);

        await Scoreboards.ReadAsync(plan, Cancellation);
        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => Scoreboards.ReadAsync(resumed, Cancellation));
    }

    [Fact]
    public async Task Scoreboard_that_is_larger_than_what_it_spares_is_not_kept()
    {
        var labels = string.Join(", ", Enumerable.Range(0, 400).Select(label => $"\"l{label}\""));
        var plan = (await EvaluateAsync($$""" "task": "classification", "labels": [{{labels}}], "metrics": ["f1"] """))[0];

        await Scoreboards.KeepAsync(plan, await _blobs.AddUpAsync(plan, Cancellation), samples: 100, Cancellation);

        Assert.False(_storage.Has(NameOf(plan)));
    }

    [Fact]
    public async Task Scoreboard_goes_with_the_summary_and_not_with_the_merged_ranges()
    {
        var plan = (await EvaluateAsync(Specs.First().Data))[0];
        await KeepAsync([plan]);

        await _blobs.DeleteMergedAsync(plan.Manifest.RunId, Cancellation);
        Assert.True(_storage.Has(NameOf(plan)));
        await _blobs.DeleteSummaryAsync(plan.Manifest.RunId, Cancellation);
        Assert.False(_storage.Has(NameOf(plan)));
    }

    public void Dispose() => _storage.Dispose();

    private static string NameOf(RunPlan plan) => $"runs/{StorageNames.Scoreboard(plan.Manifest.RunId)}";

    private async Task KeepAsync(IEnumerable<RunPlan> plans)
    {
        foreach (var plan in plans)
        {
            await Scoreboards.KeepAsync(plan, await _blobs.AddUpAsync(plan, Cancellation), Shards * Rows, Cancellation);
        }
    }

    private void RemoveStatistics(IEnumerable<RunPlan> plans)
    {
        foreach (var plan in plans)
        {
            foreach (var (role, shard) in plan.Manifest.Roles.SelectMany(role => plan.Manifest.Shards.Select(shard => (role, shard))))
            {
                _storage.Delete($"runs/{StorageNames.ShardStatistics(plan.Manifest.RunId, role.Role, shard.Index)}");
            }
        }
    }

    /// <summary>What <c>WriteCandidates</c> does with the scoreboards.</summary>
    private async Task<string> CompareAsync(IReadOnlyList<RunPlan> plans, Func<RunPlan, Task<Scoreboard>> read)
    {
        var runs = new List<CandidateRun>();
        foreach (var plan in plans)
        {
            runs.Add(CandidateRun.Completed(plan.Spec, await SummarizeAsync(plan), await read(plan), plans.Count));
        }

        return JsonSerializer.Serialize(CandidatesComparison.Create(plans[0].Spec, runs), ResultJson.Indented);
    }

    private async Task<RunSummary> SummarizeAsync(RunPlan plan)
    {
        if (_summaries.TryGetValue(plan.Manifest.RunId, out var known))
        {
            return known;
        }

        var totals = RunTotals.CreateRoles(plan, _models);
        foreach (var (role, shard) in totals.SelectMany(role => plan.Manifest.Shards.Select(shard => (role, shard.Index))))
        {
            role.Add(await _blobs.ReadShardStateAsync(plan.Manifest.RunId, role.Role, shard, Cancellation), 0, RunTotals.ExamplesShown);
        }

        var all = RunTotals.Create(plan, totals, _models);
        var result = EvaluationResult.Create(
            plan.Spec,
            (await _blobs.AddUpAsync(plan, Cancellation)).Finish(),
            all.Roles.ToDictionary(role => role.Role, role => role.Outcomes, StringComparer.Ordinal),
            isComplete: true
        );
        return _summaries[plan.Manifest.RunId] = SummaryBuilder.Create(plan, all, result, isComplete: true, duplicates: null);
    }

    private async Task<IReadOnlyList<RunPlan>> EvaluateAsync(string fields)
    {
        var spec = SpecReader.Read(
            $$"""{ {{fields}}, "candidates": ["m1", "m2"], "baseline": "base", "intervals": { "replicates": 100 } }""",
            "evaluation.json"
        );
        var plans = new List<RunPlan>();
        foreach (var model in Candidates)
        {
            var manifest = new RunManifest
            {
                RunId = $"run-{model}",
                Dataset = new DatasetVersion("s/test.jsonl", "etag", 1_000_000),
                Format = DatasetFormatCatalog.All[0],
                Roles = [new RoleModel(Roles.Candidate, model), new RoleModel(Roles.Baseline, "base")],
                Shards = [.. Enumerable.Range(0, Shards).Select(index => new ShardRange(index, index * 10_000L, (index + 1) * 10_000L))],
                CodeVersion = "test",
            };
            var plan = new RunPlan(manifest, spec, training: null) { Planning = $"{model}~0" };
            for (var shard = 0; shard < Shards; shard++)
            {
                await EvaluateAsync(plan, shard, Roles.Candidate, new Random(shard + (model == "m1" ? 10 : 20)));
                await EvaluateAsync(plan, shard, Roles.Baseline, new Random(shard));
            }

            plans.Add(plan);
        }

        return plans;
    }

    private async Task EvaluateAsync(RunPlan plan, int shard, string role, Random random)
    {
        var (tally, ordinal) = (new ShardTally(plan), 0);
        for (var row = 0; row < Rows; row++)
        {
            for (var repeat = 1; repeat <= plan.Spec.Repeats; repeat++)
            {
                tally.Add(Sample(plan, shard, row, ordinal++, plan.Spec.Repeats > 1 ? repeat : 0, random));
            }
        }

        await _blobs.WriteShardStatisticsAsync(plan.Manifest.RunId, role, shard, tally.Statistics(), Cancellation);
        await _blobs.WriteShardStateAsync(plan.Manifest.RunId, role, shard, tally.State(Rows), Cancellation);
    }

    private static EvaluatedSample Sample(RunPlan plan, int shard, int row, int ordinal, int repeat, Random random)
    {
        var text =
            plan.Spec.Labels.Count > 0 ? plan.Spec.Labels[random.Next(2)]
            : plan.Spec.Metrics.Any(metric => metric.Name == "mae") ? (row + random.Next(5)).ToString(CultureInfo.InvariantCulture)
            : string.Join(' ', Enumerable.Range(0, 6).Select(_ => Words[random.Next(Words.Length)]));
        var reference =
            plan.Spec.Labels.Count > 0 ? plan.Spec.Labels[row % 2]
            : plan.Spec.Metrics.Any(metric => metric.Name == "mae") ? row.ToString(CultureInfo.InvariantCulture)
            : "the cat sat on a mat";
        return new EvaluatedSample
        {
            Id = $"id{shard}-{row}",
            Ordinal = ordinal,
            Line = row + 1,
            Offset = (shard * 10_000L) + (row * 100),
            Repeat = repeat,
            Outcome = random.Next(50) == 0 ? Outcome.Unparsable : Outcome.Scored,
            Text = text,
            Prediction = text,
            References = [reference],
            Tags = new Dictionary<string, string> { ["language"] = row % 3 == 0 ? "de" : "en" },
            FinishReason = "stop",
            Attempts = 1,
        };
    }
}
