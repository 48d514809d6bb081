using System.Text.Json.Nodes;
using Azure.Core;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.FineTuning;

/// <summary>Deployments that the app makes and removes, against a server that speaks Azure Resource Manager's.</summary>
public sealed class TunedDeploymentsTests : IAsyncLifetime
{
    private const string Job = "ftjob-1";
    private const string ResourceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a";
    private static readonly TunedModel Final = TunedModel.Final("base.ft-1");

    private readonly ArmAccount _account = new(ResourceId);
    private readonly ModelTransport _transport = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly MemoryTables _tables = new();
    private WebApplication _server = null!;
    private FineTuningOptions _options = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _account.MapTo(_server, "t");
        await _server.StartAsync();
        _options = new FineTuningOptions
        {
            ManagementEndpoint = new Uri(_server.Urls.First()),
            ResourceId = ResourceId,
            Deploy = true,
        };
    }

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Deployment_is_created_once_with_sku_capacity_model_and_tags_and_then_waited_for()
    {
        _account.ReadsWhileCreating = 2;
        JsonObject? sent = null;
        _account.RefuseCreation = (_, body) =>
        {
            sent = body;
            return null;
        };

        var states = new List<DeploymentState>();
        for (var looks = 0; looks < 5; looks++)
        {
            states.Add((await EnsureAsync(Final)).State);
        }

        Assert.Equal(
            [
                DeploymentState.UnderWay,
                DeploymentState.UnderWay,
                DeploymentState.UnderWay,
                DeploymentState.Succeeded,
                DeploymentState.Succeeded,
            ],
            states
        );
        var name = Assert.Single(_account.Names);
        Assert.Equal(1, _account.Creations[name]);
        Assert.Equal("""{"name":"DeveloperTier","capacity":50}""", sent!["sku"]!.ToJsonString());
        Assert.Equal("""{"model":{"format":"OpenAI","name":"base.ft-1","version":"1"}}""", sent["properties"]!.ToJsonString());
        Assert.Equal((Job, 32), ((string)sent["tags"]!["functionseval-job"]!, ((string)sent["tags"]!["functionseval-app"]!).Length));
        Assert.Equal(_time.GetUtcNow(), (DateTimeOffset)sent["tags"]!["functionseval-created"]!);
    }

    [Fact]
    public async Task Names_are_valid_and_those_of_another_job_model_or_app_are_others()
    {
        var checkpoint = TunedModel.From(
            new Checkpoint
            {
                Id = "ftchkpt-1",
                Model = "base.ft-1:ckpt-step-90",
                Step = long.MaxValue,
            }
        );
        _options.DeployPrefix = new string('p', 24);
        string[] names =
        [
            Final.DeploymentName(_options.DeployPrefix, "app", Job),
            Final.DeploymentName(_options.DeployPrefix, "app", "ftjob-2"),
            Final.DeploymentName(_options.DeployPrefix, "app-2", Job),
            checkpoint.DeploymentName(_options.DeployPrefix, "app", Job),
        ];

        Assert.Equal(names.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(names, name => Assert.Matches(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9]\z", name));
        Assert.Equal(names[0], Final.DeploymentName(_options.DeployPrefix, "app", Job));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Deployment_of_somebody_else_with_this_name_is_neither_used_nor_removed()
    {
        var name = await NameAsync();
        _account.Add(name, "base.ft-1", new JsonObject { ["functionseval-app"] = "another" });

        var step = await EnsureAsync(Final);

        Assert.Equal("deployment_refused", step.Failure!.Code);
        Assert.Contains("did not make", step.Failure.Message, StringComparison.Ordinal);
        Assert.True(await Deployments().TryRemoveAsync(name, default), "It is nothing to remove.");
        Assert.Empty(await Deployments().ListAsync(default));
        Assert.Empty(_account.Deletions);
    }

    [Fact]
    public async Task Own_deployment_is_read_again_right_before_it_is_removed()
    {
        await EnsureAsync(Final);
        var own = Assert.Single(await Deployments().ListAsync(default));
        // Somebody has taken it over meanwhile.
        _account.Add(own.Name, own.Model, new JsonObject { ["owner"] = "somebody" });

        Assert.True(await Deployments().TryRemoveAsync(own.Name, default));

        Assert.Empty(_account.Deletions);
        Assert.Equal([own.Name], _account.Names);
    }

    [Fact]
    public async Task Deployment_with_the_apps_tag_and_another_name_is_left_alone()
    {
        await EnsureAsync(Final);
        var tags = _account.Find(_account.Names[0])!["tags"]!.DeepClone().AsObject();
        _account.Add("production", "base.ft-1", tags);

        Assert.DoesNotContain(await Deployments().ListAsync(default), own => own.Name == "production");
        Assert.True(await Deployments().TryRemoveAsync("production", default));
        Assert.Empty(_account.Deletions);
    }

    [Fact]
    public async Task Removal_goes_on_until_the_deployment_is_gone()
    {
        _account.ReadsWhileCreating = 0;
        _account.ReadsWhileDeleting = 2;
        var name = (await EnsureAsync(Final)).Name;

        var looks = new List<bool>();
        for (var look = 0; look < 4; look++)
        {
            looks.Add(await Deployments().TryRemoveAsync(name, default));
        }

        Assert.Equal([false, false, false, true], looks);
        Assert.Equal(1, _account.Deletions[name]);
    }

    [Fact]
    public async Task Deployment_that_azure_has_deleted_is_removed()
    {
        _account.ReadsWhileCreating = 0;
        var name = (await EnsureAsync(Final)).Name;
        _account.ClockAhead = TimeSpan.FromHours(25);

        Assert.Empty(await Deployments().ListAsync(default));
        Assert.True(await Deployments().TryRemoveAsync(name, default));
        Assert.Empty(_account.Deletions);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Canceled")]
    [InlineData("Disabled")]
    public async Task Creation_that_failed_is_a_failure_and_is_removed(string state)
    {
        _account.LastState = _ => state;
        _account.ReadsWhileCreating = 0;
        var name = (await EnsureAsync(Final)).Name;

        var failure = (await EnsureAsync(Final)).Failure!;

        Assert.Equal("deployment_refused", failure.Code);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
        Assert.False(await Deployments().TryRemoveAsync(name, default));
        Assert.Equal(1, _account.Deletions[name]);
    }

    [Theory]
    [InlineData(409, "RequestConflict")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(500, "InternalServerError")]
    [InlineData(401, "ExpiredAuthenticationToken")]
    public async Task Refusal_that_passes_is_told_and_waited_for(int status, string code)
    {
        _account.RefuseCreation = (_, _) => new ArmRefusal(status, code, "Later.");

        var step = await EnsureAsync(Final);

        Assert.Equal((null, $"{code}: Later", DeploymentState.UnderWay), (step.Failure, step.Problem, step.State));
    }

    [Theory]
    [InlineData(400, "InsufficientQuota")]
    [InlineData(409, "InsufficientQuota")]
    [InlineData(403, "RequestDisallowedByPolicy")]
    [InlineData(404, "ParentResourceNotFound")]
    [InlineData(400, "SomethingNew")]
    public async Task Refusal_that_stays_is_a_failure_with_azures_bounded_words(int status, string code)
    {
        _account.RefuseCreation = (_, _) =>
            new ArmRefusal(status, code, "Principal 11111111-2222-3333-4444-555555555555 of /subscriptions/s: " + new string('x', 5000));

        var failure = (await EnsureAsync(Final)).Failure!;

        Assert.Contains($"({code}: Principal … of … xxx", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("then resume the run.", failure.Message, StringComparison.Ordinal);
        Assert.InRange(failure.Message.Length, 400, 900);
    }

    [Fact]
    public async Task Checkpoint_that_azure_does_not_know_by_its_models_name_is_deployed_by_its_id()
    {
        _account.RefuseCreation = (_, body) =>
            ((string)body["properties"]!["model"]!["name"]!).StartsWith("base", StringComparison.Ordinal)
                ? new ArmRefusal(400, "DeploymentModelNotSupported", "No such model.")
                : null;
        var checkpoint = TunedModel.From(
            new Checkpoint
            {
                Id = "ftchkpt-1",
                Model = "base.ft-1:ckpt-step-90",
                Step = 90,
            }
        );

        var step = await EnsureAsync(checkpoint);

        Assert.Null(step.Failure);
        Assert.EndsWith("-step-90", step.Name, StringComparison.Ordinal);
        Assert.Equal("ftchkpt-1", (string)_account.Find(step.Name)!["properties"]!["model"]!["name"]!);
        Assert.Equal("deployment_refused", (await EnsureAsync(Final)).Failure!.Code);
    }

    [Fact]
    public async Task What_an_app_made_for_its_own_runs_is_nobodys_deployment_of_the_model()
    {
        _account.ReadsWhileCreating = 0;
        await EnsureAsync(Final);
        Assert.Null(await Account().FindByModelAsync("base.ft-1", default));

        _account.Add("by-hand", "base.ft-1");
        Assert.Equal("by-hand", await Account().FindByModelAsync("base.ft-1", default));
    }

    private async Task<string> NameAsync() =>
        Final.DeploymentName(_options.DeployPrefix, await new EventTable(_tables).ReadAppIdAsync(default), Job);

    private Task<DeploymentStep> EnsureAsync(TunedModel model) => Deployments().EnsureAsync(Job, model, default);

    /// <summary>As another process finds them: whatever one remembers is lost.</summary>
    private TunedDeployments Deployments() =>
        new(Account(), new EventTable(_tables), Options.Create(_options), _time, NullLogger<TunedDeployments>.Instance);

    private AccountDeployments Account() =>
        new(
            Options.Create(_options),
            new FineTuningHttp(_transport),
            () => DelegatedTokenCredential.Create((_, _) => new AccessToken("t", DateTimeOffset.MaxValue))
        );
}
