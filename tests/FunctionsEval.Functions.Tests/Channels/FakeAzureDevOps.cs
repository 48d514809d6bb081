using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FunctionsEval.Tests.Channels;

namespace FunctionsEval.Functions.Tests.Channels;

/// <summary>
/// The routes of Azure DevOps' REST API 7.1 for statuses and threads of pull requests, as learn.microsoft.com describes them. Only the
/// author of a comment may change it.
/// </summary>
internal sealed partial class FakeAzureDevOps : FakeServer
{
    public const string Token = "system-token";
    public const string Me = "me";
    public const string Project = "My project";
    public const string RepositoryId = "repo-id";

    private static readonly string[] States = ["notSet", "pending", "succeeded", "failed", "error", "notApplicable", "partiallySucceeded"];
    private static readonly string[] ThreadStates = ["active", "fixed", "wontFix", "closed", "byDesign", "pending", "unknown"];

    private int _id;

    public List<JsonObject> Threads { get; } = [];

    public List<JsonObject> Statuses { get; } = [];

    /// <summary>A thread of somebody.</summary>
    public JsonObject Thread(string content, string author, string status = "active")
    {
        var thread = new JsonObject
        {
            ["id"] = ++_id,
            ["status"] = status,
            ["comments"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = 1,
                    ["content"] = content,
                    ["author"] = new JsonObject { ["id"] = author },
                }
            ),
        };
        Threads.Add(thread);
        return thread;
    }

    protected override Answered Answer(Received request)
    {
        if (request.Headers.Authorization != $"Bearer {Token}")
        {
            // An invalid token is sent to sign in.
            return new Answered(302, "", "text/html", ("location", "https://sts.example/"));
        }

        if (request.Path == "/_apis/connectionData")
        {
            return Answered.Json(new { authenticatedUser = new { id = Me } });
        }

        Assert.Equal("7.1", request.Query["api-version"].ToString());
        var prefix = $"/{Project}/_apis/git/repositories/{RepositoryId}";
        Assert.StartsWith(prefix, request.Path, StringComparison.Ordinal);
        var path = request.Path[prefix.Length..];
        return (request.Method, path) switch
        {
            ("GET", "/pullRequests/7/threads") => List(Threads),
            ("POST", "/pullRequests/7/threads") => Add(request.Json),
            ("PATCH", var thread) when ThreadPath().Match(thread) is { Success: true } match => Change(match, request.Json),
            ("GET", "/pullRequests/7/statuses") or ("GET", $"/commits/{FakeGitHub.Sha}/statuses") => List(Statuses),
            ("POST", "/pullRequests/7/statuses") or ("POST", $"/commits/{FakeGitHub.Sha}/statuses") => AddStatus(request.Json.AsObject()),
            _ => new Answered(404, """{"message":"TF400813: not found"}"""),
        };
    }

    private static Answered List(List<JsonObject> all) =>
        new(
            200,
            new JsonObject { ["count"] = all.Count, ["value"] = new JsonArray([.. all.Select(one => one.DeepClone())]) }.ToJsonString()
        );

    private Answered Add(JsonNode thread)
    {
        Assert.Contains((string?)thread["status"], ThreadStates);
        Assert.Equal("text", (string?)thread["comments"]![0]!["commentType"]);
        return new Answered(200, Thread((string)thread["comments"]![0]!["content"]!, Me, (string)thread["status"]!).ToJsonString());
    }

    private Answered Change(Match path, JsonNode change)
    {
        var id = int.Parse(path.Groups[1].Value, CultureInfo.InvariantCulture);
        var thread = Threads.Single(one => (int)one["id"]! == id);
        if (!path.Groups[2].Success)
        {
            Assert.Contains((string?)change["status"], ThreadStates);
            thread["status"] = (string?)change["status"];
            return new Answered(200, thread.ToJsonString());
        }

        var comment = thread["comments"]![0]!;
        if ((string?)comment["author"]!["id"] != Me)
        {
            return new Answered(403, """{"message":"TF401027: only the author may change a comment"}""");
        }

        comment["content"] = (string?)change["content"];
        return new Answered(200, comment.ToJsonString());
    }

    private Answered AddStatus(JsonObject status)
    {
        Assert.Contains((string?)status["state"], States);
        Assert.NotNull(status["context"]!["name"]);
        status["id"] = ++_id;
        Statuses.Add(status);
        return new Answered(200, status.ToJsonString());
    }

    [GeneratedRegex(@"\A/pullRequests/7/threads/(\d+)(/comments/1)?\z")]
    private static partial Regex ThreadPath();
}
