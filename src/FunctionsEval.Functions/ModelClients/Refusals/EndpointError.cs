using System.Globalization;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>
/// An endpoint's error, reduced to what may be shown: codes. The free text may quote the prompt, so it is read but never passed on.
/// </summary>
internal sealed partial class EndpointError
{
    // Names in the app's own requests: a message that shows one reveals nothing.
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
        "tools",
        "functions",
        "tool_choice",
        "function_call",
        "parallel_tool_calls",
        "response_format",
        "reasoning_effort",
        "verbosity",
        "max_output_tokens",
        "text.format",
        "text.verbosity",
        "reasoning.effort",
        "reasoning.summary",
        "include",
        "store",
        "messages",
        "prompt",
        "input",
        "model",
    ];

    private readonly IReadOnlyList<string> _codes;
    private readonly IReadOnlyList<string> _parameters;
    private readonly string _text;

    /// <summary>Takes what an error says.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="codes">Its codes, the most telling one first.</param>
    /// <param name="parameters">The parameters that it names.</param>
    /// <param name="text">Its text; empty for none.</param>
    public EndpointError(int status, IReadOnlyList<string> codes, IReadOnlyList<string> parameters, string text)
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

    /// <summary>The content filters that the error names; empty for none.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>The request's parameter that the endpoint names; null when it names none, or something that is no name.</summary>
    public string? Parameter => _parameters.Count > 0 ? _parameters[0] : null;

    /// <summary>
    /// The parameter that the error is about, for messages: the one it names, else the first of the request's parameters that the text
    /// quotes.
    /// </summary>
    public string? Subject =>
        Parameter
        ?? Parameters.FirstOrDefault(name => ParameterText.BeginsWith(_text, name))
        ?? Parameters.Where(name => Quotes(name)).MinBy(name => _text.IndexOf(name, StringComparison.Ordinal));

    /// <summary>The most telling code there is, <c>http_400</c> at the least.</summary>
    public string Reason => _codes.Count > 0 ? _codes[0] : $"http_{Status}";

    /// <summary>Whether a content filter withheld the request (Azure: innererror <c>ResponsibleAIPolicyViolation</c>).</summary>
    public bool IsContentFilter =>
        Is(
            "content_filter",
            "content_filtered",
            "ContentFilter",
            "content_policy_violation",
            "image_content_policy_violation",
            "ResponsibleAIPolicyViolation",
            "invalid_prompt",
            "data_inspection_failed",
            "bio_policy",
            "cyber_policy",
            "misalignment_policy_violation"
        );

    /// <summary>Whether the request alone exceeds a limit of the endpoint: its size, or a quota of tokens per minute.</summary>
    public bool IsTooLarge =>
        Status is 413 or 429
        && (
            Is("request_too_large", "tokens_limit_reached", "tokens_exceeded", "tokens_exceeded_error")
            || Says("request too large", "request body too large")
            || IsOverLimit()
        );

    /// <summary>Whether the text is longer than the model's context.</summary>
    public bool IsContextLength =>
        Is("context_length_exceeded", "string_above_max_length")
        || Says("maximum context length", "context length exceeded", "context window");

    /// <summary>
    /// Whether the endpoint says that it does not echo a text (llama.cpp: "Only no echo is supported", with status 400 or 500).
    /// </summary>
    public bool IsAboutEcho => Parameter == "echo" || NoEcho().IsMatch(_text);

    /// <summary>Whether another form of the request may be taken, as far as the status says.</summary>
    public bool MayBeOfForm => Status is 400 or 403 or 422 or 500;

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
    /// The distance in the text between a parameter and the words of refusal; the maximum where the text does not mention the parameter.
    /// </summary>
    public int DistanceOf(string parameter) => ParameterText.DistanceOf(_text, parameter);

    /// <summary>
    /// Whether the error is about a field of a turn (<c>messages[0].role</c>), as its <c>param</c> or the beginning of its text says.
    /// </summary>
    public bool IsAboutTurn(string field) =>
        _parameters.Any(named => named == field || (ParameterText.IsInTurn(named) && named.EndsWith("." + field, StringComparison.Ordinal)))
        || ParameterText.NamesTurn(_text, field);

    /// <summary>Whether the text says of a parameter that the endpoint does not take it. It may be a prompt that says so.</summary>
    public bool SaysUnsupported(string parameter) => ParameterText.SaysUnsupported(_text, parameter);

    /// <summary>
    /// Whether the text says that the endpoint takes no turns of the role <c>system</c>, or only some roles in some order. It may be a
    /// prompt that says so.
    /// </summary>
    public bool SaysSystemRoleUnsupported => ParameterText.SaysSystemRoleUnsupported(_text);

    /// <summary>Whether a chat template refuses the turns, and not the API.</summary>
    public bool IsAboutTemplate => _parameters.Count == 0 && !_text.StartsWith("Unsupported value", StringComparison.Ordinal);

    /// <summary>Whether the endpoint takes one of two parameters, but not both.</summary>
    public bool IsConflictOf(string first, string second) => ParameterText.IsConflict(_text, first, second);

    /// <summary>The feature that the model does not have, as the text begins by saying.</summary>
    public RefusedFeature Feature => FeatureText.Find(_text);

    /// <summary>Whether the text begins by saying that the model is not known.</summary>
    public bool SaysUnknownModel => UnknownModelText.IsIn(_text);

    /// <summary>Status, code and parameter, for messages.</summary>
    public string Describe()
    {
        var code = Reason == $"http_{Status}" ? "" : $", {Reason}";
        var parameter = Subject is { } subject ? $", parameter '{subject}'" : "";
        return $"status {Status}{code}{parameter}";
    }

    /// <summary>Whether it has one of these codes, whatever their letter case.</summary>
    public bool Is(params ReadOnlySpan<string> codes)
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

    /// <summary>
    /// Whether its text begins with one of these phrases. A quoted prompt must not end a run, and only the beginning of the text is
    /// certainly the endpoint's own.
    /// </summary>
    public bool Begins(params ReadOnlySpan<string> phrases)
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

    /// <summary>Whether its text has one of these phrases. It may be a prompt that has it.</summary>
    public bool Says(params ReadOnlySpan<string> phrases)
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

    // OpenAI: "Limit 30000, Requested 30601"; with what is used already between the two, the request fits at another time.
    private bool IsOverLimit() =>
        Limit().Match(_text) is { Success: true } match
        && long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
            > long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private bool Quotes(string parameter) =>
        _text.Contains($"'{parameter}'", StringComparison.Ordinal)
        || _text.Contains($"`{parameter}`", StringComparison.Ordinal)
        || _text.Contains($"\"{parameter}\"", StringComparison.Ordinal);

    [GeneratedRegex(
        @"^.{0,60}?\becho['""`]?\b.{0,40}?\b(?:not|un)\s?(?:supported|implemented|allowed|available)|^Only no echo is supported",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex NoEcho();

    [GeneratedRegex(@"Limit:? (\d{1,12}), Requested:? (\d{1,12})", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();
}
