using System.Net;
using System.Text;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.Telemetry;

/// <summary>Keys in addresses and headers reach nothing that is exported, and no log.</summary>
public sealed class KeyLeakTests
{
    private const string Key = "canary-key-5b2e";
    private const string Signature = "canary-sig-91d0";
    private const string ChatPath = "canary-chat-77c3";
    private const string Diagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";

    private const string Spec = """
        { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"], "notify": { "webhook": "ci" } }
        """;

    [Fact]
    public async Task Function_key_and_webhook_token_reach_neither_telemetry_nor_a_log()
    {
        await using var otlp = await OtlpReceiver.StartAsync();
        await using var receiver = await RecordingEndpoint.StartAsync();
        await using var app = await EvaluationApp.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.Endpoint.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            OtlpReceiver.Patience,
            ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "200"),
            // The app keeps these records away from the host; an installation may ask for them all the same.
            ($"Logging__OpenTelemetry__LogLevel__{Diagnostics}", "Information"),
            ("Notifications__Webhooks__ci__Url", new Uri(receiver.Endpoint, $"/hook?sig={Signature}").ToString()),
            ("Notifications__Webhooks__ci__Secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
            ("Notifications__AppUrl", "https://app.example.com"),
            ("Notifications__Webhooks__chat__Format", "Slack"),
            ("Notifications__Webhooks__chat__Url", new Uri(receiver.Endpoint, $"/services/T0/{ChatPath}").ToString())
        );
        app.Endpoint.Answer = Parity.Answer;
        using var http = app.Http;
        http.DefaultRequestHeaders.Add("x-functions-key", Key);

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/api/evaluations?code={Key}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/api/evaluations/none?code={Key}")).StatusCode);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await http.PostAsync($"/api/webhooks/eventgrid?code={Key}", new StringContent("{", Encoding.UTF8, "application/json"))
            ).StatusCode
        );
        var etag = await app.DropAsync("leak/test.jsonl", Spec, Parity.Rows("leak", 5));
        Assert.Equal("Completed", (await app.EndedAsync("leak/test.jsonl", etag)).GetString("Status"));
        etag = await app.DropAsync("chat/test.jsonl", Spec.Replace("\"ci\"", "\"chat\"", StringComparison.Ordinal), Parity.Rows("chat", 5));
        Assert.Equal("Completed", (await app.EndedAsync("chat/test.jsonl", etag)).GetString("Status"));
        await Eventually.TrueAsync(
            () =>
                Exported("/v1/logs").Contains(Diagnostics, StringComparison.Ordinal)
                && Exported("/v1/logs").Split("was given up").Length > 2,
            "the requests and the notification have been told of"
        );
        var places = await app.OutsideRunsAsync();
        await app.Host.DisposeAsync(); // Exports what is left.
        places.Add(await File.ReadAllTextAsync(app.Host.LogFilePath));
        places.AddRange(otlp.Bodies.Select(body => Encoding.Latin1.GetString(body.Body)));

        Assert.Contains(places, place => place.Contains("the notification of chat was given up", StringComparison.Ordinal));
        Assert.Contains("Request starting", Exported("/v1/logs"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            places,
            place =>
                place.Contains(Key, StringComparison.Ordinal)
                || place.Contains(Signature, StringComparison.Ordinal)
                || place.Contains(ChatPath, StringComparison.Ordinal)
        );

        string Exported(string path) =>
            string.Concat(otlp.Bodies.Where(body => body.Path == path).Select(body => Encoding.Latin1.GetString(body.Body)));
    }
}
