using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// A tracking server that speaks MLflow's REST API 2.0 as published, and refuses what it refuses: names, lengths, batches that are too
/// large, another value of a parameter (mlflow/utils/validation.py, Log Batch).
/// </summary>
internal sealed partial class MlflowServer : IAsyncDisposable
{
    private const string Invalid = "INVALID_PARAMETER_VALUE";
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly string? _authorization;
    private readonly string _artifactRoot;

    private MlflowServer(WebApplication app, string? authorization, string artifactRoot)
    {
        (_app, _authorization, _artifactRoot) = (app, authorization, artifactRoot);
        const string Api = "/api/2.0/mlflow/";
        app.MapGet(Api + "experiments/get-by-name", context => AnswerAsync(context, FindExperiment));
        app.MapPost(Api + "experiments/create", context => AnswerAsync(context, CreateExperiment));
        app.MapPost(Api + "runs/search", context => AnswerAsync(context, SearchRuns));
        app.MapPost(Api + "runs/create", context => AnswerAsync(context, CreateRun));
        app.MapPost(Api + "runs/log-batch", context => AnswerAsync(context, LogBatch));
        app.MapPost(Api + "runs/update", context => AnswerAsync(context, UpdateRun));
        app.MapPut("/api/2.0/mlflow-artifacts/artifacts/{*path}", StoreAsync);
    }

    public Uri Address => new(_app.Urls.First());

    public Dictionary<string, (string Id, string Stage)> Experiments { get; } = [];

    public List<Tracked> Runs { get; } = [];

    public ConcurrentDictionary<string, string> Artifacts { get; } = new();

    /// <summary>Requests by their path.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<MlflowServer> StartAsync(string? authorization = null, string artifactRoot = "mlflow-artifacts:/")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new MlflowServer(app, authorization, artifactRoot);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, Func<JsonElement, object> answer)
    {
        Requests.Enqueue(context.Request.Path);
        if (_authorization is not null && context.Request.Headers.Authorization != _authorization)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await context.Response.WriteAsync("You are not authenticated.");
            return;
        }

        var body =
            context.Request.Method == "GET"
                ? JsonSerializer.SerializeToElement(context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()))
                : await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
        try
        {
            Refuse(body.GetRawText().Length > 1_000_000, Invalid, "request too large");
            lock (_lock)
            {
                body = JsonSerializer.SerializeToElement(answer(body));
            }
        }
        catch (Refusal refusal)
        {
            context.Response.StatusCode = refusal.Code == "RESOURCE_DOES_NOT_EXIST" ? 404 : 400;
            body = JsonSerializer.SerializeToElement(new { error_code = refusal.Code, message = refusal.Message });
        }

        await context.Response.WriteAsJsonAsync(body);
    }

    private object FindExperiment(JsonElement query)
    {
        var name = query.GetProperty("experiment_name").GetString()!;
        Refuse(!Experiments.TryGetValue(name, out var found), "RESOURCE_DOES_NOT_EXIST", $"Could not find experiment with name '{name}'");
        return new
        {
            experiment = new
            {
                experiment_id = found.Id,
                name,
                lifecycle_stage = found.Stage,
            },
        };
    }

    private object CreateExperiment(JsonElement body)
    {
        Members(body, "name", "artifact_location", "tags");
        var name = body.GetProperty("name").GetString()!;
        Refuse(name.Length is 0 or > 500, Invalid, "experiment name");
        Refuse(Experiments.ContainsKey(name), "RESOURCE_ALREADY_EXISTS", name);
        Experiments.Add(name, ($"{Experiments.Count + 1}", "active"));
        return new { experiment_id = Experiments[name].Id };
    }

    private object SearchRuns(JsonElement body)
    {
        Members(body, "experiment_ids", "filter", "run_view_type", "max_results", "order_by", "page_token");
        var filter = Filter().Match(body.GetProperty("filter").GetString()!);
        Refuse(!filter.Success, Invalid, "Invalid filter");
        var experiments = body.GetProperty("experiment_ids").EnumerateArray().Select(id => id.GetString()).ToList();
        var found = Runs.Where(run =>
            experiments.Contains(run.Experiment) && run.Tags.GetValueOrDefault(filter.Groups[1].Value) == filter.Groups[2].Value
        );
        return new { runs = found.Select(View) };
    }

    private object CreateRun(JsonElement body)
    {
        Members(body, "experiment_id", "user_id", "run_name", "start_time", "tags");
        var run = new Tracked($"run{Runs.Count + 1}", body.GetProperty("experiment_id").GetString()!)
        {
            Name = body.GetProperty("run_name").GetString(),
        };
        Refuse(Experiments.Values.All(known => known.Id != run.Experiment), "RESOURCE_DOES_NOT_EXIST", "experiment");
        Tag(run, body);
        Runs.Add(run);
        return new { run = View(run) };
    }

    private object LogBatch(JsonElement body)
    {
        Members(body, "run_id", "metrics", "params", "tags");
        var run = Runs.Single(run => run.Id == body.GetProperty("run_id").GetString());
        var (metrics, parameters, tags) = (ListOf(body, "metrics"), ListOf(body, "params"), ListOf(body, "tags"));
        Refuse(metrics.Count > 1000 || parameters.Count > 100 || tags.Count > 100, Invalid, "A batch logging request can contain at most");
        Refuse(metrics.Count + parameters.Count + tags.Count > 1000, Invalid, "A batch logging request can contain at most");
        foreach (var metric in metrics)
        {
            Members(metric, "key", "value", "timestamp", "step");
            var key = Name(metric);
            Refuse(metric.GetProperty("timestamp").GetInt64() < 0, Invalid, "timestamp");
            run.Metrics.Add((key, metric.GetProperty("value").GetDouble(), metric.GetProperty("timestamp").GetInt64()));
        }

        foreach (var parameter in parameters)
        {
            Members(parameter, "key", "value");
            var (key, value) = (Name(parameter), parameter.GetProperty("value").GetString()!);
            Refuse(value.Length > 6000, Invalid, $"Param value of {key} exceeded length limit");
            Refuse(run.Params.TryGetValue(key, out var old) && old != value, Invalid, $"Changing param values is not allowed: {key}");
            run.Params[key] = value;
        }

        Tag(run, body);
        return new { };
    }

    private object UpdateRun(JsonElement body)
    {
        Members(body, "run_id", "run_uuid", "status", "end_time", "run_name");
        var run = Runs.Single(run => run.Id == body.GetProperty("run_id").GetString());
        run.Status = body.GetProperty("status").GetString()!;
        Refuse(run.Status is not ("RUNNING" or "SCHEDULED" or "FINISHED" or "FAILED" or "KILLED"), Invalid, "status");
        run.End = body.GetProperty("end_time").GetInt64();
        return new { run_info = View(run) };
    }

    private async Task StoreAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        Artifacts[(string)context.Request.RouteValues["path"]!] = await reader.ReadToEndAsync();
        await context.Response.WriteAsync("{}");
    }

    private object View(Tracked run) =>
        new
        {
            info = new
            {
                run_id = run.Id,
                artifact_uri = $"{_artifactRoot}{run.Experiment}/{run.Id}/artifacts",
                status = run.Status,
            },
        };

    private static void Tag(Tracked run, JsonElement body)
    {
        foreach (var tag in ListOf(body, "tags"))
        {
            Members(tag, "key", "value");
            var value = tag.GetProperty("value").GetString()!;
            Refuse(value.Length > 5000, Invalid, "Tag value exceeded length limit");
            run.Tags[Name(tag)] = value;
        }
    }

    private static List<JsonElement> ListOf(JsonElement body, string name) =>
        body.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];

    private static string Name(JsonElement entity)
    {
        var key = entity.GetProperty("key").GetString()!;
        Refuse(!ValidName().IsMatch(key) || key.Length is 0 or > 250, Invalid, $"Invalid name: '{key}'");
        Refuse(key is "." or ".." || key.StartsWith('/') || key.EndsWith('/') || key.Contains("//"), Invalid, $"Invalid name: '{key}'");
        return key;
    }

    private static void Members(JsonElement body, params string[] known) =>
        Refuse(body.EnumerateObject().Any(member => !known.Contains(member.Name)), Invalid, $"unknown member in {body}");

    private static void Refuse(bool isRefused, string code, string message)
    {
        if (isRefused)
        {
            throw new Refusal(code, message);
        }
    }

    [GeneratedRegex(@"^[/\w.\- ]*\z")]
    private static partial Regex ValidName();

    [GeneratedRegex(@"^tags\.`([^`]+)` = '([^']+)'\z")]
    private static partial Regex Filter();

    /// <summary>A run as it is kept.</summary>
    internal sealed class Tracked(string id, string experiment)
    {
        public string Id => id;

        public string Experiment => experiment;

        public string? Name { get; init; }

        public string Status { get; set; } = "RUNNING";

        public long? End { get; set; }

        public Dictionary<string, string> Params { get; } = [];

        public Dictionary<string, string> Tags { get; } = [];

        /// <summary>The same number at the same time is kept once.</summary>
        public HashSet<(string Key, double Value, long Timestamp)> Metrics { get; } = [];
    }

    private sealed class Refusal(string code, string message) : Exception(message)
    {
        public string Code => code;
    }
}
