using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DurableTask.Core;
using FunctionsEval.EndToEnd.Tests.Support;
using StandardWebhooks;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>The app with Azure OpenAI's routes: jobs by key, deployments by the identity's token, events by Event Grid
/// and by Azure OpenAI's own webhook.</summary>
public sealed class AzureApp : IAsyncLifetime
{
    /// <summary>A secret of the length of those that Azure OpenAI gives: 32 bytes.</summary>
    public const string Secret = "whsec_3mP1s0Kq6yF8Zb2Vt9Xc4Nw7Hd5Jg0Rk1Lm2Qp3Ts4U=";

    internal EvaluationApp App { get; private set; } = null!;

    internal FineTuneServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await FineTuneServer.StartAsync();
        App = await EvaluationApp.StartAsync(
            ("FineTuning__Provider", "AzureOpenAI"),
            ("FineTuning__Endpoint", Server.Address.ToString()),
            ("FineTuning__ApiKey", FineTuneServer.ApiKey),
            ("FineTuning__ResourceId", FineTuneServer.ResourceId),
            ("FineTuning__ManagementEndpoint", Server.Address.ToString()),
            ("FineTuning__Model", "tuned/*"),
            ("FineTuning__WebhookSecret", Secret),
            ("FineTuning__DeploymentDeadline", "00:10:00"),
            ("FineTuning__CheckEvery", "00:00:01"),
            // As App Service tells an app where its identity's tokens are.
            ("IDENTITY_ENDPOINT", new Uri(Server.Address, "/identity").ToString()),
            ("IDENTITY_HEADER", "secret-of-the-app")
        );
        App.Endpoint.Answer = Parity.Answer;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Server.DisposeAsync();
    }
}

public sealed class AzureFineTuneTests(AzureApp shared) : IClassFixture<AzureApp>
{
    private readonly EvaluationApp _app = shared.App;
    private readonly FineTuneServer _server = shared.Server;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deployment_that_was_written_has_the_job_behind_it_evaluated_under_the_deployments_name(bool asCloudEvent)
    {
        var name = asCloudEvent ? "cloud" : "grid";
        var model = $"base-model-2026.ft-{name}";
        await _app.DropAsync(
            $"{name}/test.jsonl",
            $$"""
            { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"], "onFineTune": { "suffix": "{{name}}" } }
            """,
            Parity.Rows(name, 20)
        );
        // The event may be the first that the app hears: what ended within the last day is news, what ended before is not.
        _server.Set($"ftjob-old-{name}", "succeeded", model + "-old", suffix: name, ended: DateTimeOffset.UtcNow.AddDays(-2));
        _server.Account.Add($"my-old-{name}", model + "-old");
        _server.Set($"ftjob-{name}", "succeeded", model, suffix: name);
        _server.Account.Add($"my-{name}", model);

        Assert.Equal(HttpStatusCode.Accepted, await SendAsync(asCloudEvent, "Microsoft.Resources.ResourceWriteSuccess"));

        var run = await _app.EndedAsync($"{name}/test.jsonl", row => row.GetString("Source") == "fine_tune");
        Assert.Equal(
            ("Completed", $"tuned/my-{name}", "recorded"),
            (run.GetString("Status"), run.GetString("Model"), run.GetString("Baseline"))
        );
        Assert.Contains(_app.Endpoint.RequestsOf.Keys, request => request.Model == $"my-{name}");
        Assert.Empty(
            (
                await _app.Orchestrations.GetOrchestrationStateAsync($"fine-tune-ftjob-old-{name}", allExecutions: false)
            ).OfType<OrchestrationState>()
        );
    }

    [Fact]
    public async Task Azure_OpenAIs_signed_event_has_the_job_evaluated()
    {
        await _app.DropAsync(
            "signed/test.jsonl",
            """
            { "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"], "onFineTune": { "suffix": "signed" } }
            """,
            Parity.Rows("signed", 20)
        );
        _server.Set("ftjob-signed", "succeeded", "base-model-2026.ft-signed", suffix: "signed");
        _server.Account.Add("my-signed", "base-model-2026.ft-signed");

        Assert.Equal(HttpStatusCode.Unauthorized, await DeliverAsync("ftjob-signed", signature: "v1,test-signature"));
        Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync("ftjob-signed"));

        var run = await _app.EndedAsync("signed/test.jsonl", row => row.GetString("Source") == "fine_tune");
        Assert.Equal(("Completed", "tuned/my-signed"), (run.GetString("Status"), run.GetString("Model")));
    }

    [Fact]
    public async Task Event_grids_handshake_is_answered_with_its_code()
    {
        using var http = _app.Http;
        using var response = await http.PostAsync(
            "/api/webhooks/eventgrid",
            Json(
                """
                [ { "id": "1", "topic": "/t", "subject": "", "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "eventTime": "2026-01-01T00:00:00Z",
                    "metadataVersion": "1", "dataVersion": "2", "data": { "validationCode": "512d38b6", "validationUrl": "https://example.invalid" } } ]
                """
            )
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("512d38b6", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["validationResponse"]);
    }

    [Fact]
    public async Task CloudEvents_handshake_is_answered_with_the_origin()
    {
        using var http = _app.Http;
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/webhooks/eventgrid");
        request.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("eventgrid.azure.net", Assert.Single(response.Headers.GetValues("WebHook-Allowed-Origin")));
    }

    [Theory]
    [InlineData("Microsoft.Storage.BlobCreated", HttpStatusCode.Accepted)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task Other_events_are_ignored_and_what_is_none_is_refused(string? type, HttpStatusCode expected)
    {
        var lists = _server.Lists;
        Assert.Equal(expected, await SendAsync(asCloudEvent: false, type));
        Assert.Equal(lists, _server.Lists);
    }

    /// <summary>Sends an event in the form that Azure's documentation of its webhooks shows.</summary>
    private async Task<HttpStatusCode> DeliverAsync(string job, string? signature = null)
    {
        var (id, now) = ("evt_" + job, DateTimeOffset.UtcNow);
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var body =
            $$"""{ "object": "event", "id": "{{id}}", "type": "fine_tuning.job.succeeded", "created_at": {{seconds}}, "data": { "id": "{{job}}" } }""";
        using var http = _app.Http;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/openai") { Content = Json(body) };
        request.Headers.UserAgent.ParseAdd("OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)");
        request.Headers.Add("Webhook-ID", id);
        request.Headers.Add("Webhook-Timestamp", seconds);
        request.Headers.Add("Webhook-Signature", signature ?? new StandardWebhook(AzureApp.Secret).Sign(id, now, body));
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private static StringContent Json(string text, string type = "application/json") => new(text, Encoding.UTF8, type);

    private async Task<HttpStatusCode> SendAsync(bool asCloudEvent, string? type)
    {
        const string Subject = FineTuneServer.ResourceId + "/deployments/d";
        using var http = _app.Http;
        using var response = await http.PostAsync(
            "/api/webhooks/eventgrid",
            (asCloudEvent, type) switch
            {
                (_, null) => Json("""{ "what": "no event" }"""),
                (true, _) => Json(
                    $$"""{ "specversion": "1.0", "id": "1", "source": "/s", "type": "{{type}}", "subject": "{{Subject}}", "time": "2026-01-01T00:00:00Z", "data": {} }""",
                    "application/cloudevents+json"
                ),
                _ => Json(
                    $$"""[ { "id": "1", "topic": "/t", "subject": "{{Subject}}", "eventType": "{{type}}", "eventTime": "2026-01-01T00:00:00Z", "dataVersion": "1", "data": {} } ]"""
                ),
            }
        );
        return response.StatusCode;
    }
}
