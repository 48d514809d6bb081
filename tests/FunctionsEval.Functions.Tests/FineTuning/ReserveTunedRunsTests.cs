using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Tests.FineTuning;

/// <summary>The runs of a fine-tuning job that ended.</summary>
public sealed class ReserveTunedRunsTests : IAsyncLifetime
{
    private readonly MemoryStorage _storage = new(TimeProvider.System);
    private readonly MemoryTables _tables = new();
    private readonly ModelTransport _transport = new();
    private string _method = "null";
    private WebApplication _service = null!;
    private CallHarness _harness = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _service = builder.Build();
        _service.Run(context =>
            context.Response.WriteAsync(
                $$"""{ "id": "ftjob-1", "status": "succeeded", "created_at": 1, "model": "gpt", "fine_tuned_model": "ft:gpt:1", "method": {{_method}} }"""
            )
        );
        await _service.StartAsync(TestContext.Current.CancellationToken);
        _harness = await CallHarness.StartAsync(
            [
                ("Models:0:Name", "base"),
                ("Models:1:Name", "my-judge"),
                ("Models:1:Provider", "OpenAICompatible"),
                ("Models:1:Endpoint", "http://127.0.0.1:9/v1"),
                ("Models:1:Deployment", "judge"),
                ("Models:2:Name", "tuned/*"),
                ("Models:2:Provider", "OpenAICompatible"),
                ("Models:2:Endpoint", "http://127.0.0.1:9/v1"),
                ("Models:2:Deployment", "*"),
            ],
            Replies.Ok
        );
    }

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        _storage.Dispose();
        await _service.DisposeAsync();
        await _harness.DisposeAsync();
    }

    /// <summary>The storage refuses to give a blob that was moved to its archive, for as long as it stays there.</summary>
    [Fact]
    public async Task Spec_that_storage_does_not_give_keeps_no_other_dataset_from_its_run()
    {
        foreach (var suite in new[] { "a", "b" })
        {
            _storage.Write($"datasets/{suite}/test.jsonl", "{}"u8.ToArray());
            _storage.Write($"datasets/{suite}/evaluation.json", """{"task":"generation","model":"base","onFineTune":{}}"""u8.ToArray());
        }

        _storage.Faults = request => request.RequestUri!.AbsolutePath == "/datasets/a/evaluation.json" ? Fault.Refused : Fault.None;
        var found = await Activity().RunAsync("ftjob-1", durable: null!, TestContext.Current.CancellationToken);

        Assert.True(found.HasEnded);
        Assert.True(found.IsPartial, "The one that is left is tried again.");
        var run = Assert.Single(_tables.Table("EvaluationRuns").Rows, row => row.RowKey == RunEntity.RowKey);
        Assert.Equal("b/test.jsonl", run.GetString("Dataset"));
    }

    /// <summary>The reward stands beside the suite's own metrics, so that one that rises alone shows.</summary>
    [Theory]
    [InlineData("""["rouge"]""", """["rouge",""")]
    [InlineData("""[]""", """[{"name":"exact_match"}""")]
    public async Task Grader_of_a_reinforcement_job_is_a_metric_of_its_runs(string metrics, string first)
    {
        _method = Method(
            """{"type":"string_check","name":"answer","input":"{{sample.output_text}}","reference":"{{item.answer}}","operation":"eq","pass_threshold":null}"""
        );

        var (run, spec) = await ReserveAsync($$"""{"task":"generation","model":"base","metrics":{{metrics}},"onFineTune":{} }""");

        Assert.Equal("AwaitingDeployment", run.GetString("Status"));
        Assert.Contains(
            "\"metrics\":" + first.Replace("[\"rouge\",", "[{\"name\":\"rouge\"}", StringComparison.Ordinal),
            spec,
            StringComparison.Ordinal
        );
        Assert.Contains("\"prefix\":\"reward_\"", spec, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", "AwaitingDeployment", null)]
    [InlineData("require", "Failed", "docs/graders.md")]
    [InlineData("ignore", "AwaitingDeployment", null)]
    public async Task Grader_that_the_app_cannot_compute_is_left_out_unless_it_is_required(string use, string status, string? told)
    {
        _method = Method("""{"type":"python","name":"p","source":"def grade(sample, item): return 1"}""");

        var (run, spec) = await ReserveAsync($$"""{"task":"generation","model":"base","onFineTune":{"grader":"{{use}}"} }""");

        Assert.Equal(status, run.GetString("Status"));
        Assert.Contains(told ?? "", run.GetString("ErrorMessage") ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("reward_", spec, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_that_a_jobs_grader_names_is_replaced_by_a_configured_one()
    {
        _method = Method(
            """{"type":"score_model","name":"s","model":"gpt-4o-2024-08-06","range":null,"input":[{"role":"user","content":"Score {{sample.output_text}}"}]}"""
        );

        var (_, spec) = await ReserveAsync("""{"task":"generation","model":"base","onFineTune":{"graderModel":"my-judge"}}""");

        Assert.Contains("\"model\":\"my-judge\"", spec, StringComparison.Ordinal);
    }

    private static string Method(string grader) => $$"""{"type":"reinforcement","reinforcement":{"grader":{{grader}} } }""";

    /// <summary>Reserves the run of a suite; its row, and its spec as it is kept.</summary>
    private async Task<(Azure.Data.Tables.TableEntity Run, string Spec)> ReserveAsync(string spec)
    {
        _storage.Write("datasets/a/test.jsonl", "{}"u8.ToArray());
        _storage.Write("datasets/a/evaluation.json", System.Text.Encoding.UTF8.GetBytes(spec));
        await Activity().RunAsync("ftjob-1", durable: null!, TestContext.Current.CancellationToken);
        var run = Assert.Single(_tables.Table("EvaluationRuns").Rows, row => row.RowKey == RunEntity.RowKey);
        return (run, _storage.TextOf($"runs/{run.PartitionKey}/spec.json"));
    }

    private ReserveTunedRuns Activity()
    {
        var options = Options.Create(
            new FineTuningOptions
            {
                Provider = ModelProviders.OpenAI,
                Endpoint = new Uri(_service.Urls.Single() + "/v1"),
                ApiKey = "k",
                Model = "tuned/*",
            }
        );
        var api = new FineTuningApi(options, _transport, () => throw new InvalidOperationException("There is a key."));
        var datasets = new DatasetStore(_storage.Blobs);
        var blobs = new RunBlobs(_storage.Blobs);
        var openRuns = new OpenRuns(_tables);
        var tables = new RunTables(_tables, openRuns);
        var folders = new SuiteFolders(datasets, NullLogger<SuiteFolders>.Instance);
        return new ReserveTunedRuns(
            api,
            datasets,
            new TrainingFileNames(datasets),
            new FineTuningReservations(
                api,
                datasets,
                blobs,
                new SpecCheck(_harness.Registry, Options.Create(new NotificationOptions()), Options.Create(new HttpGraderOptions())),
                new StoredBaselines(tables, blobs),
                new RunReservations(datasets, blobs, tables, TimeProvider.System, NullLogger<RunReservations>.Instance),
                options,
                NullLogger<FineTuningReservations>.Instance
            ),
            new WaitingRuns(openRuns, blobs, tables, scheduler: null!, NullLogger<WaitingRuns>.Instance),
            folders,
            new FineTunedSuites(folders, starter: null!, options),
            NullLogger<ReserveTunedRuns>.Instance
        );
    }
}
