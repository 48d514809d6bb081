using System.Net;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Groups;

/// <summary>An app with prices and small shards, in which groups are evaluated.</summary>
public sealed class GroupApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // The recorded answers take 10 and 2 tokens: a sample costs 10 × 100 + 2 × 1,000 millionths, or 0.003.
        var prices = new[] { "tuned", "recorded-base" }.SelectMany(model =>
            new[]
            {
                ($"Models__{model}__InputPricePerMillionTokens", "100"),
                ($"Models__{model}__OutputPricePerMillionTokens", "1000"),
                ($"Models__{model}__MaxConcurrency", "8"),
            }
        );
        App = await EvaluationApp.StartAsync([.. prices, ("Evaluation__MinRowsPerShard", "50"), ("Evaluation__MaxRowsPerShard", "50")]);
        ManyCandidates.AnswerAll(App.Endpoint, candidates: 8);
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>Several candidates against one baseline, through the whole app.</summary>
public sealed class GroupTests(GroupApp shared) : IClassFixture<GroupApp>
{
    private const int Samples = 200;

    private readonly EvaluationApp _app = shared.App;

    [Fact]
    public async Task Group_is_one_run_for_its_readers_and_names_the_runs_it_consists_of()
    {
        await _app.DropAsync(
            "read/test.jsonl",
            ManyCandidates.Spec(3, """, "gate": { "rules": [ { "metric": "accuracy", "betterThanBaselineAtAlpha": 0.05 } ] }"""),
            Parity.Rows("read", Samples)
        );

        var row = await _app.GroupEndedAsync("read/test.jsonl");
        var group = await _app.GetAsync(row.PartitionKey);

        Assert.Equal(("Completed", "tuned/c1", "recorded-base"), (Text(group["status"]), Text(group["model"]), Text(group["baseline"])));
        var members = group["members"]!.AsArray();
        Assert.Equal(["recorded-base", "tuned/c1", "tuned/c2", "tuned/c3"], members.Select(member => Text(member!["model"])));
        Assert.All(members, member => Assert.Equal(("Completed", Samples), (Text(member!["status"]), (int)member["done"]!)));
        // Twice a role's cost is a candidate's, three times its samples are all of them.
        Assert.Equal(3 * Samples * 0.003, row.GetDouble("CandidateCost")!.Value, 6);
        Assert.Equal(Samples * 0.003, row.GetDouble("BaselineCost")!.Value, 6);
        Assert.Equal(
            (3L * Samples, (long)Samples, (long)Samples),
            (row.GetInt64("CandidateScored"), row.GetInt64("BaselineScored"), row.GetInt64("Samples"))
        );

        var summary = await _app.GetAsync($"{row.PartitionKey}/summary");
        Assert.Equal(3, summary["candidates"]!["candidates"]!.AsArray().Count);
        Assert.Equal(Text(group["verdict"]), Text(summary["verdict"]!["result"]));
        var metrics = (await _app.GetAsync($"{row.PartitionKey}/metrics"))["metrics"]!.AsArray();
        Assert.Equal(["tuned/c1", "tuned/c2", "tuned/c3"], metrics.Select(metric => Text(metric!["candidate"])).Order());

        var list = (await _app.GetAsync("?suite=read"))["runs"]!.AsArray();
        Assert.Equal([row.PartitionKey], list.Select(run => Text(run!["runId"])));
        var runs = (await _app.GetAsync($"?group={row.PartitionKey}"))["runs"]!.AsArray();
        Assert.Equal(members.Select(member => Text(member!["runId"])), runs.Select(run => Text(run!["runId"])));
        Assert.All(runs, run => Assert.Equal(row.PartitionKey, Text(run!["group"])));
        using var http = _app.Http;
        Assert.Contains(
            "candidates together at",
            await http.GetStringAsync($"/api/evaluations/{row.PartitionKey}/report"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Samples_and_comparisons_are_those_of_the_runs_of_a_group()
    {
        await _app.DropAsync("parts/test.jsonl", ManyCandidates.Spec(2), Parity.Rows("parts", Samples));
        var row = await _app.GroupEndedAsync("parts/test.jsonl");
        var runs = (await _app.GetAsync(row.PartitionKey))["members"]!.AsArray().Select(member => Text(member!["runId"])!).ToList();
        using var http = _app.Http;

        var refused = await http.GetAsync($"/api/evaluations/{row.PartitionKey}/samples");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains($"{runs[1]} (tuned/c1)", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotEmpty((await _app.GetAsync($"{row.PartitionKey}/samples?candidate=tuned/c2"))["samples"]!.AsArray());
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await http.GetAsync($"/api/evaluations/compare?left={row.PartitionKey}&right={runs[1]}")).StatusCode
        );
        Assert.True((bool)(await _app.GetAsync($"compare?left={runs[1]}&right={runs[2]}"))["paired"]!);
        foreach (var action in new[] { "cancel", "resume" })
        {
            var (status, body) = await _app.PostAsync($"{runs[1]}/{action}");
            Assert.Equal(HttpStatusCode.Conflict, status);
            Assert.Contains(row.PartitionKey, body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cancelled_group_stops_its_runs_and_goes_on_where_it_was_when_it_is_resumed()
    {
        using var gate = _app.Endpoint.HoldAfter(Samples + 40, prompt => prompt.StartsWith("stopped ", StringComparison.Ordinal));
        await _app.DropAsync("stopped/test.jsonl", ManyCandidates.Spec(3), Parity.Rows("stopped", Samples));
        await gate.ReachedAsync();
        var id = (await _app.GroupAsync("stopped/test.jsonl")).PartitionKey;

        Assert.Equal(HttpStatusCode.Accepted, (await _app.PostAsync($"{id}/cancel")).Status);
        _app.Endpoint.Latency = TimeSpan.FromSeconds(1);
        gate.Open();
        var row = await _app.GroupEndedAsync("stopped/test.jsonl");
        _app.Endpoint.Latency = TimeSpan.Zero;

        Assert.Equal(("Cancelled", "cancelled"), (row.GetString("Status"), row.GetString("ErrorCode")));
        Assert.False((bool)(await _app.SummaryAsync(id))["isComplete"]!);
        var members = (await _app.GetAsync(id))["members"]!.AsArray();
        Assert.Equal(["Completed", "Cancelled", "Cancelled", "Cancelled"], members.Select(member => Text(member!["status"])));

        Assert.Equal(HttpStatusCode.Accepted, (await _app.PostAsync($"{id}/resume")).Status);
        row = await _app.GroupEndedAsync("stopped/test.jsonl", resumptions: 1);

        Assert.Equal(("Completed", (long?)3 * Samples), (row.GetString("Status"), row.GetInt64("CandidateScored")));
        Assert.Equal(Samples, _app.Endpoint.Asked("recorded-base", "stopped"));
        Assert.Equal(HttpStatusCode.Conflict, (await _app.PostAsync($"{id}/resume")).Status);
    }

    [Fact]
    public async Task Candidate_that_fails_leaves_the_others_as_they_are_and_is_evaluated_when_the_group_is_resumed()
    {
        var answer = _app.Endpoint.AnswerOf["c2"];
        _app.Endpoint.AnswerOf["c2"] = prompt =>
            prompt.StartsWith("broken ", StringComparison.Ordinal) ? (404, "DeploymentNotFound") : answer(prompt);
        await _app.DropAsync(
            "broken/test.jsonl",
            ManyCandidates.Spec(3, """, "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.5 } ] }"""),
            Parity.Rows("broken", Samples)
        );

        var row = await _app.GroupEndedAsync("broken/test.jsonl");

        Assert.Equal(("Completed", "pass"), (row.GetString("Status"), row.GetString("Verdict")));
        var candidates = (await _app.SummaryAsync(row.PartitionKey))["candidates"]!["candidates"]!.AsArray();
        Assert.Equal(["Completed", "Failed", "Completed"], candidates.Select(candidate => Text(candidate!["status"])));
        Assert.Equal(["pass", "inconclusive", "pass"], candidates.Select(candidate => Text(candidate!["verdict"]!["result"])));
        Assert.Contains("tuned/c2", row.GetString("Warnings"), StringComparison.Ordinal);

        _app.Endpoint.AnswerOf["c2"] = answer;
        Assert.Equal(HttpStatusCode.Accepted, (await _app.PostAsync($"{row.PartitionKey}/resume")).Status);
        row = await _app.GroupEndedAsync("broken/test.jsonl", resumptions: 1);

        candidates = (await _app.SummaryAsync(row.PartitionKey))["candidates"]!["candidates"]!.AsArray();
        Assert.All(candidates, candidate => Assert.Equal("pass", Text(candidate!["verdict"]!["result"])));
        Assert.All(new[] { "recorded-base", "c1", "c3" }, model => Assert.Equal(Samples, _app.Endpoint.Asked(model, "broken")));
    }

    [Fact]
    public async Task Baseline_that_fails_ends_the_group_before_a_candidate_is_asked()
    {
        var answer = _app.Endpoint.AnswerOf["recorded-base"];
        _app.Endpoint.AnswerOf["recorded-base"] = prompt =>
            prompt.StartsWith("nobase ", StringComparison.Ordinal) ? (401, "bad key") : answer(prompt);
        await _app.DropAsync("nobase/test.jsonl", ManyCandidates.Spec(2), Parity.Rows("nobase", Samples));

        var row = await _app.GroupEndedAsync("nobase/test.jsonl");
        _app.Endpoint.AnswerOf["recorded-base"] = answer;

        Assert.Equal(("Failed", "baseline_failed", null), (row.GetString("Status"), row.GetString("ErrorCode"), row.GetString("Verdict")));
        Assert.Contains("Models__recorded-base__ApiKey", row.GetString("ErrorMessage"), StringComparison.Ordinal);
        // What the baseline alone costs at most would be read as what the group does.
        Assert.Equal((null, (long?)Samples), (row.GetDouble("EstimatedCost"), row.GetInt64("ExpectedSamples")));
        Assert.Equal((0, 0), (_app.Endpoint.Asked("c1", "nobase"), _app.Endpoint.Asked("c2", "nobase")));

        Assert.Equal(HttpStatusCode.Accepted, (await _app.PostAsync($"{row.PartitionKey}/resume")).Status);
        row = await _app.GroupEndedAsync("nobase/test.jsonl", resumptions: 1);
        Assert.Equal("Completed", row.GetString("Status"));
        var runs = (await _app.GetAsync($"?group={row.PartitionKey}"))["runs"]!.AsArray();
        Assert.Equal(runs.Sum(run => (double)run!["estimatedCost"]!), row.GetDouble("EstimatedCost")!.Value, 6);
    }

    [Fact]
    public async Task Ceiling_is_one_for_all_runs_and_a_higher_one_completes_them()
    {
        const double Ceiling = 0.003 * Samples * 2;
        await _app.DropAsync(
            "ceiling/test.jsonl",
            ManyCandidates.Spec(
                3,
                FormattableString.Invariant($$""", "sampling": { "maxOutputTokens": 4 }, "limits": { "maxCost": {{Ceiling}} }""")
            ),
            Parity.Rows("ceiling", Samples)
        );

        var row = await _app.GroupEndedAsync("ceiling/test.jsonl");

        Assert.Equal(("Partial", "budget"), (row.GetString("Status"), row.GetString("ErrorCode")));
        Assert.InRange(row.GetDouble("CandidateCost")!.Value + row.GetDouble("BaselineCost")!.Value, Ceiling / 2, Ceiling);

        Assert.Equal(HttpStatusCode.Accepted, (await _app.PostAsync($"{row.PartitionKey}/resume", """{"maxCost": 100}""")).Status);
        row = await _app.GroupEndedAsync("ceiling/test.jsonl", resumptions: 1);

        Assert.Equal(("Completed", (long?)3 * Samples), (row.GetString("Status"), row.GetInt64("CandidateScored")));
        Assert.Equal(Samples, _app.Endpoint.Asked("recorded-base", "ceiling"));
    }

    [Fact]
    public async Task Candidates_without_a_baseline_are_compared_with_each_other()
    {
        var spec = JsonNode.Parse(ManyCandidates.Spec(3))!.AsObject();
        spec.Remove("baseline");
        await _app.DropAsync("alone/test.jsonl", spec.ToJsonString(), Parity.Rows("alone", Samples));

        var row = await _app.GroupEndedAsync("alone/test.jsonl");

        Assert.Equal(("Completed", 0), (row.GetString("Status"), _app.Endpoint.Asked("recorded-base", "alone")));
        var number = (await _app.SummaryAsync(row.PartitionKey))["candidates"]!["numbers"]![0]!;
        Assert.Equal([0.98, 0.96, 0.94], number["candidates"]!.AsArray().Select(candidate => (double)candidate!["value"]!));
    }

    private static string? Text(JsonNode? node) => (string?)node;
}
