using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Evaluation;

namespace FunctionsEval.Functions.Tests.Activities;

/// <summary>The planned run's row says how many samples each model will have.</summary>
public sealed class ExpectedSamplesTests
{
    [Theory]
    [InlineData("", 60, false)]
    [InlineData(""" "repeats": 3, """, 180, false)]
    [InlineData(""" "limits": { "maxRows": 25 }, """, 25, false)]
    [InlineData(""" "limits": { "maxRows": 1000 }, """, 60, false)]
    [InlineData(""" "limits": { "sampleFraction": 0.5 }, """, 30, true)]
    public async Task Planned_run_says_how_many_samples_to_expect(string field, long expected, bool isEstimated)
    {
        await using var harness = await ShardHarness.StartAsync(1);

        await harness.PlanAsync(
            string.Concat(Enumerable.Range(0, 60).Select(ShardHarness.Row)) + "\n",
            $$"""{ "task": "classification", "model": "m", {{field}} "labels": ["even", "odd"], "metrics": ["accuracy"] }"""
        );

        var row = harness.Tables.Table(StorageNames.RunsTable).Find(ShardHarness.RunId, RunEntity.RowKey)!;
        Assert.Equal((expected, isEstimated), (row.GetInt64("ExpectedSamples"), row.GetBoolean("ExpectedSamplesEstimated")));
    }
}
