using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FunctionsEval.Tests.Channels;

/// <summary>
/// The routes of GitHub's REST API (2022-11-28) for check runs and comments, as docs.github.com describes them: pages of at most 100 with
/// the header <c>link</c>, names of members, statuses.
/// </summary>
internal sealed partial class FakeGitHub : FakeServer
{
    public const string Repository = "o/n";
    public const string Token = "github-token";
    public const string Sha = "0123456789abcdef0123456789abcdef01234567";

    private static readonly string[] Conclusions =
    [
        "action_required",
        "cancelled",
        "failure",
        "neutral",
        "success",
        "skipped",
        "stale",
        "timed_out",
    ];

    private readonly Lock _lock = new();
    private long _id = 100;

    public List<JsonObject> Checks { get; } = [];

    public List<JsonObject> Comments { get; } = [];

    /// <summary>The events <c>repository_dispatch</c> that were sent.</summary>
    public ConcurrentQueue<JsonNode> Dispatched { get; } = new();

    /// <summary>A comment of somebody.</summary>
    public JsonObject Comment(string body, string login = "github-actions[bot]", string type = "Bot")
    {
        var comment = new JsonObject
        {
            ["id"] = ++_id,
            ["body"] = body,
            ["user"] = new JsonObject { ["login"] = login, ["type"] = type },
        };
        Comments.Add(comment);
        return comment;
    }

    protected override Answered Answer(Received request)
    {
        lock (_lock)
        {
            // GitHub refuses requests without a user agent.
            if (request.Headers.Authorization != $"Bearer {Token}" || request.Headers.UserAgent.Count == 0)
            {
                return new Answered(401, """{"message":"Bad credentials"}""");
            }

            return (request.Method, request.Path) switch
            {
                ("POST", $"/repos/{Repository}/dispatches") => Dispatch(request.Json),
                // A workflow's own token is that of an installation.
                ("GET", "/user") => new Answered(403, """{"message":"Resource not accessible by integration"}"""),
                ("POST", $"/repos/{Repository}/check-runs") => Create(request.Json.AsObject()),
                ("PATCH", var path) when CheckPath().Match(path) is { Success: true } check => Change(
                    Checks,
                    check,
                    request.Json.AsObject()
                ),
                ("GET", $"/repos/{Repository}/commits/{Sha}/check-runs") => Page(
                    request,
                    [.. Checks.Where(check => (string?)check["name"] == request.Query["check_name"])],
                    "check_runs"
                ),
                ("GET", $"/repos/{Repository}/issues/7/comments") => Page(request, Comments, null),
                ("POST", $"/repos/{Repository}/issues/7/comments") => new Answered(
                    201,
                    Comment((string)request.Json["body"]!).ToJsonString()
                ),
                ("PATCH", var path) when CommentPath().Match(path) is { Success: true } comment => Change(
                    Comments,
                    comment,
                    request.Json.AsObject()
                ),
                ("DELETE", var path) when CommentPath().Match(path) is { Success: true } comment => Delete(comment),
                _ => new Answered(404, """{"message":"Not Found"}"""),
            };
        }
    }

    private Answered Dispatch(JsonNode dispatch)
    {
        // GitHub takes an event of at most 100 characters with at most ten members of payload.
        if (((string?)dispatch["event_type"])?.Length is not (> 0 and <= 100) || dispatch["client_payload"]?.AsObject().Count > 10)
        {
            return new Answered(422, """{"message":"Invalid request."}""");
        }

        Dispatched.Enqueue(dispatch);
        return new Answered(204);
    }

    private Answered Create(JsonObject check)
    {
        if (check["name"] is null || (string?)check["head_sha"] != Sha || (string?)check["status"] != "in_progress")
        {
            return new Answered(422, """{"message":"Validation Failed","errors":[{"message":"No commit found for SHA"}]}""");
        }

        check["id"] = ++_id;
        Checks.Add(check);
        return new Answered(201, check.ToJsonString());
    }

    private static Answered Change(List<JsonObject> all, Match path, JsonObject change)
    {
        var id = long.Parse(path.Groups[1].Value, CultureInfo.InvariantCulture);
        if (all.FirstOrDefault(one => (long)one["id"]! == id) is not { } found)
        {
            return new Answered(404, """{"message":"Not Found"}""");
        }

        Assert.True(change["conclusion"] is null || Conclusions.Contains((string)change["conclusion"]!));
        Assert.InRange(((string?)change["body"] ?? (string?)change["output"]?["summary"] ?? "").Length, 0, 65_535);
        foreach (var (name, value) in change)
        {
            found[name] = value?.DeepClone();
        }

        return new Answered(200, found.ToJsonString());
    }

    private Answered Delete(Match path)
    {
        var id = long.Parse(path.Groups[1].Value, CultureInfo.InvariantCulture);
        return Comments.RemoveAll(comment => (long)comment["id"]! == id) > 0 ? new Answered(204) : new Answered(404);
    }

    private Answered Page(Received request, List<JsonObject> all, string? member)
    {
        var (size, page) = (
            int.Parse(request.Query["per_page"]!, CultureInfo.InvariantCulture),
            int.Parse(request.Query["page"]!, CultureInfo.InvariantCulture)
        );
        Assert.InRange(size, 1, 100);
        var items = new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(item => item.DeepClone())]);
        (string, string)[] link = page * size < all.Count ? [("link", $"<{Address}{request.Path}?page={page + 1}>; rel=\"next\"")] : [];
        var body = member is null ? (JsonNode)items : new JsonObject { ["total_count"] = all.Count, [member] = items };
        return new Answered(200, body.ToJsonString(), "application/json", link);
    }

    [GeneratedRegex($@"\A/repos/{Repository}/check-runs/(\d+)\z")]
    private static partial Regex CheckPath();

    [GeneratedRegex($@"\A/repos/{Repository}/issues/comments/(\d+)\z")]
    private static partial Regex CommentPath();
}
