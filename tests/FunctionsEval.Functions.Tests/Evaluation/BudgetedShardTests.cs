using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>A finished shard of a run with a cost ceiling, whose activity is delivered once more.</summary>
public sealed class BudgetedShardTests
{
    private static readonly string State = $"runs/{StorageNames.ShardState(ShardHarness.RunId, Roles.Candidate, 0)}";
    private static readonly string Row = new BudgetKey(ShardHarness.RunId, Roles.Candidate, 0).Row;

    [Fact]
    public async Task Shard_that_a_resumption_has_taken_since_keeps_what_it_reserved()
    {
        await using var harness = await FinishedAsync();
        SetRow(harness, term: 2);

        await DeliverAsync(harness);

        var row = RowOf(harness);
        Assert.Equal((5L, "later", 2), (row.GetInt64("Reserved"), row.GetString("Owner"), row.GetInt32("Term")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shard_whose_executor_ended_before_it_gave_anything_back_gives_it_back(bool hasTerm)
    {
        await using var harness = await FinishedAsync();
        if (!hasTerm)
        {
            // As an earlier version finished it.
            var state = JsonNode.Parse(harness.Storage.TextOf(State))!.AsObject();
            Assert.True(state.Remove("term"));
            harness.Storage.Write(State, Encoding.UTF8.GetBytes(state.ToJsonString()));
        }

        var spent = RowOf(harness).GetInt64("Spent");
        SetRow(harness, term: 1);

        await DeliverAsync(harness);

        var row = RowOf(harness);
        Assert.Equal(
            (spent, spent, null, 1),
            (row.GetInt64("Reserved"), row.GetInt64("Spent"), row.GetString("Owner"), row.GetInt32("Term"))
        );
    }

    private static async Task<ShardHarness> FinishedAsync()
    {
        var harness = await ShardHarness.StartAsync(
            2,
            ("Models:0:InputPricePerMillionTokens", "1000"),
            ("Models:0:OutputPricePerMillionTokens", "1000")
        );
        await harness.PlanAsync(
            ShardHarness.Row(0) + ShardHarness.Row(1),
            """{ "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy"], "limits": { "maxCost": 100 } }"""
        );
        await DeliverAsync(harness);
        Assert.True(RowOf(harness).GetInt64("Spent") > 0);
        return harness;
    }

    private static async Task DeliverAsync(ShardHarness harness)
    {
        var delivered = harness.EvaluateAsync();
        while (!delivered.IsCompleted)
        {
            // The budget is written to five times a second at most.
            harness.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal(ShardStatus.Completed, (await delivered).Status);
    }

    private static TableEntity RowOf(ShardHarness harness) => harness.Tables.Table(StorageNames.RunsTable).Find(ShardHarness.RunId, Row)!;

    /// <summary>The row of an executor that holds something.</summary>
    private static void SetRow(ShardHarness harness, int term) =>
        harness
            .Tables.Table(StorageNames.RunsTable)
            .Set(
                new TableEntity(ShardHarness.RunId, Row)
                {
                    ["Reserved"] = 5L,
                    ["Spent"] = 1L,
                    ["IsOpen"] = true,
                    ["Owner"] = "later",
                    ["Term"] = term,
                }
            );
}
