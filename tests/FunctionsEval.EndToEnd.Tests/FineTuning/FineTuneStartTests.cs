using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Starts;
using FunctionsEval.EndToEnd.Tests.Support;
using StandardWebhooks;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>An app that hears of jobs by events alone, whose orchestrations look often and have an hour for it.</summary>
public sealed class HeardApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    internal FineTuneServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await FineTuneServer.StartAsync();
        App = await EvaluationApp.StartAsync(
            withProxy: true,
            ("AzureWebJobs.DatasetUploaded.Disabled", "true"),
            ("AzureWebJobs.SweepDatasets.Disabled", "true"),
            ("FineTuning__Provider", "OpenAICompatible"),
            ("FineTuning__Endpoint", new Uri(Server.Address, "/v1").ToString()),
            ("FineTuning__ApiKey", FineTuneServer.ApiKey),
            ("FineTuning__Model", "tuned/*"),
            ("FineTuning__WebhookSecret", OpenAIApp.Secret),
            ("FineTuning__DeploymentDeadline", "01:00:00"),
            ("FineTuning__CheckEvery", "00:00:01")
        );
        App.Endpoint.Answer = Parity.Answer;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>Starters of fine-tuning jobs that die, and runs that wait for a model although nothing looks for it.</summary>
public sealed class FineTuneStartTests(HeardApp shared) : IClassFixture<HeardApp>
{
    private static readonly StandardWebhook Signer = new(OpenAIApp.Secret);

    private readonly EvaluationApp _app = shared.App;
    private readonly FineTuneServer _server = shared.Server;

    [Theory]
    [InlineData("delivered")]
    [InlineData("reconciled")]
    public async Task Job_of_a_starter_that_died_is_followed(string how)
    {
        var model = $"ft:base:acme:{how}:1";
        await DropForAsync(how);
        _server.Deployments[model] = model;
        _server.Set($"ftjob-{how}", "succeeded", model, suffix: how);
        // The job is remembered, and its orchestration is not scheduled.
        _app.KillOnce(
            call => call is { Service: "table", Method: "POST" } && call.Path.StartsWith("EvaluationEvents", StringComparison.Ordinal),
            StorageFault.RefusedAfterCommit
        );
        Assert.NotEqual(HttpStatusCode.Accepted, await DeliverAsync($"ftjob-{how}"));

        if (how == "delivered")
        {
            Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync($"ftjob-{how}"));
        }
        else
        {
            await _app.RunTimerAsync("ReconcileRuns");
        }

        Assert.Equal("Completed", (await TunedRunAsync(how)).GetString("Status"));
    }

    [Fact]
    public async Task Run_that_is_cancelled_while_it_waits_for_its_model_is_resumed_and_waits_again()
    {
        const string Model = "ft:base:acme:paused:1";
        await DropForAsync("paused");
        _server.Set("ftjob-paused", "succeeded", Model, suffix: "paused");
        await DeliverAsync("ftjob-paused");
        var runId = await WaitingAsync("paused");

        Assert.Equal(HttpStatusCode.Accepted, await _app.PostRunAsync($"{runId}/cancel"));
        Assert.Equal("Cancelled", (await TunedRunAsync("paused")).GetString("Status"));
        Assert.Equal(HttpStatusCode.Accepted, await _app.PostRunAsync($"{runId}/resume"));
        Assert.Equal(runId, await WaitingAsync("paused"));
        _server.Deployments[Model] = Model;

        var run = await TunedRunAsync("paused");
        Assert.Equal(("Completed", 1), (run.GetString("Status"), run.GetInt32("Resumptions")));
    }

    [Fact]
    public async Task Run_whose_orchestration_of_its_job_was_terminated_is_followed_again()
    {
        const string Model = "ft:base:acme:orphan:1";
        await DropForAsync("orphan");
        _server.Set("ftjob-orphan", "succeeded", Model, suffix: "orphan");
        await DeliverAsync("ftjob-orphan");
        await WaitingAsync("orphan");
        await _app.Orchestrations.ForceTerminateTaskOrchestrationAsync("fine-tune-ftjob-orphan", "test");
        await _app.OrchestrationEndedAsync("fine-tune-ftjob-orphan");
        _server.Deployments[Model] = Model;

        await _app.RunTimerAsync("ReconcileRuns");

        Assert.Equal("Completed", (await TunedRunAsync("orphan")).GetString("Status"));
    }

    private Task<string> DropForAsync(string name) =>
        _app.DropAsync(
            $"{name}/test.jsonl",
            $$"""{ "task": "classification", "model": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"], "onFineTune": { "suffix": "{{name}}" } }""",
            Parity.Rows(name, 20)
        );

    private Task<TableEntity> TunedRunAsync(string name) =>
        _app.EndedAsync($"{name}/test.jsonl", row => row.GetString("Source") == "fine_tune");

    /// <summary>Waits until a suite's run waits for its model.</summary>
    private async Task<string> WaitingAsync(string name)
    {
        TableEntity? run = null;
        await Eventually.TrueAsync(
            () =>
                (
                    run = _app.RunsAsync($"{name}/test.jsonl")
                        .GetAwaiter()
                        .GetResult()
                        .SingleOrDefault(row => row.GetString("Status") == "AwaitingDeployment")
                )
                    is not null,
            "the run waits for its model"
        );
        return run!.PartitionKey;
    }

    private async Task<HttpStatusCode> DeliverAsync(string job)
    {
        var (id, now) = ($"msg_{job}", DateTimeOffset.UtcNow);
        var body = JsonSerializer.Serialize(new { type = "fine_tuning.job.succeeded", data = new { id = job } });
        using var http = _app.Http;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/openai")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", Signer.Sign(id, now, body));
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
