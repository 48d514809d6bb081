using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// An error as an endpoint described it, reduced to what may be shown: codes. The free text may quote the prompt and is looked at, never
/// passed on.
/// </summary>
internal sealed partial class EndpointError
{
    // Names of our own requests: to find one in a text gives nothing away.
    private static readonly string[] Parameters =
    [
        "temperature",
        "top_p",
        "seed",
        "stop",
        "max_tokens",
        "max_completion_tokens",
        "logprobs",
        "top_logprobs",
        "stream_options",
        "stream",
        "name",
        "role",
        "echo",
        "messages",
        "prompt",
        "input",
        "model",
    ];

    private readonly IReadOnlyList<string> _codes;
    private readonly IReadOnlyList<string> _parameters;
    private readonly string _text;

    private EndpointError(int status, IReadOnlyList<string> codes, IReadOnlyList<string> parameters, string text)
    {
        Status = status;
        _codes = codes;
        _parameters = parameters;
        _text = text;
    }

    /// <summary>
    /// The HTTP status; in the body of a response with status 200, the one that the error says or means, 200 when it says none.
    /// </summary>
    public int Status { get; }

    /// <summary>The request's parameter that the endpoint names; null when it names none, or something that is no name.</summary>
    public string? Parameter => _parameters.Count > 0 ? _parameters[0] : null;

    /// <summary>The parameter the error is about, for people: the one named, else the first of ours that the text quotes.</summary>
    public string? Subject =>
        Parameter
        ?? Parameters.FirstOrDefault(name => ParameterText.BeginsWith(_text, name))
        ?? Parameters.Where(name => Quotes(name)).MinBy(name => _text.IndexOf(name, StringComparison.Ordinal));

    /// <summary>The most telling code there is, <c>http_400</c> at the least.</summary>
    public string Reason => _codes.Count > 0 ? _codes[0] : $"http_{Status}";

    /// <summary>Whether a content filter withheld the request (Azure: innererror <c>ResponsibleAIPolicyViolation</c>).</summary>
    public bool IsContentFilter =>
        Is("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation", "invalid_prompt", "data_inspection_failed");

    /// <summary>Whether the account is out of money rather than out of breath.</summary>
    public bool IsQuota =>
        Status == 402
        || Is(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "billing_error",
            "insufficient_balance",
            "insufficient_credits",
            "payment_required",
            "exceeded_current_quota_error",
            "Arrearage",
            "BILLING_DISABLED"
        )
        || Begins("Your credit balance is too low", "Insufficient balance", "Insufficient credits");

    /// <summary>Whether the account is closed or suspended.</summary>
    public bool IsSuspended =>
        Is(
            "account_deactivated",
            "account_suspended",
            "account_disabled",
            "access_terminated",
            "organization_restricted",
            "organization_deactivated",
            "organization_suspended",
            "user_suspended",
            "SubscriptionSuspended",
            "SubscriptionDisabled",
            "SubscriptionNotActive",
            "ReadOnlyDisabledSubscription",
            "AccountDisabled",
            "CONSUMER_SUSPENDED",
            "SERVICE_DISABLED"
        ) || Begins("Organization has been", "This organization has been", "Your account has been", "The account has been");

    /// <summary>Whether the key is none, whatever the status (Gemini answers 400).</summary>
    public bool IsKey =>
        Is(
            "API_KEY_INVALID",
            "API_KEY_EXPIRED",
            "invalid_api_key",
            "InvalidApiKey",
            "invalid_authentication",
            "invalid_authentication_error",
            "authentication_error"
        ) || Begins("API key not valid", "API key expired", "Incorrect API key", "Invalid API key");

    /// <summary>Whether the request alone is over what the endpoint ever takes at once: its size, or a quota of tokens a minute.</summary>
    public bool IsTooLarge =>
        Status is 413 or 429
        && (
            Is("request_too_large", "tokens_limit_reached", "tokens_exceeded", "tokens_exceeded_error")
            || Says("request too large", "request body too large")
            || IsOverLimit()
        );

    /// <summary>Whether the text is longer than the model takes.</summary>
    public bool IsContextLength =>
        Is("context_length_exceeded", "string_above_max_length")
        || Says("maximum context length", "context length exceeded", "context window");

    /// <summary>Whether the model or deployment does not exist.</summary>
    public bool IsUnknownModel =>
        Is(
            "DeploymentNotFound",
            "model_not_found",
            "unknown_model",
            "invalid_model",
            "model_not_available",
            "model_not_supported",
            "ModelNotFound",
            "ModelNotExist",
            "InvalidModel"
        )
        || (Status == 404 && Says("model") && Says("not found", "does not exist"))
        || (Status is 400 or 404 or 422 && !IsContentFilter && !IsContextLength && (Parameter == "model" || UnknownModelText.IsIn(_text)));

    /// <summary>
    /// Whether the endpoint says that it does not echo a text (llama.cpp: "Only no echo is supported", with status 400 or 500).
    /// </summary>
    public bool IsAboutEcho => Parameter == "echo" || NoEcho().IsMatch(_text);

    /// <summary>Whether the model exists but not under this API.</summary>
    public bool IsWrongOperation => Is("OperationNotSupported", "unsupported_operation");

    /// <summary>Whether the api-version is not known.</summary>
    public bool IsApiVersion =>
        Is(
            "UnsupportedApiVersion",
            "InvalidApiVersion",
            "InvalidApiVersionParameter",
            "ApiVersionNotSupported",
            "MissingApiVersionParameter"
        );

    /// <summary>Whether the request has a parameter, or a value of one, that this model does not take at all.</summary>
    public bool IsUnsupportedParameter =>
        Status is 400 or 422
        && (
            Is(
                "unsupported_parameter",
                "unsupported_value",
                "unknown_parameter",
                "extra_forbidden",
                "value_error.extra",
                "unsupported_params",
                "UnsupportedParamsError"
            )
            || _text.StartsWith("Unrecognized request argument", StringComparison.Ordinal)
            || _text.StartsWith("Unsupported parameter", StringComparison.Ordinal)
            || _text.StartsWith("Unsupported value", StringComparison.Ordinal)
            || _text.StartsWith("Invalid JSON payload received. Unknown name", StringComparison.Ordinal)
        );

    /// <summary>Whether the error is about a parameter: by its <c>param</c>, or by its text when it has none.</summary>
    public bool IsAbout(string parameter) =>
        _parameters.Count > 0
            ? IsNamed(parameter)
            : Quotes(parameter) || _text.EndsWith($": {parameter}", StringComparison.Ordinal) || ParameterText.BeginsWith(_text, parameter);

    /// <summary>Whether the error names a parameter by its <c>param</c> or <c>loc</c>.</summary>
    public bool IsNamed(string parameter) => _parameters.Any(named => ParameterText.IsSame(named, parameter));

    /// <summary>
    /// How far in the text a parameter is from the words that something is not taken; the most there is where it says nothing of it.
    /// </summary>
    public int DistanceOf(string parameter) => ParameterText.DistanceOf(_text, parameter);

    /// <summary>
    /// Whether the error is about a field of a turn (<c>messages[0].role</c>), as its <c>param</c> or the beginning of its text says.
    /// </summary>
    public bool IsAboutTurn(string field) =>
        _parameters.Any(named =>
            named == field
            || (named.StartsWith("messages", StringComparison.Ordinal) && named.EndsWith("." + field, StringComparison.Ordinal))
        ) || ParameterText.NamesTurn(_text, field);

    /// <summary>Whether the text says of a parameter that the endpoint does not take it. It may be a prompt that says so.</summary>
    public bool SaysUnsupported(string parameter) => ParameterText.SaysUnsupported(_text, parameter);

    /// <summary>
    /// Whether the text says that the endpoint takes no turns of the role <c>system</c>, or only some roles in some order. It may be a
    /// prompt that says so.
    /// </summary>
    public bool SaysSystemRoleUnsupported => ParameterText.SaysSystemRoleUnsupported(_text);

    /// <summary>Whether a chat template refuses the turns, and not the API.</summary>
    public bool IsAboutTemplate => _parameters.Count == 0 && !_text.StartsWith("Unsupported value", StringComparison.Ordinal);

    /// <summary>Whether the endpoint takes one of two parameters, and not both.</summary>
    public bool IsConflictOf(string first, string second) => ParameterText.IsConflict(_text, first, second);

    /// <summary>Whether a body says that something went wrong.</summary>
    public static bool IsIn(JsonElement root) =>
        root.Get("error") is { ValueKind: JsonValueKind.Object }
        || root.Get("error")?.GetText() is { Length: > 0 }
        || root.Get("object")?.GetText() == "error"
        || root.First()?.Get("error") is not null;

    /// <summary>
    /// Reads the shapes in use: <c>{"error":{…}}</c> (OpenAI, Azure, Ollama, llama.cpp, Anthropic), the same in a list (Gemini),
    /// <c>{"error":"…"}</c> with or without a code beside it (xAI),
    /// the error at the root (vLLM, Mistral, API Management), <c>{"detail":…}</c> (FastAPI), <c>{"errors":[…]}</c> (Cloudflare), a text.
    /// </summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body's root.</param>
    public static EndpointError Read(int status, JsonElement body)
    {
        var root = body.First() ?? body;
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

        string?[] found =
        [
            CodeOf(error.Get("code")),
            CodeOf(error.Get("innererror")?.Get("code")),
            .. details.Select(item => CodeOf(item.Get("reason")) ?? CodeOf(item.Get("code")) ?? CodeOf(item.Get("type"))),
            CodeOf(error.Get("type")),
            CodeOf(error.Get("status")),
        ];
        string[] codes = [.. found.OfType<string>()];
        var text =
            root.Get("error")?.GetText()
            ?? error.Get("message")?.GetText()
            ?? detail?.GetText()
            ?? detail?.Get("message")?.GetText()
            ?? detail?.Get("error")?.GetText()
            ?? root.Get("errors")?.First()?.GetText()
            ?? details.Select(item => item.Get("msg")?.GetText() ?? item.GetText()).FirstOrDefault(message => message is not null)
            ?? "";
        string?[] named =
        [
            CodeOf(error.Get("param")),
            CodeOf(error.Get("innererror")?.Get("param")),
            CodeOf(detail?.Get("param")),
            .. details.Select(ParameterOf),
        ];
        if (status == 200)
        {
            status = StatusOf(error, codes);
        }

        return new EndpointError(status, codes, ParametersOf(named, text), text);
    }

    /// <summary>Reads an error that is a text and nothing else.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="text">The text; empty where there is none to go by.</param>
    public static EndpointError Read(int status, string text) => new(status, [], ParametersOf([], text), text);

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
                    "server_error" or "internal_error" or "internal_server_error" or "internal" or "api_error" => 500,
                    "invalid_request_error" or "invalid_argument" or "badrequesterror" => 400,
                    _ => 200,
                }
            )
            .FirstOrDefault(status => status != 200, 200);
    }

    // OpenAI: "Limit 30000, Requested 30601"; with what is used already between the two, the request fits at another time.
    private bool IsOverLimit() =>
        Limit().Match(_text) is { Success: true } match
        && long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
            > long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private bool Quotes(string parameter) =>
        _text.Contains($"'{parameter}'", StringComparison.Ordinal)
        || _text.Contains($"`{parameter}`", StringComparison.Ordinal)
        || _text.Contains($"\"{parameter}\"", StringComparison.Ordinal);

    private bool Is(params ReadOnlySpan<string> codes)
    {
        foreach (var code in codes)
        {
            if (_codes.Contains(code, StringComparer.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    // What ends a run must not be said by a prompt that is quoted: only the text's beginning is the endpoint's own for sure.
    private bool Begins(params ReadOnlySpan<string> phrases)
    {
        foreach (var phrase in phrases)
        {
            if (_text.StartsWith(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    private bool Says(params ReadOnlySpan<string> phrases)
    {
        foreach (var phrase in phrases)
        {
            if (_text.Contains(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    // A sentence in the place of a code would be free text again; a number only repeats the status.
    private static string? CodeOf(JsonElement? element) => element?.GetText() is { } text && Code().IsMatch(text) ? text : null;

    [GeneratedRegex(@"^(?!\d+\z)[A-Za-z0-9_.\[\]-]{1,64}\z")]
    private static partial Regex Code();

    [GeneratedRegex(
        @"^(?:Invalid JSON payload received\. Unknown name|Unsupported parameter:|Unsupported value:|Unrecognized request argument supplied:) *[""'`]?([A-Za-z0-9_.\[\]]{1,64})(?![A-Za-z0-9_.\[\]])"
    )]
    private static partial Regex UnknownName();

    [GeneratedRegex(
        @"^.{0,60}?\becho['""`]?\b.{0,40}?\b(?:not|un)\s?(?:supported|implemented|allowed|available)|^Only no echo is supported",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NoEcho();

    [GeneratedRegex(@"Limit:? (\d{1,12}), Requested:? (\d{1,12})", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();
}
