using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Budget;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.HttpGraders;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.ModelClients;
using FunctionsEval.Functions.Tests.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>
/// A run of one model over numbered rows: the app's own activities on a storage in memory and a model server of its own, as one process
/// after
/// another finds them.
/// </summary>
internal sealed class ShardHarness : IAsyncDisposable
{
    public const string RunId = "r";
    private const string Dataset = "s/test.jsonl";

    private readonly List<ServiceProvider> _processes = [];
    private readonly (string Key, string Value)[] _settings;
    private ModelServer _server = null!;

    private ShardHarness((string Key, string Value)[] settings)
    {
        _settings = settings;
        Storage = new MemoryStorage(Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public MemoryStorage Storage { get; private set; }

    public MemoryTables Tables { get; } = new();

    /// <summary>Answers the request about a row; by default with its label.</summary>
    public Func<string, HttpContext, Task> Answer { get; set; } = (row, context) => RightAsync(row, context);

    /// <summary>Requests by the row they are about.</summary>
    public ConcurrentDictionary<string, int> Requests { get; } = new(StringComparer.Ordinal);

    public RunRequest Run =>
        new(
            RunId,
            new DatasetVersion(Dataset, Storage.ETagOf($"datasets/{Dataset}"), Storage.TextOf($"datasets/{Dataset}").Length),
            TimeSpan.FromDays(1)
        );

    /// <summary>A harness with that many rows in a dataset, and a process that has planned its run.</summary>
    public static async Task<ShardHarness> StartAsync(int rows, params (string Key, string Value)[] settings)
    {
        var harness = new ShardHarness(settings);
        harness._server = await ModelServer.StartAsync(harness.AnswerAsync);
        harness.Storage.Write($"datasets/{Dataset}", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, rows).Select(Row))));
        harness.Storage.Write(
            $"runs/{RunId}/spec.json",
            """{ "task": "classification", "model": "m", "labels": ["even", "odd"], "metrics": ["accuracy"] }"""u8.ToArray()
        );
        harness.NewProcess();
        await harness.PlanAsync(harness.Run);
        return harness;
    }

    /// <summary>From now on everything is done by another process on the same storage.</summary>
    public void NewProcess(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["Models:0:Name"] = "m",
            ["Models:0:Provider"] = "OpenAICompatible",
            ["Models:0:Endpoint"] = $"http://127.0.0.1:{_server.Port}/v1",
            ["Models:0:Deployment"] = $"process-{_processes.Count}",
            ["Models:0:MaxConcurrency"] = "4",
        };
        foreach (var (key, value) in _settings.Concat(settings))
        {
            values[key] = value;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<Random>(new HalfRandom());
        services.AddModels(configuration);
        services.AddOptions<EvaluationOptions>().Bind(configuration.GetSection(EvaluationOptions.Section));
        services.AddOptions<HttpGraderOptions>().Bind(configuration.GetSection(HttpGraderOptions.Section));
        services.AddSingleton(FunctionTimeout.Read(configuration, AppContext.BaseDirectory));
        services.AddSingleton(Storage.Blobs);
        services.AddSingleton<TableServiceClient>(Tables);
        foreach (
            var type in new[]
            {
                typeof(DatasetStore),
                typeof(RunBlobs),
                typeof(SampleBlobs),
                typeof(DatasetText),
                typeof(OpenRuns),
                typeof(RunTables),
                typeof(RunBudgetTable),
                typeof(RunBudgets),
                typeof(RunPlans),
                typeof(RunCancellation),
                typeof(SampleIsolation),
                typeof(ShardTurns),
                typeof(ImageBudget),
                typeof(ShardFiles),
                typeof(ShardProgressWriter),
                typeof(HttpGraderCaller),
                typeof(ShardExecutor),
                typeof(CostAllowances),
                typeof(CostEstimate),
                typeof(TrainingFiles),
                typeof(StoredBaselines),
                typeof(PlanShards),
                typeof(EvaluateShard),
                typeof(WriteSamples),
                typeof(RunComparison),
                typeof(RunScoreboards),
                typeof(PreviousRuns),
                typeof(WriteSummary),
            }
        )
        {
            services.AddSingleton(type);
        }

        _processes.Add(services.BuildServiceProvider());
    }

    /// <summary>The process ends as a crash does; what it was doing goes on without effect, and another one takes over.</summary>
    public void Crash()
    {
        var dead = Storage;
        Storage = dead.AfterCrash();
        dead.Faults = _ => Fault.Refused;
        NewProcess();
    }

    /// <summary>Plans the run for another dataset, and for another spec if one is given.</summary>
    public Task<PlanReport> PlanAsync(string dataset, string? spec = null, bool isAutomatic = false)
    {
        Storage.Write($"datasets/{Dataset}", Encoding.UTF8.GetBytes(dataset));
        if (spec is not null)
        {
            Storage.Write($"runs/{RunId}/spec.json", Encoding.UTF8.GetBytes(spec));
        }

        return PlanAsync(Run with { IsAutomatic = isAutomatic });
    }

    public T Get<T>()
        where T : notnull => _processes[^1].GetRequiredService<T>();

    /// <summary>Plans a run whose row says that it was just reserved, or resumed.</summary>
    public Task<PlanReport> PlanAsync(RunRequest run)
    {
        SetRow(RunStatus.Pending, run.Resumption);
        return Get<PlanShards>().RunAsync(run, TestContext.Current.CancellationToken);
    }

    /// <summary>The run's row as somebody else left it.</summary>
    public void SetRow(RunStatus status, int resumptions) =>
        Tables
            .Table(StorageNames.RunsTable)
            .Set(
                new TableEntity(RunId, RunEntity.RowKey)
                {
                    ["Status"] = status.ToString(),
                    ["Resumptions"] = resumptions,
                    ["Dataset"] = Dataset,
                    ["Model"] = "m",
                    ["Started"] = Time.GetUtcNow(),
                }
            );

    public Task<ShardReport> EvaluateAsync(CancellationToken cancellationToken = default) => EvaluateAsync(Work, cancellationToken);

    public Task<ShardReport> EvaluateAsync(ShardWork work, CancellationToken cancellationToken = default) =>
        Get<EvaluateShard>().RunAsync(work, cancellationToken);

    public static ShardWork Work { get; } = new(RunId, Roles.Candidate, 0, DateTime.MaxValue, Resumption: 0, IsSettling: false);

    public string LogText(int shard = 0) => Storage.TextOf($"runs/{StorageNames.ShardLog(RunId, Roles.Candidate, shard)}");

    /// <summary>Changes the lines of the first shard's log that hold a text, and forgets that the shard was finished.</summary>
    public void RewriteLog(string holding, Func<string, string> change)
    {
        var lines = LogText().Split('\n');
        Assert.Contains(lines, line => line.Contains(holding, StringComparison.Ordinal));
        var changed = lines.Select(line => line.Contains(holding, StringComparison.Ordinal) ? change(line) : line);
        Storage.Write($"runs/{StorageNames.ShardLog(RunId, Roles.Candidate, 0)}", Encoding.UTF8.GetBytes(string.Join('\n', changed)));
        Storage.Delete($"runs/{StorageNames.ShardState(RunId, Roles.Candidate, 0)}");
    }

    /// <summary>The rows of a shard's log.</summary>
    public async Task<List<EvaluatedSample>> RowsAsync(int shard = 0)
    {
        var blobs = Get<RunBlobs>();
        return
        [
            .. (
                await blobs.ReadShardLogAsync(
                    await blobs.ReadManifestAsync(RunId, CancellationToken.None),
                    Roles.Candidate,
                    shard,
                    CancellationToken.None
                )
            )
                .Rows
                .Values,
        ];
    }

    public static Task RightAsync(string row, HttpContext context) =>
        Replies.Json(
            200,
            JsonSerializer.Serialize(
                new
                {
                    choices = new[]
                    {
                        new
                        {
                            index = 0,
                            message = new { role = "assistant", content = int.Parse(row) % 2 == 0 ? "even" : "odd" },
                            finish_reason = "stop",
                        },
                    },
                    usage = new { prompt_tokens = 10, completion_tokens = 2 },
                }
            )
        )(context);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        Storage.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        // What a process that has ended had still to say is heard by nobody.
        var body = ModelServer.BodyOf(context);
        if (AskedOf(body, context.Request.Path.Value!) != $"process-{_processes.Count - 1}")
        {
            return Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }

        var row = body.TryGetProperty("prompt", out var prompt)
            ? prompt.GetString()!
            : body.GetProperty("messages")[0].GetProperty("content").GetString()!;
        Requests.AddOrUpdate(row, 1, (_, count) => count + 1);
        return Answer(row, context);
    }

    /// <summary>The model that a request is for: on the dated route of Azure the address names it, and the body does not.</summary>
    private static string AskedOf(JsonElement body, string path) =>
        body.TryGetProperty("model", out var model) ? model.GetString()! : path.Split("/deployments/")[1].Split('/')[0];

    public static string Row(int number) =>
        JsonSerializer.Serialize(
            new
            {
                id = $"n{number}",
                input = $"{number}",
                expected = number % 2 == 0 ? "even" : "odd",
            }
        ) + "\n";
}
