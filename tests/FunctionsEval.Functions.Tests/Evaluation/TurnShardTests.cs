using System.Text.Json;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Shards of conversations each trained turn of which is a sample.</summary>
public sealed class TurnShardTests
{
    private static readonly (string, string)[] SmallShards = [("Evaluation:MinRowsPerShard", "10"), ("Evaluation:MaxRowsPerShard", "10")];

    [Fact]
    public async Task Each_turn_is_asked_once_and_logged_with_its_place()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        await harness.PlanAsync(Conversations(4), Spec());

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);

        var rows = await harness.RowsAsync();
        Assert.Equal(["c0#1", "c0#2", "c1#1", "c1#2", "c1#3", "c2#1", "c2#2", "c2#3", "c2#4", "c3#1", "c3#2"], rows.Select(row => row.Id));
        Assert.Equal(Enumerable.Range(0, 11), rows.Select(row => row.Ordinal));
        Assert.Equal([2, 2, 3, 3, 3, 4, 4, 4, 4, 2, 2], rows.Select(row => row.Turns));
        Assert.Equal(["c0", "c1", "c2", "c3"], rows.Select(row => row.RowId).Distinct());
        Assert.All(rows, row => Assert.Equal((Outcome.Scored, true), (row.Outcome, row.IsRight)));
        Assert.All(harness.Requests, request => Assert.Equal(1, request.Value));
        Assert.Equal("21", rows.Single(row => row.Id == "c2#2").Input);
    }

    [Fact]
    public async Task Crash_amid_a_conversation_leaves_its_answered_turns_answered()
    {
        await using var harness = await ShardHarness.StartAsync(1, ("Models:0:MaxConcurrency", "32")); // One shard has them all.
        await harness.PlanAsync(Conversations(30), Spec(repeats: 2));
        var reached = new TaskCompletionSource();
        harness.Answer = (row, context) =>
        {
            if (row == "151")
            {
                reached.TrySetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            }

            return ShardHarness.RightAsync(row, context);
        };
        var crashed = harness.EvaluateAsync();
        await reached.Task;
        harness.Crash();
        harness.Answer = ShardHarness.RightAsync;
        harness.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync()).Status);

        var rows = await harness.RowsAsync();
        Assert.Equal(Enumerable.Range(0, 2 * 90), rows.Select(row => row.Ordinal));
        Assert.Equal(2 * 90, rows.Select(row => (row.Id, row.Repeat)).Distinct().Count());
        Assert.Equal(rows.OrderBy(row => (row.Offset, row.Turn, row.Repeat)), rows);
        _ = crashed;
    }

    [Fact]
    public async Task Turns_of_logs_whose_manifest_is_lost_are_found_by_their_place()
    {
        await using var harness = await ShardHarness.StartAsync(1, SmallShards);
        await harness.PlanAsync(Conversations(24), Spec());
        var before = await EvaluateAllAsync(harness);
        Assert.Equal(24 * 3, harness.Requests.Values.Sum());
        var expected = await SamplesAsync(harness, before);

        harness.Storage.Delete($"runs/{StorageNames.Manifest(ShardHarness.RunId)}");
        for (var shard = 0; shard < before; shard++)
        {
            harness.Storage.Delete($"runs/{StorageNames.ShardState(ShardHarness.RunId, Roles.Candidate, shard)}");
        }

        harness.NewProcess(("Evaluation:MinRowsPerShard", "17"), ("Evaluation:MaxRowsPerShard", "17"));
        await harness.PlanAsync(harness.Run);
        var after = await EvaluateAllAsync(harness);

        Assert.NotEqual(before, after);
        Assert.Equal(expected, await SamplesAsync(harness, after));
    }

    [Fact]
    public async Task Shards_and_progress_count_turns()
    {
        await using var harness = await ShardHarness.StartAsync(1, SmallShards);

        var plan = await harness.PlanAsync(Conversations(60), Spec());

        // 60 conversations of 3 turns in the mean, 10 samples a shard: 18 to 20 shards of 3 rows.
        Assert.InRange(plan.Shards, 18, 20);
        var row = harness.Tables.Table(StorageNames.RunsTable).Find(ShardHarness.RunId, RunEntity.RowKey)!;
        Assert.Equal((180L, true), (row.GetInt64("ExpectedSamples"), row.GetBoolean("ExpectedSamplesEstimated")));
    }

    [Fact]
    public async Task A_share_of_the_dataset_holds_whole_conversations()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        await harness.PlanAsync(Conversations(60), Spec(""" "limits": { "sampleFraction": 0.5 }, """));
        await harness.EvaluateAsync();

        var conversations = (await harness.RowsAsync()).GroupBy(row => row.RowId).ToList();
        Assert.InRange(conversations.Count, 15, 45);
        Assert.All(conversations, turns => Assert.Equal(turns.First().Turns, turns.Count()));
    }

    [Fact]
    public async Task Turn_that_is_no_sample_is_logged_as_malformed_beside_the_others()
    {
        await using var harness = await ShardHarness.StartAsync(1);
        var odd = JsonSerializer.Serialize(
            new
            {
                id = "x",
                messages = new object[]
                {
                    new { role = "user", content = "901" },
                    new { role = "assistant", content = "Good morning!" },
                    new { role = "user", content = "902" },
                    new { role = "assistant", content = "even" },
                },
            }
        );
        await harness.PlanAsync(Conversations(20) + odd, Spec(""" "limits": { "maxMalformedShare": 0.1 }, """));
        await harness.EvaluateAsync();

        var rows = (await harness.RowsAsync()).Where(row => row.RowId == "x").ToList();
        Assert.Equal(
            [("x#1", Outcome.MalformedSample, 1, 2), ("x#2", Outcome.Scored, 2, 2)],
            rows.Select(row => (row.Id, row.Outcome, row.Turn, row.Turns))
        );
        Assert.StartsWith("unknown_label: The reference in messages[1]", rows[0].Reason, StringComparison.Ordinal);
        Assert.False(harness.Requests.ContainsKey("901"));
    }

    /// <summary>Conversations of 2, 3 and 4 trained turns, each of which asks about a number.</summary>
    private static string Conversations(int count) =>
        string.Concat(
            Enumerable
                .Range(0, count)
                .Select(row =>
                    JsonSerializer.Serialize(
                        new
                        {
                            id = $"c{row}",
                            messages = Enumerable
                                .Range(0, (row % 3) + 2)
                                .Select(turn => (row * 10) + turn)
                                .SelectMany(number =>
                                    new[]
                                    {
                                        new { role = "user", content = $"{number}" },
                                        new { role = "assistant", content = number % 2 == 0 ? "even" : "odd" },
                                    }
                                ),
                        }
                    ) + "\n"
                )
        );

    /// <summary>The first message of a request is the number that its turn asks about, as <see cref="ShardHarness"/> expects it.</summary>
    private static string Spec(string field = "", int repeats = 1) =>
        $$"""
            { "task": "classification", "model": "m", "turns": "all", {{field}} "repeats": {{repeats}}, "labels": ["even", "odd"],
              "metrics": ["accuracy"], "prompt": { "system": "{{"{{ input }}"}}" } }
            """;

    private static async Task<int> EvaluateAllAsync(ShardHarness harness)
    {
        var shards = (await harness.Get<RunBlobs>().ReadManifestAsync(ShardHarness.RunId, TestContext.Current.CancellationToken)).Shards;
        foreach (var shard in shards)
        {
            Assert.Equal(ShardStatus.Completed, (await harness.EvaluateAsync(ShardHarness.Work with { Shard = shard.Index })).Status);
        }

        return shards.Count;
    }

    /// <summary>The rows of all shards without their positions in these.</summary>
    private static async Task<List<EvaluatedSample>> SamplesAsync(ShardHarness harness, int shards)
    {
        var rows = new List<EvaluatedSample>();
        for (var shard = 0; shard < shards; shard++)
        {
            rows.AddRange(await harness.RowsAsync(shard));
        }

        return [.. rows.Select(row => row with { Ordinal = 0, Line = 0, LatencyMs = 0, References = [], Tags = null })];
    }
}
