using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// A server that speaks what the app asks of a fine-tuning service: OpenAI's routes of jobs, files and models under <c>/v1</c>, Azure
/// OpenAI's under <c>/openai</c>, Azure Resource Manager's deployments, and a managed identity's tokens.
/// </summary>
internal sealed class FineTuneServer : IAsyncDisposable
{
    /// <summary>The key that OpenAI's and Azure OpenAI's routes ask for.</summary>
    public const string ApiKey = "fine-tune-key-91c2";

    /// <summary>The id of <see cref="Account"/>.</summary>
    public const string ResourceId = "/subscriptions/s1/resourceGroups/g1/providers/Microsoft.CognitiveServices/accounts/a1";

    private const string Token = "token-of-the-identity";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private int _lists;

    private FineTuneServer(WebApplication app) => _app = app;

    /// <summary>The account whose deployments there are, as Azure Resource Manager shows it.</summary>
    public ArmAccount Account { get; } = new(ResourceId);

    /// <summary>The checkpoints of jobs, by the job's id, in the order in which they are listed.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<Checkpoint>> Checkpoints { get; } = new(StringComparer.Ordinal);

    public Uri Address => new(_app.Urls.First());

    /// <summary>Tuned models that can be called at OpenAI.</summary>
    public ConcurrentDictionary<string, string> Deployments { get; } = new(StringComparer.Ordinal);

    /// <summary>Content of uploaded files, by id.</summary>
    public ConcurrentDictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>How often the list of jobs was asked for.</summary>
    public int Lists => Volatile.Read(ref _lists);

    public static async Task<FineTuneServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FineTuneServer(app);
        server.MapJobsAndFiles("/v1");
        server.MapJobsAndFiles("/openai");
        server.MapModelsAndIdentity();
        await app.StartAsync();
        return server;
    }

    private void MapJobsAndFiles(string root)
    {
        _app.MapGet(
            root + "/fine_tuning/jobs",
            (HttpRequest request, int? limit, string? after) => IfKeyed(request, () => List(limit ?? 20, after))
        );
        _app.MapGet(
            root + "/fine_tuning/jobs/{id}",
            (HttpRequest request, string id) =>
                IfKeyed(request, () => _jobs.TryGetValue(id, out var job) ? Results.Json(job.Body()) : Missing())
        );
        _app.MapGet(
            root + "/fine_tuning/jobs/{id}/checkpoints",
            (HttpRequest request, string id, int? limit, string? after) => IfKeyed(request, () => ListCheckpoints(id, limit ?? 10, after))
        );
        _app.MapGet(
            root + "/files/{id}/content",
            (HttpRequest request, string id) =>
                IfKeyed(
                    request,
                    () => Files.TryGetValue(id, out var content) ? Results.Text(content, "application/octet-stream") : Missing()
                )
        );
        _app.MapGet(
            root + "/files/{id}",
            (HttpRequest request, string id) =>
                IfKeyed(
                    request,
                    () =>
                        Results.Json(
                            new
                            {
                                id,
                                @object = "file",
                                filename = id + ".jsonl",
                            }
                        )
                )
        );
    }

    private void MapModelsAndIdentity()
    {
        _app.MapGet(
            "/v1/models/{id}",
            (HttpRequest request, string id) =>
                IfKeyed(request, () => Deployments.ContainsKey(id) ? Results.Json(new { id, @object = "model" }) : Missing())
        );
        Account.MapTo(_app, Token);
        _app.MapGet(
            "/identity",
            (HttpRequest request) =>
                request.Headers["X-IDENTITY-HEADER"] == "secret-of-the-app"
                    ? Results.Json(
                        new
                        {
                            access_token = Token,
                            expires_on = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                            resource = "r",
                            token_type = "Bearer",
                        }
                    )
                    : Results.Unauthorized()
        );
    }

    /// <summary>Adds a job, or changes it; one that ended some time ago was created an hour before.</summary>
    public void Set(
        string id,
        string status,
        string? tunedModel = null,
        string? suffix = null,
        string trainingFile = "file-train",
        string? error = null,
        DateTimeOffset? ended = null
    ) =>
        _jobs.AddOrUpdate(
            id,
            _ => new Job(
                id,
                (ended?.AddHours(-1) ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds(),
                ended?.ToUnixTimeSeconds(),
                status,
                tunedModel,
                suffix,
                trainingFile,
                error
            ),
            (_, job) => job with { Status = status, TunedModel = tunedModel, Error = error }
        );

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IResult Missing() => Results.Json(new { error = new { message = "not found", code = "not_found" } }, statusCode: 404);

    private static IResult IfKeyed(HttpRequest request, Func<IResult> answer)
    {
        var isAzure = request.Path.StartsWithSegments("/openai");
        var isKeyed = isAzure
            ? request.Headers["api-key"] == ApiKey && request.Query.ContainsKey("api-version")
            : request.Headers.Authorization == "Bearer " + ApiKey;
        return isKeyed ? answer() : Results.Unauthorized();
    }

    private IResult List(int limit, string? after)
    {
        Interlocked.Increment(ref _lists);
        var all = _jobs.Values.OrderByDescending(job => job.CreatedAt).ThenBy(job => job.Id, StringComparer.Ordinal).ToList();
        var rest = after is null ? all : all.SkipWhile(job => job.Id != after).Skip(1).ToList();
        return Results.Json(
            new
            {
                @object = "list",
                data = rest.Take(limit).Select(job => job.Body()),
                has_more = rest.Count > limit,
            }
        );
    }

    /// <summary>A page of a job's checkpoints, which are listed as they were given.</summary>
    private IResult ListCheckpoints(string job, int limit, string? after)
    {
        if (!_jobs.ContainsKey(job))
        {
            return Missing();
        }

        var all = Checkpoints.GetValueOrDefault(job) ?? [];
        var rest = after is null ? all : all.SkipWhile(checkpoint => checkpoint.Id != after).Skip(1).ToList();
        return Results.Json(
            new
            {
                @object = "list",
                data = rest.Take(limit)
                    .Select(checkpoint => new
                    {
                        id = checkpoint.Id,
                        @object = "fine_tuning.job.checkpoint",
                        created_at = 1_748_022_000 + checkpoint.Step,
                        fine_tuned_model_checkpoint = checkpoint.Model,
                        fine_tuning_job_id = job,
                        step_number = checkpoint.Step,
                    }),
                has_more = rest.Count > limit,
            }
        );
    }

    /// <summary>A checkpoint of a job.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Step">The training step that it was made at.</param>
    /// <param name="Model">The name that it is deployed, or called, by.</param>
    internal sealed record Checkpoint(string Id, int Step, string Model);

    private sealed record Job(
        string Id,
        long CreatedAt,
        long? FinishedAt,
        string Status,
        string? TunedModel,
        string? Suffix,
        string TrainingFile,
        string? Error
    )
    {
        public object Body() =>
            new
            {
                id = Id,
                @object = "fine_tuning.job",
                created_at = CreatedAt,
                finished_at = FinishedAt,
                status = Status,
                model = "base-model-2026",
                fine_tuned_model = TunedModel,
                training_file = TrainingFile,
                user_provided_suffix = Suffix,
                error = new
                {
                    code = Error,
                    message = Error is null ? null : "why",
                    param = (string?)null,
                },
            };
    }
}
