using System.Text.Json.Nodes;
using FunctionsEval.Core.Specs;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Groups;

/// <summary>The worker ended in each phase of a group, found by the storage request that marks it.</summary>
public sealed class GroupCrashTests(ITestOutputHelper output)
{
    private const int Samples = 60;

    /// <summary>What may be asked once more after a crash: the calls in flight.</summary>
    private const int InFlight = 4;

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
        await using var app = await EvaluationApp.StartAsync(
            withProxy: true,
            ("Evaluation__MinRowsPerShard", "20"),
            ("Evaluation__MaxRowsPerShard", "20"),
            ("Models__tuned__MaxConcurrency", $"{InFlight}"),
            ("Models__recorded-base__MaxConcurrency", $"{InFlight}")
        );
        ManyCandidates.AnswerAll(app.Endpoint, candidates: 3);
        var calm = await RunAsync(app, "calm");
        app.KillOnce(call => IsMoment(phase, call, calm.Id), StorageFault.RefusedAfterCommit);

        var (id, summary) = await RunAsync(app, "calm-too");

        Assert.NotEqual(calm.Id, id);
        Assert.Equal(Anonymous(calm.Summary), Anonymous(summary));
        foreach (var model in new[] { "recorded-base", "c1", "c2", "c3" })
        {
            var asked = app.Endpoint.Asked(model, "calm-too");
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

    private static async Task<(string Id, string Summary)> RunAsync(EvaluationApp app, string suite)
    {
        await app.DropAsync(
            $"{suite}/test.jsonl",
            ManyCandidates.Spec(
                3,
                """, "name": "same", "gate": { "rules": [ { "metric": "accuracy", "notWorseThanBaselineBy": 0.2 } ] }"""
            ),
            Parity.Rows(suite, Samples)
        );
        var group = await app.GroupEndedAsync($"{suite}/test.jsonl");
        Assert.Equal("Completed", group.GetString("Status"));
        return (group.PartitionKey, (await app.SummaryAsync(group.PartitionKey)).ToJsonString());
    }

    /// <summary>The summary without what names the dataset's version and the runs.</summary>
    private static string Anonymous(string summary)
    {
        var json = JsonNode.Parse(summary)!.AsObject();
        json.Remove("dataset");
        return System.Text.RegularExpressions.Regex.Replace(json.ToJsonString(), RunId.Prefix + "[a-z2-7]{26}", "ev-…");
    }
}
