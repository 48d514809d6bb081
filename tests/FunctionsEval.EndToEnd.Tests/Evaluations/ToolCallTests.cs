using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.SampleModels;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// Runs of the task tool_calls against the sample models, which compute their calls. Oracle: counts of the answers by hand.
/// </summary>
public sealed class ToolCallTests(ToolCallApp shared) : IClassFixture<ToolCallApp>
{
    private const string Suite = "tool-calls";

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task The_numbers_are_those_of_the_calls_that_the_models_make()
    {
        var run = await EvaluateAsync("whole");

        Assert.True(run.GetString("Status") == "Completed", run.GetString("Error"));
        foreach (var (role, model) in new[] { ("candidate", "harbour-tuned"), ("baseline", "harbour-base") })
        {
            var (names, turns) = await CountAsync(model);
            await AssertValueAsync(run, role, "tool_names_match", names);
            await AssertValueAsync(run, role, "turn_match", turns);
            await AssertValueAsync(run, role, "call_json_rate", 1);
            await AssertValueAsync(run, role, "hallucinated_function_rate", 0);
        }
    }

    [Fact]
    public async Task Results_show_the_calls()
    {
        var run = await EvaluateAsync("whole");
        using var http = _app.Http;

        var page = await http.GetFromJsonAsync<JsonObject>(
            $"/api/evaluations/{run.PartitionKey}/samples?size=200",
            TestContext.Current.CancellationToken
        );
        var report = await http.GetStringAsync($"/api/evaluations/{run.PartitionKey}/report", TestContext.Current.CancellationToken);
        var summary = await _app.SummaryAsync(run.PartitionKey);

        Assert.All(
            page!["samples"]!.AsArray(),
            sample =>
            {
                var answer = sample!["candidate"]!;
                Assert.StartsWith(
                    (string)answer["prediction"]! is ['[', ..] ? "[" : "\"",
                    (string)answer["prediction"]!,
                    StringComparison.Ordinal
                );
                Assert.All(answer["toolCalls"]!.AsArray(), call => Assert.True((bool)call!["isJson"]! && (bool)call["isOffered"]!));
            }
        );
        Assert.Equal(2, summary["toolDecisions"]!.AsArray().Count(table => (string)table!["slice"]! == "all"));
        Assert.Contains("Call or no call", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_run_has_the_same_numbers()
    {
        var whole = await EvaluateAsync("whole");
        var streamed = await EvaluateAsync("streamed", spec => spec["sampling"]!["stream"] = true);

        foreach (var name in new[] { "turn_match", "argument_f1", "call_schema_rate", "tool_decision_f1" })
        {
            var expected = await _app.MetricAsync(whole.PartitionKey, $"candidate|{name}|all");
            await AssertValueAsync(streamed, "candidate", name, expected.GetDouble("Value")!.Value);
        }
    }

    [Fact]
    public async Task An_offline_score_of_the_answers_gives_the_runs_numbers()
    {
        var runId = (await EvaluateAsync("whole")).PartitionKey;

        var offline = await _app.ScoreOfflineAsync(runId, SampleSuites.Spec(Suite).ToJsonString());

        Assert.NotEmpty(offline.Metrics);
        foreach (var line in offline.Metrics)
        {
            var row = await _app.MetricAsync(runId, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal((line.Value, line.Lower, line.Upper), (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper")));
        }
    }

    private Task<TableEntity> EvaluateAsync(string name, Action<JsonObject>? change = null)
    {
        var spec = SampleSuites.Spec(Suite);
        spec.Remove("trainingFile");
        change?.Invoke(spec);
        return shared.EvaluateOnceAsync($"{name}/test.jsonl", spec.ToJsonString(), SampleSuites.Rows(Suite, "test.jsonl"));
    }

    private async Task AssertValueAsync(TableEntity run, string role, string name, double expected)
    {
        var row = await _app.MetricAsync(run.PartitionKey, $"{role}|{name}|all");
        Assert.Equal(expected, row.GetDouble("Value")!.Value, 9);
    }

    /// <summary>The shares of turns that call the right functions, and with the right arguments, counted from the answers.</summary>
    private async Task<(double Names, double Turns)> CountAsync(string model)
    {
        using var http = new HttpClient { BaseAddress = shared.Models.Endpoint };
        var rows = SampleSuites.Rows(Suite, "test.jsonl");
        var (names, turns) = (0, 0);
        foreach (var row in rows)
        {
            var messages = row["messages"]!.AsArray();
            using var body = JsonContent.Create(
                new
                {
                    model,
                    messages = messages.Take(messages.Count - 1),
                    tools = row["tools"],
                }
            );
            using var response = await http.PostAsync("/v1/chat/completions", body, TestContext.Current.CancellationToken);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            var (expected, given) = (CallsOf(messages[^1]!), CallsOf(answer["choices"]![0]!["message"]!));
            names += expected.Select(call => call.Name).Order().SequenceEqual(given.Select(call => call.Name).Order()) ? 1 : 0;
            turns += expected.Select(Written).Order().SequenceEqual(given.Select(Written).Order()) ? 1 : 0;
        }

        return ((double)names / rows.Count, (double)turns / rows.Count);
    }

    private static List<(string Name, JsonObject Arguments)> CallsOf(JsonNode turn) =>
        turn["tool_calls"] is JsonArray calls
            ?
            [
                .. calls.Select(call =>
                    ((string)call!["function"]!["name"]!, JsonNode.Parse((string)call["function"]!["arguments"]!)!.AsObject())
                ),
            ]
            : [];

    /// <summary>A call with its arguments by name; the spec compares items and boats without regard to letter case.</summary>
    private static string Written((string Name, JsonObject Arguments) call) =>
        $"{call.Name}({string.Join(',', call.Arguments.OrderBy(argument => argument.Key, StringComparer.Ordinal).Select(argument =>
            $"{argument.Key}={(argument.Key is "item" or "boat" ? argument.Value!.ToJsonString().ToLowerInvariant() : argument.Value!.ToJsonString())}"))})";
}

/// <summary>One app for the tests of a class, with the sample models as its models.</summary>
public sealed class ToolCallApp : IAsyncLifetime
{
    private readonly Dictionary<string, Task<TableEntity>> _runs = [];

    internal EvaluationApp App { get; private set; } = null!;

    internal SampleModelServer Models { get; private set; } = null!;

    internal Task<TableEntity> EvaluateOnceAsync(string dataset, string spec, IEnumerable<JsonObject> rows)
    {
        lock (_runs)
        {
            if (!_runs.TryGetValue(dataset, out var run))
            {
                _runs[dataset] = run = App.EvaluateAsync(dataset, spec, rows.Select(row => row.ToJsonString()));
            }

            return run;
        }
    }

    public async ValueTask InitializeAsync()
    {
        Models = await SampleModelServer.StartAsync(SampleSuites.Directory, port: 0, TestContext.Current.CancellationToken);
        App = await EvaluationApp.StartAsync([
            .. Models.SettingsOf(Models.ModelIds.Where(id => id.StartsWith("harbour-", StringComparison.Ordinal))),
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Models.DisposeAsync();
    }
}
