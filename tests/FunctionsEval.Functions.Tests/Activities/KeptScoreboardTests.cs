using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Evaluation;

namespace FunctionsEval.Functions.Tests.Activities;

public sealed class KeptScoreboardTests
{
    [Theory]
    [InlineData("group", true)]
    [InlineData(null, false)]
    public async Task Scoreboard_of_a_groups_member_is_kept_with_its_summary(string? group, bool isKept)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var harness = await ShardHarness.StartAsync(20);
        await harness.EvaluateAsync(cancellationToken);
        var runs = harness.Tables.Table(StorageNames.RunsTable);
        var row = runs.Find(ShardHarness.RunId, RunEntity.RowKey)!;
        row["Group"] = group;
        runs.Set(row);

        var request = new SummaryRequest(ShardHarness.RunId, 0, IsComplete: true) { ShardsMerged = PlanReport.ShardsMergedTogether };
        Assert.Null(await harness.Get<WriteSummary>().RunAsync(request, cancellationToken));

        Assert.True(harness.Storage.Has($"runs/{StorageNames.Summary(ShardHarness.RunId)}"));
        Assert.Equal(isKept, harness.Storage.Has($"runs/{StorageNames.Scoreboard(ShardHarness.RunId)}"));
    }
}
