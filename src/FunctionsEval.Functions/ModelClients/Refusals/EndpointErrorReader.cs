using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>Reads errors in the shapes in which endpoints write them.</summary>
internal static partial class EndpointErrorReader
{
    /// <summary>Whether a body says that something went wrong.</summary>
    public static bool IsIn(JsonElement root) =>
        root.Get("error") is { ValueKind: JsonValueKind.Object }
        || root.Get("error")?.GetText() is { Length: > 0 }
        || root.Get("object")?.GetText() == "error"
        || root.Get("type")?.GetText() == "error"
        || root.Get("response")?.Get("error") is { ValueKind: JsonValueKind.Object }
        || root.First()?.Get("error") is not null;

    /// <summary>
    /// Reads the shapes in use: <c>{"error":{…}}</c> (OpenAI, Azure, Ollama, llama.cpp, Anthropic), the same in a list (Gemini),
    /// <c>{"error":"…"}</c> with or without a code beside it (xAI), the error at the root (vLLM, Mistral, API Management),
    /// <c>{"detail":…}</c> (FastAPI), <c>{"errors":[…]}</c> (Cloudflare), the events <c>error</c> and <c>response.failed</c> (Responses
    /// API), a text.
    /// </summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body's root.</param>
    public static EndpointError Read(int status, JsonElement body)
    {
        var root = body.First() ?? body;
        root = root.Get("response") is { } failed && failed.Get("error") is not null ? failed : root;
        if (root.GetText() is { } plain)
        {
            return Read(status, plain);
        }

        var error =
            root.Get("error") is { ValueKind: JsonValueKind.Object } inner ? inner
            : root.Get("errors")?.First() is { ValueKind: JsonValueKind.Object } listed ? listed
            : root;
        var detail = error.Get("detail") ?? error.Get("message")?.Get("detail");
        JsonElement[] details = [.. Items(detail), .. Items(error.Get("details")), .. Items(error.Get("message")), .. Items(body)];

        string[] codes = [.. CodesOf(error, details).OfType<string>()];
        string?[] named =
        [
            CodeOf(error.Get("param")),
            CodeOf(error.Get("innererror")?.Get("param")),
            CodeOf(detail?.Get("param")),
            .. details.Select(ParameterOf),
        ];
        var text = TextOf(root, error, detail, details);
        if (status == 200)
        {
            status = StatusOf(error, codes);
        }

        return new EndpointError(status, codes, ParametersOf(named, text), text)
        {
            Filters = ContentFilters.Find(error, error.Get("innererror"), root),
        };
    }

    /// <summary>Reads an error that is a text and nothing else.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="text">The text; empty where there is none to go by.</param>
    public static EndpointError Read(int status, string text) => new(status, [], ParametersOf([], text), text);

    private static string?[] CodesOf(JsonElement error, JsonElement[] details) =>
        [
            CodeOf(error.Get("code")),
            CodeOf(error.Get("innererror")?.Get("code")),
            .. details.Select(item => CodeOf(item.Get("reason")) ?? CodeOf(item.Get("code")) ?? CodeOf(item.Get("type"))),
            CodeOf(error.Get("type")) is var type && type == "error" ? null : type,
            CodeOf(error.Get("status")),
        ];

    private static string TextOf(JsonElement root, JsonElement error, JsonElement? detail, JsonElement[] details) =>
        root.Get("error")?.GetText()
        ?? error.Get("message")?.GetText()
        ?? detail?.GetText()
        ?? detail?.Get("message")?.GetText()
        ?? detail?.Get("error")?.GetText()
        ?? root.Get("errors")?.First()?.GetText()
        ?? details.Select(item => item.Get("msg")?.GetText() ?? item.GetText()).FirstOrDefault(message => message is not null)
        ?? "";

    private static string[] ParametersOf(string?[] named, string text) =>
        named.OfType<string>().ToArray() is { Length: > 0 } given ? given
        : UnknownName().Match(text) is { Success: true } unknown ? [unknown.Groups[1].Value]
        : ParameterText.Located(text);

    private static JsonElement[] Items(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    // FastAPI says where ("loc": ["body", "seed"]), Google which field.
    private static string? ParameterOf(JsonElement detail) =>
        Items(detail.Get("loc")).Select(part => CodeOf(part)).LastOrDefault(name => name is not (null or "body"))
        ?? Items(detail.Get("fieldViolations"))
            .Select(violation => CodeOf(violation.Get("field")))
            .FirstOrDefault(name => name is not null);

    private static int StatusOf(JsonElement error, string[] codes)
    {
        foreach (var property in (string[])["code", "status", "statusCode", "status_code"])
        {
            if (error.Get(property)?.GetCount() is >= 400 and < 600 and var status)
            {
                return status;
            }
        }
        return codes
            .Select(code =>
                code.ToLowerInvariant() switch
                {
                    "rate_limit_exceeded" or "rate_limit_error" or "resource_exhausted" or "too_many_requests" => 429,
                    "overloaded_error" or "unavailable_error" or "unavailable" or "service_unavailable" => 503,
                    "server_error" or "vector_store_timeout" or "internal_error" or "internal_server_error" or "internal" or "api_error" =>
                        500,
                    "invalid_request_error" or "invalid_argument" or "badrequesterror" or "data_residency_mismatch" => 400,
                    "context_length_exceeded" or "string_above_max_length" => 400,
                    // What the Responses API says of the images of a request, and of no other request.
                    _ when code.Contains("image", StringComparison.OrdinalIgnoreCase) => 400,
                    _ => 200,
                }
            )
            .FirstOrDefault(status => status != 200, 200);
    }

    // A sentence instead of a code would be free text again; a number only repeats the status.
    private static string? CodeOf(JsonElement? element) => element?.GetText() is { } text && Code().IsMatch(text) ? text : null;

    [GeneratedRegex(@"^(?!\d+\z)[A-Za-z0-9_.\[\]-]{1,64}\z")]
    private static partial Regex Code();

    [GeneratedRegex(
        @"^(?:Invalid JSON payload received\. Unknown name|Unsupported parameter:|Unsupported value:|Unrecognized request argument supplied:) *[""'`]?([A-Za-z0-9_.\[\]]{1,64})(?![A-Za-z0-9_.\[\]])"
    )]
    private static partial Regex UnknownName();
}
