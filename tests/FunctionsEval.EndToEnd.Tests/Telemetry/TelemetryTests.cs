using System.Net.Http.Json;
using System.Text;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Telemetry;

/// <summary>What reaches an OTLP endpoint of a run.</summary>
public sealed class TelemetryTests
{
    private const string Canary = "canary-8c1f";

    private static readonly string[] MetricNames =
    [
        "gen_ai.client.operation.duration",
        "gen_ai.client.token.usage",
        "functionseval.samples",
        "functionseval.calls.throttled",
        "functionseval.calls.in_flight",
        "functionseval.run.duration",
    ];

    [Fact]
    public async Task Run_is_one_trace_from_its_trigger_to_each_model_call_and_holds_no_content()
    {
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var app = await EvaluationApp.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.Endpoint.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            OtlpReceiver.Patience,
            ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
            ("OTEL_BSP_SCHEDULE_DELAY", "200")
        );
        var runId = await EvaluateAsync(app);
        // A span is exported when it ends: those around a call come after it, and each process exports on its own.
        await Eventually.TrueAsync(
            () => Task.FromResult(Calls().Count == 22 && Calls().All(call => IsRoot(Path(otlp, call)[^1]))),
            () =>
                "every call and what led to it have been told of; "
                + $"{Calls().Count} calls, which begin at {string.Join(", ", Calls().Select(call => Path(otlp, call)[^1].Name).Distinct())}",
            TimeSpan.FromMinutes(5)
        );
        await Eventually.TrueAsync(
            () => MetricNames.All(name => Metrics().Contains(name, StringComparison.Ordinal)),
            "every metric has been told of"
        );

        // Twenty answers, and two requests that were told to wait.
        var calls = Calls();
        Assert.Equal(2, calls.Count(call => call.Attributes.GetValueOrDefault("error.type") == "slow_down"));
        Assert.All(
            calls,
            call =>
                Assert.Equal(
                    ("chat recorded", "chat", "recorded"),
                    (call.Name, call.Attributes["gen_ai.operation.name"], call.Attributes["gen_ai.request.model"])
                )
        );
        Assert.All(
            calls.Where(call => !call.Attributes.ContainsKey("error.type")),
            call =>
                Assert.True(int.Parse(call.Attributes["gen_ai.usage.input_tokens"], System.Globalization.CultureInfo.InvariantCulture) > 0)
        );
        var trace = Assert.Single(calls.Select(call => call.TraceId).Distinct());
        foreach (var call in calls)
        {
            var path = Path(otlp, call);
            Assert.All(path, span => Assert.Equal(trace, span.TraceId));
            Assert.Equal(runId, path[1].Attributes["functionseval.run.id"]);
            // The upload's own request starts the run, or the blob trigger that sees it first.
            Assert.Contains(path, span => span.Name == "start run" && span.Attributes["functionseval.run.source"] is ("http" or "blob"));
            Assert.Contains(path, span => span.Name == "orchestration:EvaluateDataset");
        }

        Assert.DoesNotContain(otlp.Bodies, body => Text(body.Body).Contains(Canary, StringComparison.Ordinal));
        Assert.DoesNotContain(otlp.Bodies, body => Text(body.Body).Contains(EvaluationApp.ApiKey, StringComparison.Ordinal));

        static bool IsRoot(ReceivedSpan span) => span.Name is "start run" or "function DatasetUploaded";
        List<ReceivedSpan> Calls() => otlp.Spans.Where(span => span.Attributes.ContainsKey("gen_ai.operation.name")).ToList();
        string Metrics() => string.Concat(otlp.Bodies.Where(body => body.Path == "/v1/metrics").Select(body => Text(body.Body)));
        static string Text(byte[] body) => Encoding.Latin1.GetString(body);
    }

    /// <summary>Evaluates twenty rows that hold the canary, two of which are told to wait once.</summary>
    private static async Task<string> EvaluateAsync(EvaluationApp app)
    {
        app.Endpoint.Answer = prompt =>
            prompt.EndsWith('7') && app.Endpoint.Requests[prompt] == 1 ? (429, "slow_down") : Parity.Answer(prompt);
        await app.DropAsync("trace/README.md", Parity.Spec, ["spec first"]);
        using var http = app.Http;
        using var started = await http.PutAsync(
            "/api/datasets/trace/test.jsonl",
            new StringContent(string.Join('\n', Parity.Rows(Canary, 20)))
        );
        var runId = (await started.Content.ReadFromJsonAsync<System.Text.Json.Nodes.JsonObject>())!["runId"]!.ToString();
        await app.EndedAsync("trace/test.jsonl", row => row.PartitionKey == runId);
        return runId;
    }

    /// <summary>A span and those that it is part of, to the first.</summary>
    private static List<ReceivedSpan> Path(OtlpReceiver otlp, ReceivedSpan call)
    {
        var path = new List<ReceivedSpan> { call };
        while (otlp.Spans.FirstOrDefault(span => span.SpanId == path[^1].ParentId) is { } parent)
        {
            path.Add(parent);
        }

        return path;
    }
}
