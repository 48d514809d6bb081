using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;
using StandardWebhooks;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>
/// The app with a fine-tuning service of OpenAI's kind; its events are signed by the package StandardWebhooks, another implementation than
/// the app's.
/// </summary>
public sealed class OpenAIApp : IAsyncLifetime
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    internal EvaluationApp App { get; private set; } = null!;

    internal FineTuneServer Server { get; private set; } = null!;

    public ValueTask InitializeAsync() => StartAsync(deploymentDeadline: "00:10:00");

    internal async ValueTask StartAsync(string deploymentDeadline)
    {
        Server = await FineTuneServer.StartAsync();
        App = await EvaluationApp.StartAsync(
            ("FineTuning__Provider", "OpenAICompatible"),
            ("FineTuning__Endpoint", new Uri(Server.Address, "/v1").ToString()),
            ("FineTuning__ApiKey", FineTuneServer.ApiKey),
            ("FineTuning__Model", "tuned/*"),
            ("FineTuning__WebhookSecret", Secret),
            ("FineTuning__Poll", "true"),
            ("FineTuning__DeploymentDeadline", deploymentDeadline),
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

public sealed class OpenAIFineTuneTests(OpenAIApp shared) : IClassFixture<OpenAIApp>
{
    private static readonly StandardWebhook Signer = new(OpenAIApp.Secret);

    private readonly EvaluationApp _app = shared.App;
    private readonly FineTuneServer _server = shared.Server;

    [Fact]
    public async Task Event_delivered_ten_times_at_once_gives_one_run_of_the_tuned_model_against_the_base()
    {
        const string Model = "ft:base-model-2026:acme:once:AbC1";
        var etag = await DropForAsync("once");
        _app.Endpoint.AnswerOf[Model] = prompt => (200, Truth(prompt));
        _server.Set("ftjob-once", "succeeded", Model, suffix: "once");
        _server.Deployments[Model] = Model;

        var statuses = await Task.WhenAll(Enumerable.Range(0, 10).Select(delivery => DeliverAsync("ftjob-once", messageId: "msg_once")));

        Assert.All(statuses, status => Assert.Contains(status, new[] { HttpStatusCode.Accepted, HttpStatusCode.OK }));
        var run = await TunedRunAsync("once");
        Assert.Equal(("Completed", "pass"), (run.GetString("Status"), run.GetString("Verdict")));
        Assert.Equal(
            ("tuned/" + Model, "recorded", "fine_tune", etag),
            (run.GetString("Model"), run.GetString("Baseline"), run.GetString("Source"), run.GetString("DatasetETag"))
        );
        Assert.Equal(HttpStatusCode.OK, await DeliverAsync("ftjob-once", messageId: "msg_once"));
        Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync("ftjob-once", messageId: "msg_once_more"));
        Assert.Single(await _app.RunsAsync("once/test.jsonl"), row => row.GetString("Source") == "fine_tune");
        Assert.All(Enumerable.Range(0, 60), number => Assert.Equal(1, _app.Endpoint.RequestsOf[(Model, $"once {number}")]));
    }

    [Theory]
    [InlineData("better", VerdictOf.Pass)]
    [InlineData("equal", VerdictOf.Inconclusive)]
    [InlineData("worse", VerdictOf.Fail)]
    public async Task Verdict_on_a_tuned_model_follows_the_truth_by_construction(string name, VerdictOf expected)
    {
        // The base is right on eight of ten; the tuned model on all, on eight others, or on six.
        var model = $"ft:base-model-2026:acme:{name}:1";
        await DropForAsync(name, """[ { "metric": "accuracy", "betterThanBaselineAtAlpha": 0.05 } ]""", rows: 100);
        _app.Endpoint.AnswerOf[model] = prompt =>
            (
                200,
                (name, Number(prompt) % 10) switch
                {
                    ("equal", 0 or 1) or ("worse", 0 or 1 or 2 or 3) => "wrong",
                    _ => Truth(prompt),
                }
            );
        _server.Set($"ftjob-{name}", "succeeded", model, suffix: name);
        _server.Deployments[model] = model;

        await DeliverAsync($"ftjob-{name}");

        var run = await TunedRunAsync(name);
        Assert.Equal(expected.ToString().ToLowerInvariant(), run.GetString("Verdict"));
    }

    [Fact]
    public async Task Run_waits_visibly_for_the_deployment()
    {
        const string Model = "ft:base-model-2026:acme:later:1";
        await DropForAsync("later");
        _server.Set("ftjob-later", "succeeded", Model, suffix: "later");

        await DeliverAsync("ftjob-later");
        await Eventually.TrueAsync(
            async () => (await _app.RunsAsync("later/test.jsonl")).Exists(row => row.GetString("Status") == "AwaitingDeployment"),
            "the run waits for the deployment"
        );

        Assert.DoesNotContain(_app.Endpoint.RequestsOf.Keys, request => request.Model == Model);
        _server.Deployments[Model] = Model;
        Assert.Equal("Completed", (await TunedRunAsync("later")).GetString("Status"));
    }

    [Fact]
    public async Task Deployment_that_never_comes_ends_the_run_with_that_reason()
    {
        await using var impatient = new OpenAIApp();
        await impatient.StartAsync(deploymentDeadline: "00:00:03");
        var test = new OpenAIFineTuneTests(impatient);
        await test.DropForAsync("never");
        impatient.Server.Set("ftjob-never", "succeeded", "ft:base-model-2026:acme:never:1", suffix: "never");

        await test.DeliverAsync("ftjob-never");

        var run = await test.TunedRunAsync("never");
        Assert.Equal(("Failed", "deployment_not_found"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains("ft:base-model-2026:acme:never:1", run.GetString("ErrorMessage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_that_failed_ends_the_run_with_that_reason()
    {
        await DropForAsync("failed");
        _server.Set("ftjob-failed", "failed", suffix: "failed", error: "exceeded_quota");

        await DeliverAsync("ftjob-failed", type: "fine_tuning.job.failed");

        var run = await TunedRunAsync("failed");
        Assert.Equal(("Failed", "fine_tune_failed"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains("exceeded_quota", run.GetString("ErrorMessage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_are_held_against_the_jobs_own_training_file()
    {
        const string Model = "ft:base-model-2026:acme:learnt:1";
        await DropForAsync("learnt");
        _server.Files["file-train"] = string.Join('\n', Enumerable.Range(50, 30).Select(number => Parity.Row("learnt", number)));
        _server.Deployments[Model] = Model;
        _server.Set("ftjob-learnt", "succeeded", Model, suffix: "learnt");

        await DeliverAsync("ftjob-learnt");

        var leakage = (await _app.SummaryAsync((await TunedRunAsync("learnt")).PartitionKey))["leakage"]!;
        Assert.Equal(
            ("runs/fine-tune-ftjob-learnt/training.jsonl", 30, 10),
            ((string?)leakage["trainingFile"], (int)leakage["trainingRows"]!, (int)leakage["exact"]!)
        );
    }

    [Fact]
    public async Task Training_file_that_the_service_does_not_give_is_a_warning_of_the_run()
    {
        const string Model = "ft:base-model-2026:acme:ungiven:1";
        await DropForAsync("ungiven");
        _server.Files.TryRemove("file-train", out _);
        _server.Deployments[Model] = Model;
        _server.Set("ftjob-ungiven", "succeeded", Model, suffix: "ungiven");

        await DeliverAsync("ftjob-ungiven");

        var run = await TunedRunAsync("ungiven");
        Assert.Equal("Completed", run.GetString("Status"));
        Assert.Contains(
            "Samples were not checked for leakage: runs/fine-tune-ftjob-ungiven/training.jsonl is not there.",
            run.GetString("Warnings"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Job_that_nobody_announced_is_found_by_looking_through_the_list()
    {
        const string Model = "ft:base-model-2026:acme:polled:1";
        await DropForAsync("polled");
        _server.Deployments[Model] = Model;
        // Running while the list is looked through, and then done: what had ended before the first look is nobody's.
        _server.Set("ftjob-polled", "running", suffix: "polled");
        var before = _server.Lists;
        await _app.RunTimerAsync("PollFineTuneJobs");
        Assert.True(_server.Lists > before, "The list was not looked through.");
        _server.Set("ftjob-polled", "succeeded", Model, suffix: "polled");
        await _app.RunTimerAsync("PollFineTuneJobs");

        Assert.Equal("Completed", (await TunedRunAsync("polled")).GetString("Status"));
    }

    [Fact]
    public async Task Suite_for_other_jobs_is_left_alone()
    {
        const string Model = "ft:base-model-2026:acme:mine:1";
        await DropForAsync("mine");
        await DropForAsync("others");
        _server.Deployments[Model] = Model;
        _server.Set("ftjob-mine", "succeeded", Model, suffix: "mine");

        await DeliverAsync("ftjob-mine");

        Assert.Equal("Completed", (await TunedRunAsync("mine")).GetString("Status"));
        Assert.DoesNotContain(await _app.RunsAsync("others/test.jsonl"), row => row.GetString("Source") == "fine_tune");
    }

    [Theory]
    [InlineData("byte")]
    [InlineData("stale")]
    [InlineData("unsigned")]
    [InlineData("other secret")]
    public async Task Delivery_that_is_not_genuine_is_refused_and_nothing_is_done(string fault)
    {
        var job = $"ftjob-forged-{fault.Split(' ')[0]}";
        _server.Set(job, "succeeded", "ft:forged", suffix: "forged");
        var sent = fault == "stale" ? DateTimeOffset.UtcNow.AddMinutes(-6) : DateTimeOffset.UtcNow;
        var body = Event(job, "fine_tuning.job.succeeded");
        var signer =
            fault == "other secret"
                ? new StandardWebhook("whsec_" + Convert.ToBase64String(Enumerable.Repeat((byte)7, 24).ToArray()))
                : Signer;
        var signature = fault == "unsigned" ? null : signer.Sign("msg_forged", sent, body);
        if (fault == "byte")
        {
            body = body.Replace("succeeded", "succeedeD", StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("msg_forged", sent, signature, body));
        Assert.False(
            (await _app.Tables.GetTableClient("EvaluationEvents").GetEntityIfExistsAsync<TableEntity>("fine_tuning_job", job)).HasValue
        );
    }

    [Fact]
    public async Task Event_of_another_type_is_accepted_and_ignored() =>
        Assert.Equal(HttpStatusCode.Accepted, await DeliverAsync("resp_1", type: "response.completed"));

    [Fact]
    public async Task Oversized_event_is_refused_as_such()
    {
        var body = new string('x', (1 << 20) + 1);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync("msg_large", DateTimeOffset.UtcNow, "v1,x", body));
    }

    /// <summary>What the gate should say.</summary>
    public enum VerdictOf
    {
        Pass,
        Fail,
        Inconclusive,
    }

    private static int Number(string prompt) => int.Parse(prompt.Split(' ')[^1], CultureInfo.InvariantCulture);

    private static string Truth(string prompt) => Number(prompt) % 2 == 0 ? "even" : "odd";

    private static string Event(string id, string type) =>
        JsonSerializer.Serialize(
            new
            {
                @object = "event",
                id = "evt_1",
                type,
                created_at = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
                data = new { id },
            }
        );

    /// <summary>A suite for jobs with the suffix <paramref name="name"/>, whose base model is right on eight of ten.</summary>
    private Task<string> DropForAsync(
        string name,
        string gate = """[ { "metric": "accuracy", "notWorseThanBaselineBy": 0.1 } ]""",
        int rows = 60
    ) =>
        // The tuned model is compared with the suite's model, the one in production.
        _app.DropAsync(
            $"{name}/test.jsonl",
            $$"""
            { "task": "classification", "model": "recorded", "baseline": "recorded", "labels": ["even", "odd"], "metrics": ["accuracy"],
              "onFineTune": { "baseModel": "base-model-*", "suffix": "{{name}}", "trainingFile": "file-train.jsonl" },
              "gate": { "rules": {{gate}} } }
            """,
            Parity.Rows(name, rows)
        );

    private Task<TableEntity> TunedRunAsync(string name) =>
        _app.EndedAsync($"{name}/test.jsonl", row => row.GetString("Source") == "fine_tune");

    private Task<HttpStatusCode> DeliverAsync(string job, string? messageId = null, string type = "fine_tuning.job.succeeded")
    {
        var (id, now, body) = (messageId ?? $"msg_{job}", DateTimeOffset.UtcNow, Event(job, type));
        return PostAsync(id, now, Signer.Sign(id, now, body), body);
    }

    private async Task<HttpStatusCode> PostAsync(string id, DateTimeOffset sent, string? signature, string body)
    {
        using var http = _app.Http;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/openai")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", sent.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (signature is not null)
        {
            request.Headers.Add("webhook-signature", signature);
        }

        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
