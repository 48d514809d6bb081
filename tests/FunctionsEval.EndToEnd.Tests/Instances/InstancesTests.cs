using FunctionsEval.EndToEnd.Tests.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Instances;

/// <summary>A run on several instances: shared by all, and whole when some of them die, join or stand still.</summary>
public sealed class InstancesTests(ITestOutputHelper output)
{
    private const int Samples = 800;
    private const int MaxConcurrency = 4;

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task One_run_is_evaluated_by_all_instances_and_no_sample_is_paid_twice(int hosts)
    {
        await using var fleet = await StartAsync(hosts);

        var run = await fleet.BeginAsync(fleet.Hosts[0], "shared", Samples);
        await Eventually.TrueAsync(() => fleet.Hosts.All(host => host.Endpoint.Total > 0), "each host has asked about samples");
        fleet.AnswerAfter(TimeSpan.Zero);

        await fleet.AssertWholeAsync(run, Samples);
        Tell(fleet);
    }

    [Fact]
    public async Task Run_is_whole_although_instances_are_killed_and_others_join()
    {
        await using var fleet = await StartAsync(hosts: 2);

        var run = await fleet.BeginAsync(fleet.Hosts[0], "killed", Samples);
        await Eventually.TrueAsync(() => fleet.Hosts.All(host => host.Endpoint.Total > 0), "each host has asked about samples");
        await fleet.KillAsync(fleet.Hosts[0]);
        var third = await fleet.AddAsync();
        await Eventually.TrueAsync(() => third.Endpoint.Total > 0, "the host that joined has asked about samples");
        await fleet.KillAsync(fleet.Hosts[1]);
        fleet.AnswerAfter(TimeSpan.Zero);

        await fleet.AssertWholeAsync(run, Samples);
        Tell(fleet);
    }

    [Fact]
    public async Task Instance_that_stood_still_for_longer_than_its_leases_changes_nothing_when_it_goes_on()
    {
        await using var fleet = await StartAsync(hosts: 2);

        var run = await fleet.BeginAsync(fleet.Hosts[0], "stalled", Samples);
        await Eventually.TrueAsync(() => fleet.Hosts.All(host => host.Endpoint.Total > 0), "each host has asked about samples");
        var stalled = fleet.Hosts[1];
        await stalled.StallAsync();
        fleet.Hosts[0].Endpoint.Latency = TimeSpan.Zero;
        await fleet.EndedAsync(run);
        var asked = stalled.Endpoint.Total;
        await stalled.GoOnAsync();
        // It takes part in the next run, and so has left the shards of this one.
        fleet.AnswerAfter(Slow);
        var next = await fleet.BeginAsync(stalled, "next", Samples, rows: "wombat");
        await Eventually.TrueAsync(() => stalled.Endpoint.Requests.Keys.Any(IsOfNext), "it has asked about samples of the next run");
        fleet.AnswerAfter(TimeSpan.Zero);
        await fleet.EndedAsync(next);

        // It found out that another had its shards before it sent anything.
        Assert.Equal(asked, stalled.Endpoint.Requests.Where(request => !IsOfNext(request.Key)).Sum(request => request.Value));
        await fleet.AssertWholeAsync(run, Samples, mayBePaidAgain: Samples + MaxConcurrency);
        await fleet.AssertWholeAsync(next, Samples, mayBePaidAgain: Samples + MaxConcurrency);
        Tell(fleet);

        static bool IsOfNext(string prompt) => prompt.StartsWith("wombat", StringComparison.Ordinal);
    }

    private static async Task<HostFleet> StartAsync(int hosts)
    {
        var fleet = await HostFleet.StartAsync(
            hosts,
            ("Evaluation__MinRowsPerShard", "20"),
            ("Evaluation__MaxRowsPerShard", "20"),
            ("Models__recorded__MaxConcurrency", $"{MaxConcurrency}")
        );
        fleet.AnswerAfter(Slow);
        return fleet;
    }

    private void Tell(HostFleet fleet) =>
        output.WriteLine(
            $"{fleet.Paid} answers for {Samples} samples: "
                + string.Join(", ", fleet.Hosts.Select(host => $"{host.Endpoint.Paid} of {host.Endpoint.Total} requests"))
        );
}
