using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Which rows are a shard's, by what was planned first.</summary>
public sealed class PlannedShardTests
{
    [Fact]
    public async Task Manifest_of_an_earlier_planning_wins_over_other_shard_settings()
    {
        await using var harness = await ShardHarness.StartAsync(
            40,
            ("Evaluation:MinRowsPerShard", "10"),
            ("Evaluation:MaxRowsPerShard", "10")
        );
        var planned = await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken);

        harness.NewProcess(("Evaluation:MinRowsPerShard", "7"), ("Evaluation:MaxRowsPerShard", "7"));
        await harness.PlanAsync(harness.Run);

        var again = await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken);
        Assert.Equal(planned.Shards, again.Shards);
    }

    [Fact]
    public async Task Manifest_comes_after_the_rows_plan_because_a_repetition_that_finds_it_plans_nothing()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        var manifest = $"runs/{StorageNames.Manifest(ShardHarness.RunId)}";
        harness.Storage.Delete(manifest);
        var expected = new List<long?>();
        harness.Storage.Faults = request =>
        {
            if (request.Method == HttpMethod.Put && request.RequestUri!.AbsolutePath == $"/{manifest}")
            {
                var row = harness.Tables.Table(StorageNames.RunsTable).Find(ShardHarness.RunId, RunEntity.RowKey)!;
                expected.Add(row.GetInt64("ExpectedSamples"));
            }

            return Fault.None;
        };

        await harness.PlanAsync(string.Concat(Enumerable.Range(0, 40).Select(ShardHarness.Row)));

        Assert.Equal([40], expected);
    }

    [Theory]
    [InlineData(1, 4, 5)]
    [InlineData(32, 35, 40)]
    public async Task Shard_is_bounded_in_answers_and_not_in_rows_alone(int repeats, int fewest, int most)
    {
        await using var harness = await ShardHarness.StartAsync(
            1,
            ("Evaluation:MinRowsPerShard", "10"),
            ("Evaluation:MaxRowsPerShard", "10")
        );

        var plan = await harness.PlanAsync(
            string.Concat(Enumerable.Range(10, 40).Select(ShardHarness.Row)),
            $$"""{ "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy"], "repeats": {{repeats}} }"""
        );

        Assert.InRange(plan.Shards, fewest, most);
    }

    [Fact]
    public async Task Rows_of_logs_whose_manifest_is_lost_are_found_by_their_place_in_the_dataset()
    {
        await using var harness = await ShardHarness.StartAsync(
            40,
            ("Evaluation:MinRowsPerShard", "10"),
            ("Evaluation:MaxRowsPerShard", "10")
        );
        await EvaluateAllAsync(harness);
        Assert.Equal(40, harness.Requests.Values.Sum());

        // Only the shard logs are left.
        var blobs = harness.Get<RunBlobs>();
        var before = (await blobs.ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken)).Shards.Count;
        harness.Storage.Delete($"runs/{StorageNames.Manifest(ShardHarness.RunId)}");
        for (var shard = 0; shard < before; shard++)
        {
            harness.Storage.Delete($"runs/{StorageNames.ShardState(ShardHarness.RunId, Roles.Candidate, shard)}");
        }

        harness.NewProcess(("Evaluation:MinRowsPerShard", "7"), ("Evaluation:MaxRowsPerShard", "7"));
        await harness.PlanAsync(harness.Run);
        var shards = await EvaluateAllAsync(harness);

        var rows = new List<EvaluatedSample>();
        for (var shard = 0; shard < shards; shard++)
        {
            rows.AddRange(await harness.RowsAsync(shard));
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"n{number}"), rows.Select(row => row.Id));
    }

    private static async Task<int> EvaluateAllAsync(ShardHarness harness)
    {
        var shards = (await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken))
            .Shards
            .Count;
        for (var shard = 0; shard < shards; shard++)
        {
            Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { Shard = shard })).Status);
        }

        return shards;
    }
}
