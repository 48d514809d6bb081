using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Suites;

/// <summary>Suite runs whose process is killed at one of their steps.</summary>
public sealed class SuiteCrashTests
{
    [Fact]
    public async Task Suite_run_that_is_killed_at_any_step_goes_on_to_one_verdict_and_one_notification()
    {
        await using var app = await EvaluationApp.StartAsync(
            withProxy: true,
            ("AzureWebJobs.DatasetUploaded.Disabled", "true"),
            ("AzureWebJobs.SweepDatasets.Disabled", "true")
        );
        app.Endpoint.Answer = Parity.Answer;
        foreach (
            var (step, isTheMoment) in new (string, Func<StorageCall, bool>)[]
            {
                ("plan", call => call is { Service: "blob", Method: "PUT" } && call.Path.Contains("suite.json", StringComparison.Ordinal)),
                ("row", call => IsWrite(call, "EvaluationSuites")),
                ("run", call => IsWrite(call, "EvaluationRuns")),
                (
                    "summary",
                    call =>
                        call is { Service: "blob", Method: "PUT" }
                        && call.Path.Contains("/es-", StringComparison.Ordinal)
                        && call.Path.Contains("summary.json", StringComparison.Ordinal)
                ),
            }
        )
        {
            await GoesOnAsync(app, $"killed-{step}", isTheMoment);
        }
    }

    private static bool IsWrite(StorageCall call, string table) =>
        call is { Service: "table", Method: "POST" } && call.Path.StartsWith(table, StringComparison.Ordinal);

    private static async Task GoesOnAsync(EvaluationApp app, string suite, Func<StorageCall, bool> isTheMoment)
    {
        var spec = JsonNode.Parse(Parity.Spec)!.AsObject();
        spec["suite"] = new JsonObject();
        spec["notify"] = JsonNode.Parse("""{ "queue": true }""");
        var asked = app.Endpoint.Total;
        await app.DropAsync($"{suite}/a.jsonl", spec.ToJsonString(), Parity.Rows(suite + "-a", 20));
        await app.DropAsync($"{suite}/b.jsonl", spec: null, Parity.Rows(suite + "-b", 20));
        app.KillOnce(isTheMoment, StorageFault.RefusedAfterCommit);
        using var http = app.Http;

        // Whoever gets no answer asks again.
        var id = "";
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await http.PostAsync(new Uri("/api/suites", UriKind.Relative), JsonContent.Create(new { suite }), Token);
                id = answer.IsSuccessStatusCode ? (string)(await answer.Content.ReadFromJsonAsync<JsonObject>(Token))!["suiteRunId"]! : "";
                return id.Length > 0;
            },
            $"{suite} is started"
        );
        JsonNode? run = null;
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await http.GetAsync(new Uri($"/api/suites/{id}", UriKind.Relative), Token);
                run = answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonNode>(Token) : null;
                return run?["finished"] is not null;
            },
            $"{suite} has ended"
        );
        Assert.Equal(("Completed", "pass"), ((string?)run!["status"], (string?)run["verdict"]));
        Assert.InRange(app.Endpoint.Total - asked, 40, 40 + (2 * RecordingEndpoint.MaxInFlight));
        var queue = new QueueClient(
            app.Host.StorageConnectionString,
            "evaluation-verdicts",
            new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }
        );
        List<string> told = [];
        await Eventually.TrueAsync(
            async () =>
            {
                if (!await queue.ExistsAsync(Token))
                {
                    return false;
                }

                told =
                [
                    .. (await queue.PeekMessagesAsync(32, Token))
                        .Value.Select(message => message.Body.ToString())
                        .Where(body => (string?)JsonNode.Parse(body)!["data"]!["suite"] == suite),
                ];
                return told.Count > 0;
            },
            $"{suite} is told of"
        );
        Assert.Single(told.Distinct());
        Assert.Contains("suite.completed", told[0], StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
