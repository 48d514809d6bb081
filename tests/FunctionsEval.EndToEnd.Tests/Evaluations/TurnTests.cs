using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// Runs of conversations each trained turn of which is a sample. Oracle: the rule of <see cref="Parity"/>, counted by hand.
/// </summary>
public sealed class TurnTests(AppPool pool)
{
    private const int Conversations = 40;
    private const int Turns = 3;
    private const int Samples = Conversations * Turns;
    private const int MaxInFlight = 4;

    private static readonly string Spec = With("turns", "all").ToJsonString();

    [Fact]
    public async Task A_worker_that_is_killed_amid_conversations_changes_no_number()
    {
        await using var app = await EvaluationApp.StartAsync(
            ("Evaluation__MinRowsPerShard", $"{Samples / 2}"),
            ("Evaluation__MaxRowsPerShard", $"{Samples / 2}"),
            ("Models__recorded__MaxConcurrency", $"{MaxInFlight}")
        );
        app.Endpoint.Answer = Parity.Answer;

        // Names of one length, so that all rows have the places on which their weights depend.
        var calm = await app.EvaluateAsync("calm/test.jsonl", Spec, Rows("calm"));
        Assert.Equal(Samples, app.Endpoint.Total);
        app.Endpoint.Forget();
        using var gate = app.Endpoint.HoldAfter(Samples / 3);
        var etag = await app.DropAsync("kill/test.jsonl", Spec, Rows("kill"));
        await gate.ReachedAsync();
        await ShardLogs.HoldAsync(app.Blobs, Samples + (Samples / 3));
        app.KillWorkerAndItsLeases();
        gate.Open();
        var killed = await app.EndedAsync("kill/test.jsonl", etag);

        Assert.All([calm, killed], run => Assert.Equal(("Completed", (long?)Samples), (run.GetString("Status"), run.GetInt64("Samples"))));
        Assert.InRange(app.Endpoint.Total, Samples, Samples + MaxInFlight);
        var (expected, actual) = (await app.SummaryAsync(calm.PartitionKey), await app.SummaryAsync(killed.PartitionKey));
        foreach (var part in new[] { "outcomes", "coverage", "metrics", "confusionMatrices", "verdict" })
        {
            Assert.Equal(expected[part]!.ToJsonString(), actual[part]!.ToJsonString());
        }

        await AssertNumbersAsync(app, killed.PartitionKey);
        await AssertSamplesAsync(app, killed.PartitionKey);
        await AssertOfflineAsync(app, killed.PartitionKey);
    }

    [Fact]
    public async Task A_dataset_without_turns_of_its_own_costs_no_call_and_says_the_fix()
    {
        await using var app = await EvaluationApp.BorrowAsync(pool);

        var plain = await app.EvaluateAsync("plain/test.jsonl", Spec, ["""{"input":"x 1","expected":"odd"}"""]);
        var beside = await app.EvaluateAsync(
            "beside/test.jsonl",
            Spec,
            [
                """{"messages":[{"role":"user","content":"x 1"},{"role":"assistant","content":"odd"},{"role":"user","content":"x 2"}],"expected":"even"}""",
            ]
        );

        Assert.Equal(("Failed", "Failed"), (plain.GetString("Status"), beside.GetString("Status")));
        Assert.Contains("The row has no messages", plain.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.Contains("The row has a reference beside messages", beside.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.All([plain, beside], run => Assert.Contains("\"turns\": \"last\"", run.GetString("ErrorMessage"), StringComparison.Ordinal));
        Assert.Equal(0, app.Endpoint.Total);
    }

    private static async Task AssertNumbersAsync(EvaluationApp app, string runId)
    {
        var right = Enumerable.Range(0, Samples).Select(number => number % 10 < 8).ToList();
        var all = await app.MetricAsync(runId, "candidate|accuracy|all");
        Assert.Equal(
            (right.Count(isRight => isRight) / (double)Samples, (long?)Samples),
            (all.GetDouble("Value"), all.GetInt64("Samples"))
        );
        for (var turn = 0; turn < Turns; turn++)
        {
            var slice = await app.MetricAsync(runId, $"candidate|accuracy|turn={turn + 1}");
            var ofTurn = right.Where((_, number) => number % Turns == turn).ToList();
            Assert.Equal(ofTurn.Count(isRight => isRight) / (double)Conversations, slice.GetDouble("Value")!.Value, 9);
            Assert.Equal(Conversations, slice.GetInt64("Samples"));
        }
    }

    private static async Task AssertSamplesAsync(EvaluationApp app, string runId)
    {
        var lines = (await app.SamplesAsync(runId))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!);
        Assert.Equal(
            from row in Enumerable.Range(0, Conversations)
            from turn in Enumerable.Range(1, Turns)
            select ($"c{row}#{turn}", row + 1, turn, Turns),
            lines.Select(line => ((string)line["id"]!, (int)line["line"]!, (int)line["turn"]!, (int)line["turns"]!))
        );
    }

    private static async Task AssertOfflineAsync(EvaluationApp app, string runId)
    {
        var offline = await app.ScoreOfflineAsync(runId, Spec);
        Assert.NotEmpty(offline.Metrics);
        foreach (var line in offline.Metrics)
        {
            var row = await app.MetricAsync(runId, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal((line.Value, line.Lower, line.Upper), (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper")));
        }
    }

    /// <summary>Conversations whose turns ask about numbers one after the other, after a turn that is not trained.</summary>
    private static IEnumerable<string> Rows(string suite) =>
        Enumerable
            .Range(0, Conversations)
            .Select(row =>
            {
                var messages = new JsonArray(Turn("user", $"{suite} 0"), Turn("assistant", "Hello!"));
                messages[1]!["weight"] = 0;
                for (var turn = 0; turn < Turns; turn++)
                {
                    var number = (row * Turns) + turn;
                    messages.Add(Turn("user", $"{suite} {number}"));
                    messages.Add(Turn("assistant", number % 2 == 0 ? "even" : "odd"));
                }

                return new JsonObject { ["id"] = $"c{row}", ["messages"] = messages }.ToJsonString();
            });

    private static JsonObject Turn(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static JsonNode With(string field, string value)
    {
        var spec = JsonNode.Parse(Parity.Spec)!;
        spec[field] = value;
        return spec;
    }
}
