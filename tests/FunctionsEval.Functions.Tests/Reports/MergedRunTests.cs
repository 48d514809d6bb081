using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Merging;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>
/// A run that is merged by ranges of shards is held against the simple way: one shard after the other, one sample after the other. Samples,
/// cuts, and which ranges are merged before the end are random.
/// </summary>
public sealed class MergedRunTests : IDisposable
{
    private const string RunId = "r";
    private const string OracleId = "oracle";

    private static readonly string[] Labels = ["even", "odd"];

    private readonly MemoryStorage _storage = new(new FakeTimeProvider());
    private readonly RunBlobs _blobs;
    private readonly SampleBlobs _sampleBlobs;
    private readonly ModelRegistry _models = new([], _ => throw new NotSupportedException());

    private int _languages = 2;
    private int _replicates = 50;

    public MergedRunTests()
    {
        _blobs = new RunBlobs(_storage.Blobs);
        _sampleBlobs = new SampleBlobs(_storage.Blobs);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Merged_ranges_have_the_bytes_of_the_sequential_result(int seed)
    {
        var random = new Random(seed);
        var plan = await EvaluateAsync(random, hasBaseline: seed % 3 != 0, isStopped: seed % 4 == 1);
        var size = random.Next(1, 5);
        await MergeSomeAsync(plan, size, random);

        var merged = await new RunMerger(plan, _blobs, _sampleBlobs).MergeAsync(size, "v", _models, samplesVersion: "", Cancellation);

        var expected = await AddUpAsync(plan);
        Assert.Equal(expected.Samples, _storage.TextOf($"runs/{StorageNames.Samples(RunId)}"));
        Assert.Equal(SummaryOf(plan, expected.Totals, expected.Scoreboard, expected.Duplicates), SummaryOf(plan, merged!));
        Assert.Equal(expected.Duplicates.FirstLine, merged!.Duplicates.FirstLine);
        await WriteOracleIndexAsync(plan, expected.Samples);
        Assert.Equal(
            _storage.BytesOf($"runs/{StorageNames.SampleIndex(OracleId)}"),
            _storage.BytesOf($"runs/{StorageNames.SampleIndex(RunId)}")
        );
        Assert.Equal(
            _storage.BytesOf($"runs/{StorageNames.SampleScores(OracleId)}"),
            _storage.BytesOf($"runs/{StorageNames.SampleScores(RunId)}")
        );
    }

    [Fact]
    public async Task Scoreboard_of_a_range_with_many_slices_is_not_kept_and_the_result_is_the_same()
    {
        (_languages, _replicates) = (100, 500);
        var plan = await EvaluateAsync(new Random(4), hasBaseline: true, isStopped: false);
        var whole = await MergeAsync(plan, 0, plan.Manifest.Shards.Count, plan.Manifest.HeaderLines);

        Assert.Empty(whole.Scoreboard.ToArray());
        Assert.NotEmpty((await MergeAsync(plan, 0, 1, plan.Manifest.HeaderLines)).Scoreboard.ToArray());
        var merged = await new RunMerger(plan, _blobs, _sampleBlobs).MergeAsync(1, "v", _models, samplesVersion: "", Cancellation);
        var expected = await AddUpAsync(plan);
        Assert.Equal(SummaryOf(plan, expected.Totals, expected.Scoreboard, expected.Duplicates), SummaryOf(plan, merged!));
    }

    [Fact]
    public async Task Range_that_is_merged_while_its_run_ends_leaves_nothing()
    {
        var plan = await EvaluateAsync(new Random(5), hasBaseline: false, isStopped: false);
        await _blobs.WriteSpecAsync(RunId, SpecReader.Canonical(plan.Spec), Cancellation);
        await _blobs.WriteManifestAsync(plan.Manifest, Cancellation);
        var (service, plans) = (new MemoryTables(), new RunPlans(_blobs));
        var name = $"runs/{StorageNames.Merged(RunId, RunMerger.VersionOf(await plans.GetAsync(RunId, 0, Cancellation)), 0)}";
        var (tables, comparison) = (new RunTables(service, new OpenRuns(service)), new RunComparison(_blobs));
        var merge = new MergeShards(plans, _blobs, tables, new PreviousRuns(tables, comparison, _models), comparison);
        SetStatus("Running");
        await merge.RunAsync(new MergeRequest(RunId, 0, 0, 2, 0), Cancellation);
        Assert.True(_storage.Has(name));

        _storage.Delete(name);
        var isWritten = false;
        _storage.Faults = call =>
        {
            if (call.Method == HttpMethod.Put && call.RequestUri!.AbsolutePath.EndsWith(name, StringComparison.Ordinal))
            {
                isWritten = true;
                SetStatus("Completed");
            }

            return Fault.None;
        };
        await merge.RunAsync(new MergeRequest(RunId, 0, 0, 2, 0), Cancellation);

        Assert.True(isWritten);
        Assert.False(_storage.Has(name));

        void SetStatus(string status) => service.Table("EvaluationRuns").Set(new TableEntity(RunId, "run") { ["Status"] = status });
    }

    [Fact]
    public async Task Blocks_that_are_gone_are_staged_again()
    {
        var random = new Random(1);
        var plan = await EvaluateAsync(random, hasBaseline: true, isStopped: false);
        await MergeAsync(plan, 0, 2, plan.Manifest.HeaderLines, lost: "bm90IHN0YWdlZCBieSBhbnlib2R5");

        Assert.NotNull(await new RunMerger(plan, _blobs, _sampleBlobs).MergeAsync(2, "v", _models, samplesVersion: "", Cancellation));

        Assert.Equal((await AddUpAsync(plan)).Samples, _storage.TextOf($"runs/{StorageNames.Samples(RunId)}"));
    }

    [Fact]
    public async Task Range_merged_twice_is_the_same()
    {
        var plan = await EvaluateAsync(new Random(2), hasBaseline: true, isStopped: false);

        var (once, again) = (await MergeAsync(plan, 1, 2, 7), await MergeAsync(plan, 1, 2, 7));

        Assert.NotEmpty(once.Blocks);
        Assert.Equal(once.Write().ToArray(), again.Write().ToArray());
        Assert.Equal(once.Write().ToArray(), MergedShards.Read(once.Write()).Write().ToArray());
    }

    [Fact]
    public async Task Ranges_of_another_planning_or_resumption_are_not_used()
    {
        var plan = await EvaluateAsync(new Random(3), hasBaseline: false, isStopped: false);
        await _blobs.WriteSpecAsync(RunId, SpecReader.Canonical(plan.Spec), Cancellation);
        await _blobs.WriteManifestAsync(plan.Manifest, Cancellation);
        var plans = new RunPlans(_blobs);
        var versions = new List<string>();
        versions.Add(RunMerger.VersionOf(await plans.GetAsync(RunId, 0, Cancellation)));
        versions.Add(RunMerger.VersionOf(await plans.GetAsync(RunId, 1, Cancellation)));
        await _blobs.WriteManifestAsync(plan.Manifest, Cancellation);
        versions.Add(RunMerger.VersionOf(await plans.GetAsync(RunId, 1, Cancellation)));

        Assert.Equal(versions, versions.Distinct());
    }

    public void Dispose() => _storage.Dispose();

    private async Task MergeSomeAsync(RunPlan plan, int size, Random random)
    {
        long lines = plan.Manifest.HeaderLines;
        for (var first = 0; first < plan.Manifest.Shards.Count; first += size)
        {
            var count = Math.Min(size, plan.Manifest.Shards.Count - first);
            if (random.Next(3) > 0)
            {
                await MergeAsync(plan, first, count, lines);
            }

            lines += await new ShardMerger(plan, _blobs).CountLinesAsync(first, count, Cancellation);
        }
    }

    private async Task<MergedShards> MergeAsync(RunPlan plan, int first, int count, long linesBefore, string? lost = null)
    {
        var merged = await new ShardMerger(plan, _blobs).MergeAsync(first, count, linesBefore, Cancellation);
        merged = lost is null ? merged : merged with { Blocks = [lost] };
        await _blobs.WriteMergedAsync(RunId, "v", first, merged.Write(), Cancellation);
        return merged;
    }

    /// <summary>Leaves what the shards of a run leave.</summary>
    private async Task<RunPlan> EvaluateAsync(Random random, bool hasBaseline, bool isStopped)
    {
        string[] roles = hasBaseline ? [Roles.Candidate, Roles.Baseline] : [Roles.Candidate];
        var task =
            random.Next(2) == 0
                ? """ "task": "classification", "labels": ["even", "odd"], "positiveLabel": "odd", "labelProbabilities": "exact", "metrics": ["accuracy", "f1", "roc_auc"] """
                : """ "task": "generation", "metrics": ["rouge"] """;
        var baseline = hasBaseline ? ", \"baseline\": \"m\"" : "";
        var spec = SpecReader.Read(
            $$"""{ {{task}}, "model": "m", "slices": ["language"], "intervals": { "replicates": {{_replicates}} }{{baseline}} }""",
            "evaluation.json"
        );
        var shards = Enumerable.Range(0, random.Next(3, 14)).Select(index => new ShardRange(index, index * 10_000L, (index + 1) * 10_000L));
        var plan = new RunPlan(
            new RunManifest
            {
                RunId = RunId,
                Dataset = new DatasetVersion("s/test.csv", "etag", 1_000_000),
                Format = DatasetFormatCatalog.All[0],
                Roles = [.. roles.Select(role => new RoleModel(role, "m"))],
                Shards = [.. shards],
                HeaderLines = random.Next(2),
                CodeVersion = "test",
            },
            spec,
            training: null
        );
        for (var shard = 0; shard < plan.Manifest.Shards.Count; shard++)
        {
            await EvaluateAsync(plan, shard, random, isStopped);
        }

        return plan;
    }

    private async Task EvaluateAsync(RunPlan plan, int shard, Random random, bool isStopped)
    {
        var rows = random.Next(0, 12);
        var ids = Enumerable.Range(0, rows).Select(_ => $"id{random.Next(60)}").ToList();
        foreach (var role in plan.Manifest.Roles)
        {
            var (tally, log) = (new ShardTally(plan), new StringBuilder());
            for (var row = 0; row < rows; row++)
            {
                if (isStopped && random.Next(4) == 0)
                {
                    continue;
                }

                var sample = Sample(shard, row, ids[row], role.Role, random);
                tally.Add(sample);
                log.Append(JsonSerializer.Serialize(sample, RunJson.Options)).Append('\n');
            }

            _storage.Write($"runs/{StorageNames.ShardLog(RunId, role.Role, shard)}", Encoding.UTF8.GetBytes(log.ToString()));
            await _blobs.WriteShardStatisticsAsync(RunId, role.Role, shard, tally.Statistics(), Cancellation);
            await _blobs.WriteShardStateAsync(RunId, role.Role, shard, tally.State((2 * rows) + 1), Cancellation);
        }
    }

    private EvaluatedSample Sample(int shard, int row, string id, string role, Random random)
    {
        var prediction = random.Next(8) switch
        {
            0 => null,
            1 => new string('x', 150 + random.Next(100)),
            _ => Labels[random.Next(2)],
        };
        var outcome = (Outcome)random.Next(3);
        return new EvaluatedSample
        {
            Id = id,
            Ordinal = row,
            Line = (2 * row) + 1,
            Offset = (shard * 10_000L) + (row * 100),
            Outcome = outcome,
            Reason = outcome == Outcome.Scored ? null : $"code{random.Next(3)}: a sentence",
            Input = role == Roles.Candidate ? $"What is {shard} {row}?" : null,
            Text = prediction,
            LabelProbabilities = new Dictionary<string, double> { ["even"] = 0.25, ["odd"] = random.NextDouble() * 0.75 },
            Prediction = outcome == Outcome.Scored ? prediction : null,
            References = [Labels[(shard + row) % 2]],
            Tags = random.Next(3) == 0 ? null : new Dictionary<string, string> { ["language"] = $"l{((shard * 12) + row) % _languages}" },
            FinishReason = "stop",
            InputTokens = random.Next(100),
            OutputTokens = random.Next(10),
            LatencyMs = random.Next(1, 1000),
            Model = $"m{random.Next(3)}",
            Attempts = 1,
        };
    }

    private async Task<Expected> AddUpAsync(RunPlan plan)
    {
        var (samples, duplicates, line) = (new StringBuilder(), new DuplicateIds(), (long)plan.Manifest.HeaderLines);
        var totals = RunTotals.CreateRoles(plan, _models);
        for (var shard = 0; shard < plan.Manifest.Shards.Count; shard++)
        {
            var logs = new List<SortedDictionary<RowKey, EvaluatedSample>>();
            var lines = 0;
            foreach (var (place, role) in plan.Manifest.Roles.Index())
            {
                logs.Add((await _blobs.ReadShardLogAsync(plan.Manifest, role.Role, shard, Cancellation)).Rows);
                var state = await _blobs.ReadShardStateAsync(RunId, role.Role, shard, Cancellation);
                totals[place].Add(state, line, RunTotals.ExamplesShown);
                lines = state.Lines;
            }

            foreach (var key in logs.SelectMany(log => log.Keys).Distinct().Order())
            {
                var (one, other) = (logs[0].GetValueOrDefault(key), logs.ElementAtOrDefault(1)?.GetValueOrDefault(key));
                var sample = SampleResult.From(one, other, line);
                samples.Append(JsonSerializer.Serialize(sample, ResultJson.Options)).Append('\n');
                duplicates.Add(Scoreboard.SampleKey((one ?? other)!.RowId), sample.Line);
            }

            line += lines;
        }

        return new Expected(
            samples.ToString(),
            RunTotals.Create(plan, totals, _models),
            await _blobs.AddUpAsync(plan, Cancellation),
            duplicates
        );
    }

    /// <summary>Writes the index sample by sample, as it is made again for a run that has none.</summary>
    private async Task WriteOracleIndexAsync(RunPlan plan, string samples)
    {
        var scores = new ShardScores(_blobs, plan);
        using var index = new SampleIndexWriter(_sampleBlobs, OracleId, scores.Scorer.Numbers, scores.ComparesTexts);
        foreach (var line in samples.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var sample = JsonSerializer.Deserialize<SampleResult>(line, ResultJson.Options)!;
            var (one, other) = await scores.FindAsync(sample);
            await index.AddAsync(sample, Encoding.UTF8.GetByteCount(line), one, other, Cancellation);
        }

        await index.CommitAsync((await _sampleBlobs.FindAsync(RunId, Cancellation))! with { RunId = OracleId }, Cancellation);
    }

    private static string SummaryOf(RunPlan plan, MergedRun merged) => SummaryOf(plan, merged.Totals, merged.Scoreboard, merged.Duplicates);

    private static string SummaryOf(RunPlan plan, RunTotals totals, Scoreboard scoreboard, DuplicateIds duplicates)
    {
        var result = EvaluationResult.Create(
            plan.Spec,
            scoreboard.Finish(),
            totals.Roles.ToDictionary(role => role.Role, role => role.Outcomes, StringComparer.Ordinal),
            isComplete: true,
            reasons: totals.Candidate.Reasons
        );
        var summary = SummaryBuilder.Create(plan, totals, result, isComplete: true, duplicates.Count);
        return JsonSerializer.Serialize(summary, ResultJson.Indented)
            + string.Join(
                '\n',
                totals.Latencies().Select(latency => string.Create(CultureInfo.InvariantCulture, $"{latency.LatencyMs.Quantile(0.5)}"))
            );
    }

    private sealed record Expected(string Samples, RunTotals Totals, Scoreboard Scoreboard, DuplicateIds Duplicates);
}
