using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Instances;

/// <summary>A deployment amid a run, as a plan does it that ends all instances and starts the new build.</summary>
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const int Samples = 400;

    [Fact]
    public async Task Run_goes_on_and_ends_right_when_all_instances_are_killed_and_another_build_starts()
    {
        using var build = new TemporaryDirectory();
        var version = OtherBuild.Create(build.Combine("app"));
        await using var fleet = await HostFleet.StartAsync(
            hosts: 2,
            ("Evaluation__MinRowsPerShard", "20"),
            ("Evaluation__MaxRowsPerShard", "20"),
            ("Models__recorded__MaxConcurrency", "4")
        );
        fleet.AnswerAfter(TimeSpan.FromMilliseconds(100));
        var run = await fleet.BeginAsync(fleet.Hosts[0], "upgraded", Samples);
        await fleet.PaidAsync(Samples / 4);

        await fleet.KillAsync([.. fleet.Hosts]);
        var paid = fleet.Paid;
        Assert.InRange(paid, Samples / 4, Samples - 1);
        var next = await fleet.AddAsync(build.Combine("app"));
        next.Endpoint.Latency = TimeSpan.Zero;

        await fleet.AssertWholeAsync(run, Samples);
        output.WriteLine($"{paid} answers before and {next.Endpoint.Paid} after the upgrade, for {Samples} samples");
        TableEntity row = await fleet.Tables.GetTableClient("EvaluationRuns").GetEntityAsync<TableEntity>(run, "run");
        Assert.NotEqual(version, row.GetString("CodeVersion"));

        var later = await fleet.BeginAsync(next, "later", samples: 20);
        Assert.Equal(version, (await fleet.EndedAsync(later)).GetString("CodeVersion"));
    }
}
