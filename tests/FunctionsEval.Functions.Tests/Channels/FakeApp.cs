using System.Text.Json.Nodes;
using FunctionsEval.Tests.Channels;

namespace FunctionsEval.Functions.Tests.Channels;

/// <summary>The routes of the app that the action asks, with one run and one suite run.</summary>
internal sealed class FakeApp : FakeServer
{
    public const string Key = "function-key";
    public const string RunId = "ev-m7jxfbitephzjonfqwtgd26xba";
    public const string SuiteRunId = "es-k5xw2bqtephzjonfqwtgd26xba";

    /// <summary>The run, as it is read.</summary>
    public JsonObject Run { get; set; } =
        new()
        {
            ["runId"] = RunId,
            ["name"] = "tickets",
            ["baseline"] = "base",
            ["status"] = "Completed",
            ["verdict"] = "pass",
        };

    /// <summary>How often the run is read before it has ended.</summary>
    public int RunningFor { get; set; }

    /// <summary>Whether the notification carries the context.</summary>
    public bool KeepsContext { get; set; } = true;

    /// <summary>The overview in Markdown; null for an app that has none.</summary>
    public string? Overview { get; set; } = "### ✓ Pass: tickets\n\n4 of 4 rules hold\n";

    public List<JsonObject> Lost { get; } = [];

    /// <summary>The contexts that were given.</summary>
    public IReadOnlyList<string> Contexts =>
        [
            .. Requests.SelectMany(request =>
                request.Query.TryGetValue("context", out var query) ? [query.ToString()]
                : request is { Method: "POST", Body.Length: > 0 } && request.Json["context"] is { } context ? [(string)context!]
                : Array.Empty<string>()
            ),
        ];

    protected override Answered Answer(Received request)
    {
        if (request.Headers["x-functions-key"] != Key)
        {
            return new Answered(401);
        }

        return request switch
        {
            { Method: "POST", Path: "/api/suites" } => Answered.Json(
                new
                {
                    suiteRunId = SuiteRunId,
                    @new = true,
                    url = "",
                    contextKept = KeepsContext,
                },
                202
            ),
            { Method: "POST", Path: "/api/evaluations" } or { Method: "PUT" } => Answered.Json(
                new
                {
                    runId = RunId,
                    @new = true,
                    url = "",
                    contextKept = KeepsContext,
                },
                202
            ),
            { Path: $"/api/evaluations/{RunId}" } or { Path: $"/api/suites/{SuiteRunId}" } => new Answered(200, Read().ToJsonString()),
            { Path: var path } when path.EndsWith("/overview", StringComparison.Ordinal) => Overview is null
                ? new Answered(404)
                : new Answered(200, Overview, "text/markdown"),
            { Path: var path } when path.EndsWith("/samples", StringComparison.Ordinal) => Answered.Json(
                new { samples = Lost.Take(int.Parse(request.Query["size"]!, System.Globalization.CultureInfo.InvariantCulture)) }
            ),
            { Path: var path } when path.EndsWith("/report", StringComparison.Ordinal) => new Answered(
                200,
                "<title>report</title>",
                "text/html"
            ),
            _ => new Answered(404, """{"detail":"no such route"}"""),
        };
    }

    private JsonNode Read()
    {
        var read = Run.DeepClone();
        if (RunningFor-- > 0)
        {
            read["status"] = "Running";
            read.AsObject().Remove("verdict");
        }

        return read;
    }
}
