using System.Collections.Concurrent;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>An app that deploys tuned models itself.</summary>
public sealed class SelfDeployingApp : IAsyncLifetime
{
    internal EvaluationApp App { get; private set; } = null!;

    internal FineTuneServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await FineTuneServer.StartAsync();
        DeployedApp.AddForeign(Server.Account);
        App = await EvaluationApp.StartAsync(DeployedApp.Settings(Server, checkpoints: 5));
        App.Endpoint.Answer = Parity.Answer;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>From a job's end to a verdict with nobody present, and nothing left behind.</summary>
public sealed class DeployedFineTuneTests(SelfDeployingApp shared) : IClassFixture<SelfDeployingApp>
{
    private readonly EvaluationApp _app = shared.App;
    private readonly FineTuneServer _server = shared.Server;

    [Fact]
    public async Task Model_of_a_job_is_deployed_evaluated_and_removed_with_nobody_present()
    {
        await DropAsync("alone");
        _server.Account.ReadsWhileCreating = 3;
        var called = new ConcurrentBag<bool>();
        _app.Endpoint.Seen = body =>
        {
            if ((string?)body["model"] is { } model && model.StartsWith(DeployedApp.Prefix, StringComparison.Ordinal))
            {
                called.Add((string?)_server.Account.Find(model)?["properties"]!["provisioningState"] == "Succeeded");
            }
        };
        var tuned = await EndJobAsync("alone");

        var run = await EndedAsync("alone");

        Assert.Equal(("Completed", "pass", "recorded"), (run.GetString("Status"), run.GetString("Verdict"), run.GetString("Baseline")));
        var name = run.GetString("Model")["tuned/".Length..];
        Assert.Matches("^fe-[0-9a-f]{16}-final$", name);
        Assert.All(called, Assert.True);
        Assert.Equal(20, called.Count);
        await NothingIsLeftAsync();
        Assert.Equal((1, 1), (_server.Account.Creations[name], _server.Account.Deletions[name]));
        Assert.Equal(1, run.GetInt32("Deployments"));
        Assert.InRange(run.GetDouble("HostingHours")!.Value, 0, 1);
        Assert.Equal(run.GetDouble("HostingHours")!.Value * 3600, run.GetDouble("HostingCost")!.Value, 1e-6);
        Assert.NotEqual(tuned, name);
    }

    [Fact]
    public async Task Checkpoints_are_deployed_one_after_the_other_and_each_is_a_candidate_of_one_group()
    {
        await DropAsync("steps");
        DeployedApp.EndWithCheckpoints(_server, "steps");
        await _app.RunTimerAsync("PollFineTuneJobs");

        var group = await _app.EndedAsync("steps/test.jsonl", row => IsTuned(row) && row.GetString("Group") is null);

        Assert.Equal(("Completed", "pass"), (group.GetString("Status"), group.GetString("Verdict")));
        Assert.Equal(3, group.GetInt32("Deployments"));
        await NothingIsLeftAsync();
        var models = (await _app.RunsAsync("steps/test.jsonl"))
            .Where(row => row.GetString("Group") == group.PartitionKey && row.GetString("Model") != "recorded")
            .Select(row => row.GetString("Model")["tuned/".Length..])
            .ToList();
        Assert.Equal(
            ["final", "step-80", "step-90"],
            models.Select(model => model[(DeployedApp.Prefix.Length + 17)..]).Order(StringComparer.Ordinal)
        );
        Assert.All(models, model => Assert.Equal((1, 1), (_server.Account.Creations[model], _server.Account.Deletions[model])));
        Assert.All(
            models,
            model => Assert.Equal(20, _app.Endpoint.RequestsOf.Where(asked => asked.Key.Model == model).Sum(asked => asked.Value))
        );
    }

    [Theory]
    [InlineData(400, "InsufficientQuota", "FineTuning__DeployCapacity")]
    [InlineData(403, "RequestDisallowedByPolicy", "policy")]
    [InlineData(403, "AuthorizationFailed", "deployTunedModels")]
    [InlineData(400, "DeploymentModelNotSupported", "FineTuning__DeploySku")]
    [InlineData(400, "SpecialFeatureOrQuotaIdRequired", "subscription")]
    public async Task Refusal_ends_the_waiting_run_with_that_message_and_the_fix(int status, string code, string fix)
    {
        var suite = code.ToLowerInvariant();
        await DropAsync(suite);
        var tuned = $"base-model-2026.ft-{suite}";
        _server.Account.RefuseCreation = (_, body) =>
            (string?)body["properties"]!["model"]!["name"] == tuned
                ? new ArmRefusal(
                    status,
                    code,
                    "The client 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee' wants 50,\nof /subscriptions/s1/resourceGroups/g1 has 0."
                )
                : null;
        await EndJobAsync(suite);

        var run = await EndedAsync(suite);

        Assert.Equal(("Failed", "deployment_refused"), (run.GetString("Status"), run.GetString("ErrorCode")));
        Assert.Contains($"({code}: The client '…' wants 50, of … has 0). ", run.GetString("ErrorMessage"), StringComparison.Ordinal);
        Assert.Contains(fix, run.GetString("ErrorMessage"), StringComparison.Ordinal);
        await NothingIsLeftAsync();
        _server.Account.RefuseCreation = (_, _) => null;
    }

    [Fact]
    public async Task Busy_account_is_waited_for()
    {
        await DropAsync("busy");
        var refusals = new Queue<ArmRefusal>([
            new(409, "RequestConflict", "Another operation is being performed."),
            new(429, "TooManyRequests", "Slow down."),
            new(503, "ServiceUnavailable", "Later."),
        ]);
        _server.Account.RefuseCreation = (_, _) => refusals.TryDequeue(out var refusal) ? refusal : null;
        _server.Account.RefuseDeletion = _ => refusals.TryDequeue(out var refusal) ? refusal : null;
        await EndJobAsync("busy");

        Assert.Equal("Completed", (await EndedAsync("busy")).GetString("Status"));

        Assert.Empty(refusals);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Run_that_ended_is_resumed_on_a_new_deployment()
    {
        await DropAsync("again");
        // The model refuses the key, so that the run fails and there is something left to resume.
        _app.Endpoint.Answer = _ => (401, "no");
        await EndJobAsync("again");
        var failed = await EndedAsync("again");
        Assert.Equal("Failed", failed.GetString("Status"));
        var (runId, name) = (failed.PartitionKey, failed.GetString("Model")["tuned/".Length..]);
        _app.Endpoint.Answer = Parity.Answer;
        using var http = _app.Http;
        await NothingIsLeftAsync();

        (await http.PostAsync($"/api/evaluations/{runId}/resume", null)).EnsureSuccessStatusCode();
        await Eventually.TrueAsync(
            async () =>
            {
                await _app.RunTimerAsync("ReconcileRuns");
                return (await _app.RunsAsync("again/test.jsonl")).Exists(row => IsTuned(row) && row.GetString("Status") == "Completed");
            },
            "the resumed run has completed"
        );

        await NothingIsLeftAsync();
        Assert.Equal((2, 2), (_server.Account.Creations[name], _server.Account.Deletions[name]));
    }

    [Fact]
    public async Task Deployment_that_no_orchestration_removes_is_swept()
    {
        await DropAsync("swept");
        // The orchestration gives the removal up at once: it is terminated.
        _server.Account.RefuseDeletion = _ => new ArmRefusal(500, "InternalServerError", "Later.");
        await EndJobAsync("swept");
        await EndedAsync("swept");
        await _app.Orchestrations.ForceTerminateTaskOrchestrationAsync("fine-tune-ftjob-swept", "lost");
        await Eventually.TrueAsync(
            async () =>
                (await _app.Orchestrations.GetOrchestrationStateAsync("fine-tune-ftjob-swept", allExecutions: false)).All(state =>
                    state?.OrchestrationStatus == DurableTask.Core.OrchestrationStatus.Terminated
                ),
            "the orchestration is lost"
        );
        _server.Account.RefuseDeletion = _ => null;
        Assert.NotEmpty(DeployedApp.Own(_server.Account).Except(DeployedApp.Foreign));

        await Eventually.TrueAsync(
            async () =>
            {
                await _app.RunTimerAsync("SweepDeployments");
                return !DeployedApp.Own(_server.Account).Except(DeployedApp.Foreign).Any();
            },
            "the sweep has removed the deployment"
        );
        await NothingIsLeftAsync();
    }

    private static bool IsTuned(Azure.Data.Tables.TableEntity row) => row.GetString("Source") == "fine_tune";

    /// <summary>A suite whose run by upload has ended.</summary>
    private Task<Azure.Data.Tables.TableEntity> DropAsync(string suite) =>
        _app.EvaluateAsync($"{suite}/test.jsonl", DeployedApp.SpecFor(suite), Parity.Rows(suite, 20));

    /// <summary>Ends a job, and has the app look through the list of jobs.</summary>
    private async Task<string> EndJobAsync(string suite)
    {
        var model = DeployedApp.End(_server, suite);
        await _app.RunTimerAsync("PollFineTuneJobs");
        return model;
    }

    private Task<Azure.Data.Tables.TableEntity> EndedAsync(string suite) => _app.EndedAsync($"{suite}/test.jsonl", IsTuned);

    /// <summary>The app's deployments are gone, and everybody else's are there.</summary>
    private async Task NothingIsLeftAsync()
    {
        await Eventually.TrueAsync(
            () => _server.Account.Names.SequenceEqual(DeployedApp.Foreign),
            "only the deployments of others are left"
        );
        Assert.All(DeployedApp.Foreign, name => Assert.False(_server.Account.Deletions.ContainsKey(name)));
    }
}
