using System.Text.Json;

namespace FunctionsEval.Functions.Models;

/// <summary>An error as an endpoint described it, reduced to what may be shown: codes. The free text may quote the prompt and is looked at, never passed on.</summary>
internal sealed class EndpointError
{
    private readonly string _text;
    private readonly string? _innerCode;

    private EndpointError(int status, string? code, string? type, string? parameter, string? innerCode, string text)
    {
        Status = status;
        Code = code;
        Type = type;
        Parameter = parameter;
        _innerCode = innerCode;
        _text = text;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The error's <c>code</c>; null when absent, a mere number or nothing like a code.</summary>
    public string? Code { get; }

    /// <summary>The error's <c>type</c>, likewise.</summary>
    public string? Type { get; }

    /// <summary>The request's parameter the error is about, likewise.</summary>
    public string? Parameter { get; }

    /// <summary>The most telling code there is, <c>http_400</c> at the least.</summary>
    public string Reason => Code ?? _innerCode ?? Type ?? $"http_{Status}";

    /// <summary>Whether a content filter withheld the request (Azure: innererror <c>ResponsibleAIPolicyViolation</c>).</summary>
    public bool IsContentFilter => Is("content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation", "invalid_prompt");

    /// <summary>Whether the account is out of money rather than out of breath.</summary>
    public bool IsQuota => Is("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded");

    /// <summary>Whether the text is longer than the model takes.</summary>
    public bool IsContextLength => Is("context_length_exceeded", "string_above_max_length");

    /// <summary>Whether the model or deployment does not exist.</summary>
    public bool IsUnknownModel => Is("DeploymentNotFound", "model_not_found", "unknown_model", "invalid_model");

    /// <summary>Whether the model exists but not under this API.</summary>
    public bool IsWrongOperation => Is("OperationNotSupported", "unsupported_operation");

    /// <summary>Whether the api-version is not known.</summary>
    public bool IsApiVersion => Is("UnsupportedApiVersion", "InvalidApiVersion", "InvalidApiVersionParameter", "ApiVersionNotSupported", "MissingApiVersionParameter");

    /// <summary>Whether the request has a parameter, or a value of one, that this model does not take at all.</summary>
    public bool IsUnsupportedParameter => Status is 400 or 422
        && (Is("unsupported_parameter", "unsupported_value", "unknown_parameter")
            || _text.StartsWith("Unrecognized request argument", StringComparison.Ordinal)
            || _text.StartsWith("Unsupported parameter", StringComparison.Ordinal)
            || _text.StartsWith("Unsupported value", StringComparison.Ordinal));

    /// <summary>Whether the error is about a parameter: by its <c>param</c>, or by its text when it has none.</summary>
    public bool IsAbout(string parameter) => Parameter is { } named
        ? named == parameter || named.StartsWith(parameter + ".", StringComparison.Ordinal)
        : _text.Contains($"'{parameter}'", StringComparison.Ordinal) || _text.EndsWith($": {parameter}", StringComparison.Ordinal);

    /// <summary>Reads the shapes in use: <c>{"error":{…}}</c> (OpenAI, Azure, Ollama), <c>{"error":"…"}</c>, and the error at the root (vLLM, API Management).</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body's root; null when it is not JSON.</param>
    public static EndpointError Read(int status, JsonElement? body)
    {
        JsonElement? error = body?.Get("error") ?? body;
        return new EndpointError(
            status,
            CodeOf(error?.Get("code")),
            CodeOf(error?.Get("type")),
            CodeOf(error?.Get("param")),
            CodeOf(error?.Get("innererror")?.Get("code")),
            error?.GetText() ?? error?.Get("message")?.GetText() ?? "");
    }

    private bool Is(params ReadOnlySpan<string> codes)
    {
        foreach (string code in codes)
        {
            if (Matches(Code, code) || Matches(_innerCode, code) || Matches(Type, code))
                return true;
        }
        return false;

        static bool Matches(string? actual, string expected) => string.Equals(actual, expected, StringComparison.OrdinalIgnoreCase);
    }

    // A sentence in the place of a code would be free text again; a number only repeats the status.
    private static string? CodeOf(JsonElement? element) =>
        element?.GetText() is { Length: > 0 and <= 64 } text
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
        && !text.All(char.IsAsciiDigit)
            ? text
            : null;
}
