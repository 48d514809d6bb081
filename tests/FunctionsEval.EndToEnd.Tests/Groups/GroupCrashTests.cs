using System.Text.Json.Nodes;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Groups;

/// <summary>An app whose storage can fail, and the group that nothing happened to.</summary>
public sealed class CalmGroupApp : IAsyncLifetime
{
    internal const int Samples = 60;

    /// <summary>What may be asked once more after a crash: the calls in flight.</summary>
    internal const int InFlight = 4;

    internal EvaluationApp App { get; private set; } = null!;

    /// <summary>The group, and its summary.</summary>
    internal (string Id, string Summary) Calm { get; private set; }

    public async ValueTask InitializeAsync()
    {
        App = await EvaluationApp.StartAsync(
            withProxy: true,
            ("Evaluation__MinRowsPerShard", "20"),
            ("Evaluation__MaxRowsPerShard", "20"),
            ("Models__tuned__MaxConcurrency", $"{InFlight}"),
            ("Models__recorded-base__MaxConcurrency", $"{InFlight}")
        );
        ManyCandidates.AnswerAll(App.Endpoint, candidates: 3);
        Calm = await RunAsync("calm");
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>A group's run to its end.</summary>
    /// <param name="suite">A name of four letters: the weights of the bootstrap depend on a sample's id and place.</param>
    internal async Task<(string Id, string Summary)> RunAsync(string suite)
    {
        await App.DropAsync(
            $"{suite}/test.jsonl",
            ManyCandidates.Spec(
                3,
                """, "name": "same", "gate": { "rules": [ { "metric": "accuracy", "notWorseThanBaselineBy": 0.2 } ] }"""
            ),
            Parity.Rows(suite, Samples)
        );
        var group = await App.GroupEndedAsync($"{suite}/test.jsonl");
        Assert.Equal("Completed", group.GetString("Status"));
        return (group.PartitionKey, (await App.SummaryAsync(group.PartitionKey)).ToJsonString());
    }
}

/// <summary>The worker ended in each phase of a group, found by the storage request that marks it.</summary>
public sealed class GroupCrashTests(CalmGroupApp shared, ITestOutputHelper output) : IClassFixture<CalmGroupApp>
{
    private const int Samples = CalmGroupApp.Samples;
    private const int InFlight = CalmGroupApp.InFlight;

    public enum Phase
    {
        Reservation,
        Baseline,
        Candidates,
        FanIn,
        Commit,
    }

    [Theory]
    [InlineData(Phase.Reservation)]
    [InlineData(Phase.Baseline)]
    [InlineData(Phase.Candidates)]
    [InlineData(Phase.FanIn)]
    [InlineData(Phase.Commit)]
    public async Task Killed_in_any_phase_goes_on_and_gives_the_same_summary(Phase phase)
    {
        var (app, calm) = (shared.App, shared.Calm);
        var suite = phase.ToString()[..4].ToLowerInvariant();
        app.KillOnce(call => IsMoment(phase, call, calm.Id), StorageFault.RefusedAfterCommit);

        var (id, summary) = await shared.RunAsync(suite);

        Assert.NotEqual(calm.Id, id);
        Assert.Equal(Anonymous(calm.Summary), Anonymous(summary));
        foreach (var model in new[] { "recorded-base", "c1", "c2", "c3" })
        {
            var asked = app.Endpoint.Asked(model, suite);
            output.WriteLine($"{phase}: {model} was asked {asked} times about {Samples} samples");
            Assert.InRange(asked, Samples, Samples + (phase is Phase.Baseline or Phase.Candidates ? 3 * InFlight : 0));
        }
    }

    private static bool IsMoment(Phase phase, StorageCall call, string calm)
    {
        if (call.Path.Contains(calm, StringComparison.Ordinal))
        {
            return false;
        }

        return phase switch
        {
            Phase.Reservation => call is { Method: "PUT" } && call.Path.EndsWith("/spec.json", StringComparison.Ordinal),
            Phase.Baseline => call is { Method: "PUT" } && call.Path.Contains("/shards/000001.state.json", StringComparison.Ordinal),
            Phase.Candidates => call is { Method: "PUT" }
                && call.Path.Contains("/baseline/shards/000001.state.json", StringComparison.Ordinal),
            Phase.FanIn => call is { Method: "PUT" } && call.Path.EndsWith("/summary.json", StringComparison.Ordinal),
            _ => call is { Method: "PUT" } && call.Path.EndsWith("/report.html", StringComparison.Ordinal),
        };
    }

    /// <summary>The summary without what names the dataset's version and the runs.</summary>
    private static string Anonymous(string summary)
    {
        var json = JsonNode.Parse(summary)!.AsObject();
        json.Remove("dataset");
        return System.Text.RegularExpressions.Regex.Replace(json.ToJsonString(), RunId.Prefix + "[a-z2-7]{26}", "ev-…");
    }
}
