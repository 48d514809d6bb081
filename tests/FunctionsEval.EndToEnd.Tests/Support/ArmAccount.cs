using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// An Azure OpenAI account as Azure Resource Manager shows it: deployments are listed, read, created and deleted, one operation at a time.
/// Its routes go onto any server (<see cref="MapTo"/>).
/// </summary>
internal sealed class ArmAccount(string resourceId)
{
    /// <summary>The SKU whose deployments Azure itself deletes.</summary>
    public const string DeveloperTier = "DeveloperTier";

    private static readonly TimeSpan DeveloperLifetime = TimeSpan.FromHours(24);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ArmDeployment> _deployments = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How often a deployment is read as <c>Creating</c> before it has its last state.</summary>
    public int ReadsWhileCreating { get; set; } = 1;

    /// <summary>How often a deployment is read as <c>Deleting</c> before it is gone.</summary>
    public int ReadsWhileDeleting { get; set; } = 1;

    /// <summary>How far the account's clock is ahead of the machine's.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>Why a deployment, given its name and its body, is not created; null for one that is.</summary>
    public Func<string, JsonObject, ArmRefusal?> RefuseCreation { get; set; } = (_, _) => null;

    /// <summary>Why a deployment is not deleted; null for one that is.</summary>
    public Func<string, ArmRefusal?> RefuseDeletion { get; set; } = _ => null;

    /// <summary>Why a deployment is not read or listed (null for a list); null for what is.</summary>
    public Func<string?, ArmRefusal?> RefuseReading { get; set; } = _ => null;

    /// <summary>The state with which the creation of a deployment ends.</summary>
    public Func<string, string> LastState { get; set; } = _ => "Succeeded";

    /// <summary>Called with method and name before and after each request took effect: <c>PUT</c>, <c>PUT done</c>, …</summary>
    public Func<string, string, Task> Seen { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>How often a deployment was created, by name; an update of one that is there does not count.</summary>
    public ConcurrentDictionary<string, int> Creations { get; } = new(StringComparer.Ordinal);

    /// <summary>How often the deletion of a deployment that was there began, by name.</summary>
    public ConcurrentDictionary<string, int> Deletions { get; } = new(StringComparer.Ordinal);

    /// <summary>How many requests were refused because another operation was under way.</summary>
    public int Conflicts { get; private set; }

    /// <summary>The models that the account can deploy, as they are listed.</summary>
    public JsonArray Models { get; set; } = [];

    /// <summary>The names of the deployments that there are, those under way among them.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                Expire();
                return [.. _deployments.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The body of a deployment as it is read; null where there is none. Looking moves no state on.</summary>
    public JsonObject? Find(string name)
    {
        lock (_lock)
        {
            Expire();
            return _deployments.TryGetValue(name, out var entry) ? entry.Body(resourceId, name) : null;
        }
    }

    /// <summary>Adds a deployment that somebody else made, or has made earlier.</summary>
    public void Add(string name, string model, JsonObject? tags = null, string sku = "Standard", string state = "Succeeded")
    {
        lock (_lock)
        {
            _deployments[name] = new ArmDeployment(model, "1", sku, 1, tags, Now, state) { State = state };
        }
    }

    /// <summary>Adds the account's routes to a server.</summary>
    /// <param name="app">The server.</param>
    /// <param name="token">The bearer token that is asked for.</param>
    public void MapTo(WebApplication app, string token)
    {
        const string One = "/deployments/{name}";
        app.MapGet(resourceId + "/deployments", (HttpRequest request) => Answer(request, token, "LIST", "", List));
        app.MapGet(resourceId + One, (HttpRequest request, string name) => Answer(request, token, "GET", name, () => Read(name)));
        app.MapGet(
            resourceId + "/models",
            (HttpRequest request) =>
                Answer(request, token, "LIST models", "", () => ArmAnswer.Json(new JsonObject { ["value"] = Models.DeepClone() }))
        );
        app.MapPut(
            resourceId + One,
            async (HttpRequest request, string name) =>
            {
                var body = (await JsonNode.ParseAsync(request.Body))!.AsObject();
                return await Answer(request, token, "PUT", name, () => Create(name, body, request));
            }
        );
        app.MapDelete(
            resourceId + One,
            (HttpRequest request, string name) => Answer(request, token, "DELETE", name, () => Delete(name, request))
        );
    }

    private DateTimeOffset Now => DateTimeOffset.UtcNow + ClockAhead;

    private async Task<IResult> Answer(HttpRequest request, string token, string method, string name, Func<IResult> answer)
    {
        if (request.Headers.Authorization != "Bearer " + token)
        {
            return new ArmRefusal(401, "InvalidAuthenticationToken", "The access token is invalid.").ToResult();
        }

        if (!request.Query.ContainsKey("api-version"))
        {
            return new ArmRefusal(400, "MissingApiVersionParameter", "The api-version query parameter is required.").ToResult();
        }

        await Seen(method, name);
        IResult result;
        lock (_lock)
        {
            Expire();
            result = answer();
        }

        await Seen(method + " done", name);
        return result;
    }

    private IResult List() =>
        RefuseReading(null) is { } refusal
            ? refusal.ToResult()
            : ArmAnswer.Json(
                new JsonObject { ["value"] = new JsonArray([.. _deployments.Select(pair => pair.Value.Body(resourceId, pair.Key))]) }
            );

    private IResult Read(string name)
    {
        if (RefuseReading(name) is { } refusal)
        {
            return refusal.ToResult();
        }

        if (!_deployments.TryGetValue(name, out var entry))
        {
            return new ArmRefusal(404, "DeploymentNotFound", $"The deployment '{name}' does not exist.").ToResult();
        }

        var body = entry.Body(resourceId, name);
        if (entry.IsUnderWay && --entry.ReadsLeft <= 0)
        {
            Finish(name, entry);
        }

        return ArmAnswer.Json(body);
    }

    private void Finish(string name, ArmDeployment entry)
    {
        if (entry.State == "Deleting")
        {
            _deployments.Remove(name);
        }
        else
        {
            entry.State = entry.LastState;
        }
    }

    private IResult Create(string name, JsonObject body, HttpRequest request)
    {
        if (RefuseCreation(name, body) is { } refusal)
        {
            return refusal.ToResult();
        }

        if (FindConflict() is { } conflict)
        {
            return conflict;
        }

        var model = body["properties"]!["model"]!;
        var sku = body["sku"]!;
        var isNew = !_deployments.ContainsKey(name);
        var entry = new ArmDeployment(
            (string)model["name"]!,
            (string)model["version"]!,
            (string)sku["name"]!,
            (int)sku["capacity"]!,
            body["tags"]?.DeepClone().AsObject(),
            Now,
            LastState(name)
        )
        {
            State = "Creating",
            ReadsLeft = ReadsWhileCreating,
        };
        _deployments[name] = entry;
        if (isNew)
        {
            Creations.AddOrUpdate(name, 1, (_, count) => count + 1);
        }

        var answer = entry.Body(resourceId, name);
        if (ReadsWhileCreating == 0)
        {
            Finish(name, entry);
        }

        TellOfOperation(request);
        return ArmAnswer.Json(answer, isNew ? 201 : 200);
    }

    private IResult Delete(string name, HttpRequest request)
    {
        if (RefuseDeletion(name) is { } refusal)
        {
            return refusal.ToResult();
        }

        if (!_deployments.TryGetValue(name, out var entry))
        {
            return Results.NoContent();
        }

        if (FindConflict() is { } conflict)
        {
            return conflict;
        }

        Deletions.AddOrUpdate(name, 1, (_, count) => count + 1);
        (entry.State, entry.ReadsLeft) = ("Deleting", ReadsWhileDeleting);
        if (ReadsWhileDeleting == 0)
        {
            _deployments.Remove(name);
        }

        TellOfOperation(request);
        return Results.StatusCode(202);
    }

    /// <summary>The refusal of a change while another one is under way: an account makes one at a time.</summary>
    private IResult? FindConflict()
    {
        if (!_deployments.Values.Any(entry => entry.IsUnderWay))
        {
            return null;
        }

        Conflicts++;
        // As in Azure, an operation ends whether or not somebody looks at it.
        foreach (var (name, entry) in _deployments.Where(pair => pair.Value.IsUnderWay).ToList())
        {
            if (--entry.ReadsLeft <= 0)
            {
                Finish(name, entry);
            }
        }

        return new ArmRefusal(
            409,
            "RequestConflict",
            $"Another operation is being performed on the parent resource '{resourceId}'. Please try again later."
        ).ToResult();
    }

    /// <summary>Azure deletes what was deployed for developers after its time.</summary>
    private void Expire()
    {
        foreach (
            var name in _deployments
                .Where(pair => pair.Value.Sku == DeveloperTier && pair.Value.Created + DeveloperLifetime <= Now)
                .Select(pair => pair.Key)
                .ToList()
        )
        {
            _deployments.Remove(name);
        }
    }

    private static void TellOfOperation(HttpRequest request)
    {
        var address = $"{request.Scheme}://{request.Host}/operations/1?api-version=2024-10-01&t=secret-of-the-operation";
        request.HttpContext.Response.Headers["Azure-AsyncOperation"] = address;
        request.HttpContext.Response.Headers.RetryAfter = "1";
    }
}
