using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>From a job's end to a suite's verdict over all its checkpoints with nobody present, and nothing left behind.</summary>
public sealed class DeployedSuiteTests : IAsyncLifetime
{
    private const int Rows = 20;

    private EvaluationApp _app = null!;
    private FineTuneServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FineTuneServer.StartAsync();
        DeployedApp.AddForeign(_server.Account);
        _app = await EvaluationApp.StartAsync(DeployedApp.Settings(_server, checkpoints: 5));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("whole", "", "pass")]
    [InlineData("parts", "a b", "fail")]
    public async Task Suite_passes_where_one_checkpoint_passes_on_all_datasets(string suite, string step90IsWrongOn, string verdict)
    {
        var wrong = new Dictionary<string, string>
        {
            ["final"] = "b",
            ["step-90"] = step90IsWrongOn,
            ["step-80"] = "a",
        };
        AnswerWrongly(wrong);
        await DropAsync(suite);
        var deletedAfter = new List<int>();
        _server.Account.Seen = (step, _) =>
        {
            if (step == "DELETE")
            {
                deletedAfter.Add(Asked());
            }

            return Task.CompletedTask;
        };
        DeployedApp.EndWithCheckpoints(_server, suite);
        await _app.RunTimerAsync("PollFineTuneJobs");

        var row = await SuiteAsync(suite);

        Assert.Equal(("Completed", verdict), (row.GetString("Status"), row.GetString("Verdict")));
        using var http = _app.Http;
        var run = JsonNode.Parse(await http.GetStringAsync($"/api/suites/{row.PartitionKey}", TestContext.Current.CancellationToken))!;
        Assert.Equal(
            verdict == "pass" ? ["step-90 pass", "final fail", "step-80 fail"] : ["final fail", "step-80 fail", "step-90 fail"],
            run["candidates"]!.AsArray().Select(one => $"{LabelOf((string)one!["model"]!)} {(string?)one["verdict"]}")
        );
        // On each dataset some checkpoint passes, so each dataset passes by itself.
        Assert.All(run["datasets"]!.AsArray(), dataset => Assert.Equal("pass", (string?)dataset!["verdict"]));
        Assert.All(run["datasets"]!.AsArray(), dataset => Assert.Equal(3, dataset!["candidates"]!.AsArray().Count));
        Assert.Equal(verdict == "pass" ? "step-90" : null, run["model"] is { } model ? LabelOf((string)model!) : null);
        Assert.Equal(verdict == "pass" ? ((string)run["model"]!)["tuned/".Length..] : null, (string?)run["deployment"]);

        await Eventually.TrueAsync(
            () => _server.Account.Names.SequenceEqual(DeployedApp.Foreign),
            "only the deployments of others are left"
        );
        Assert.All(deletedAfter, asked => Assert.Equal(2 * 3 * Rows, asked));
        Assert.Equal([1, 1, 1], _server.Account.Creations.Values);
        Assert.Equal([1, 1, 1], _server.Account.Deletions.Values);
        var told = Assert.Single(await _app.ToldAsync(message => (string?)message["data"]!["fineTuneJob"] is not null));
        Assert.Equal(
            ("suite.completed", verdict, row.PartitionKey),
            ((string?)told["type"], (string?)told["data"]!["verdict"], (string?)told["data"]!["suiteRunId"])
        );
        Assert.Equal(3, told["data"]!["candidates"]!.AsArray().Count);
    }

    /// <summary>A checkpoint answers nothing that can be read on the datasets that it is wrong on.</summary>
    private void AnswerWrongly(Dictionary<string, string> wrong)
    {
        _app.Endpoint.Answer = Parity.Answer;
        _app.Endpoint.Seen = body =>
        {
            var model = (string)body["model"]!;
            if (model.StartsWith(DeployedApp.Prefix, StringComparison.Ordinal))
            {
                var datasets = wrong[model[(DeployedApp.Prefix.Length + 17)..]].Split(' ');
                _app.Endpoint.AnswerOf.TryAdd(
                    model,
                    prompt => datasets.Contains(prompt.Split(' ')[0]) ? (200, "neither") : Parity.Answer(prompt)
                );
            }
        };
    }

    private async Task DropAsync(string suite)
    {
        var spec = JsonNode.Parse(DeployedApp.SpecFor(suite))!.AsObject();
        spec["suite"] = new JsonObject();
        spec["notify"] = JsonNode.Parse("""{ "queue": true }""");
        await _app.EvaluateAsync($"{suite}/a.jsonl", spec.ToJsonString(), Parity.Rows("a", Rows));
        await _app.EvaluateAsync($"{suite}/b.jsonl", spec: null, Parity.Rows("b", Rows));
    }

    private async Task<TableEntity> SuiteAsync(string suite)
    {
        var suites = _app.Tables.GetTableClient("EvaluationSuites");
        TableEntity? row = null;
        await Eventually.TrueAsync(
            () =>
            {
                row = suites.Query<TableEntity>($"RowKey eq 'suite' and FineTuneJob eq 'ftjob-{suite}'").SingleOrDefault();
                return row?.GetString("Status") is "Completed" or "Failed" or "Partial";
            },
            "the suite run has ended"
        );
        return row!;
    }

    private int Asked() =>
        _app
            .Endpoint.RequestsOf.Where(asked => asked.Key.Model.StartsWith(DeployedApp.Prefix, StringComparison.Ordinal))
            .Sum(asked => asked.Value);

    private static string LabelOf(string model) => model["tuned/".Length..][(DeployedApp.Prefix.Length + 17)..];
}
