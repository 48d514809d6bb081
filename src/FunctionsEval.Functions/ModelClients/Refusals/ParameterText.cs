using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>
/// Finds the request parameter that an error's text is about, for servers that have no field for it: LiteLLM, Groq, xAI,
/// DeepSeek, Anthropic, Bedrock, Fireworks, Gemini, vLLM, TGI, and whoever passes on the words of pydantic, Jackson, serde or Go.
/// </summary>
/// <remarks>The text may quote a prompt, so only its beginning is read, and what it says is only tried.</remarks>
internal static partial class ParameterText
{
    private const int MaxLength = 600;

    // The words of refusal: a negated verb, an adjective, or a parser's words for an unknown field.
    private const string NotTaken =
        @"(?:\b(?:not|never|n't|no\ longer)\s+(?:currently\s+|yet\s+|be\s+)*(?:support\w*|permit\w*|allow\w*|accept\w*|enabled?|available|recogni[sz]ed|implemented|compatible|take|used|specified|set)\b
        |\b(?:unsupported|disallowed|forbidden|unknown|unrecogni[sz]ed|unexpected|extraneous|unimplemented|incompatible|deprecated)\b
        |\bextra\s+(?:inputs?|fields?|parameters?|keys?)\b|\b(?:cannot|can't|must\s+not)\s+(?:find\s+field|be\s+(?:used|set|specified|provided))\b|\bonly\s+(?:the\s+)?default\b)";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<string, Regex> UnsupportedPatterns = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether the name that an endpoint gives is that of a parameter, whatever its letter case and the object that it is in.
    /// </summary>
    /// <param name="named">The name, or a path: <c>top_p</c>, <c>topP</c>, <c>generation_config.top_p</c>, <c>stop[0]</c>.</param>
    /// <param name="parameter">The parameter.</param>
    public static bool IsSame(string named, string parameter)
    {
        if (
            named == parameter
            || named.StartsWith(parameter + ".", StringComparison.Ordinal)
            || named.StartsWith(parameter + "[", StringComparison.Ordinal)
        )
        {
            return true;
        }

        var last = IsInTurn(named) ? named : named[(named.LastIndexOf('.') + 1)..];
        return string.Equals(Plain(last), Plain(parameter), StringComparison.OrdinalIgnoreCase)
            || (parameter == "stop" && string.Equals(Plain(last), "stopsequences", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a path leads into a turn of the conversation: <c>messages[0].role</c>, <c>input[0].content</c>.</summary>
    public static bool IsInTurn(string named) =>
        named.StartsWith("messages", StringComparison.Ordinal) || named.StartsWith("input[", StringComparison.Ordinal);

    /// <summary>Whether a text says that a parameter is not taken.</summary>
    public static bool SaysUnsupported(string text, string parameter) =>
        IsMatch(Unsupported(parameter), text) && !Both().IsMatch(Begin(text));

    /// <summary>
    /// How far a parameter is from the nearest words of a text that say that something is not taken; further in another sentence.
    /// </summary>
    public static int DistanceOf(string text, string parameter)
    {
        var regex = Unsupported(parameter);
        text = Begin(text);
        var nearest = int.MaxValue;
        try
        {
            for (var match = regex.Match(text); match.Success; match = regex.Match(text, match.Index + 1))
            {
                nearest = Math.Min(nearest, match.Length + (SentenceEnd().IsMatch(match.Value) ? MaxLength : 0));
            }
        }
        catch (RegexMatchTimeoutException)
        {
            // The rest of the text is ignored.
        }
        return nearest;
    }

    /// <summary>
    /// Whether a text begins with the name of a parameter, as that which it is about: <c>max_tokens: 5000 &gt; 4096</c>, <c>temperature
    /// must be positive</c>.
    /// </summary>
    public static bool BeginsWith(string text, string parameter) =>
        Subject().Match(Begin(text)) is { Success: true } match && match.Groups["name"].Value == parameter;

    /// <summary>Whether a text says that two parameters exclude each other.</summary>
    public static bool IsConflict(string text, string first, string second) =>
        Names(text, first) && Names(text, second) && (IsMatch(Both(), text) || IsMatch(OneWithTheOther(), text));

    /// <summary>Whether a text says that there may be no turn of the role system.</summary>
    public static bool SaysSystemRoleUnsupported(string text) => IsMatch(SystemRole(), text);

    /// <summary>Whether a text refuses a field of a turn: <c>messages[0].name</c>, <c>property 'name' is unsupported</c>.</summary>
    public static bool NamesTurn(string text, string field) =>
        TurnField().Matches(Begin(text)).Any(match => match.Groups["field"].Value == field)
        || (field == "name" && SaysUnsupported(text, field) && IsMatch(QuotedName(), text));

    /// <summary>The fields that pydantic names, where its errors come as a text: <c>'loc': ('body', 'seed')</c>.</summary>
    public static string[] Located(string text) => [.. Location().Matches(Begin(text)).Select(match => match.Groups["name"].Value)];

    private static Regex Unsupported(string parameter) =>
        UnsupportedPatterns.GetOrAdd(
            parameter,
            name => new Regex(
                $@"{NameOf(name)}.{{0,100}}?{NotTaken}|{NotTaken}.{{0,100}}?{NameOf(name)}",
                RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline,
                Limit
            )
        );

    private static bool Names(string text, string parameter) =>
        Regex.IsMatch(
            Begin(text),
            NameOf(parameter),
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace,
            Limit
        );

    // max_tokens, maxTokens, max tokens; "stop" as well as stop_sequences. No part of a longer name.
    private static string NameOf(string parameter) =>
        $@"(?<![\w.]){parameter.Replace("_", @"[_\ ]?", StringComparison.Ordinal)}{(parameter == "stop" ? @"(?:[_\ ]?sequences?)?" : "")}(?![\w]|\.\w)";

    private static bool IsMatch(Regex regex, string text)
    {
        try
        {
            return regex.IsMatch(Begin(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static string Begin(string text) => text.Length <= MaxLength ? text : text[..MaxLength];

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal);

    [GeneratedRegex(
        @"\bcannot\s+both\b|\bboth\b.{0,60}\b(?:cannot|can't|not)\b|\bonly\s+(?:\w+\s+)?one\b|\b(?:not|cannot|can't)\b.{0,40}\b(?:both|together|at\s+the\s+same\s+time|simultaneously)\b|mutually\s+exclusive|\beither\b.{0,60}\bor\b.{0,60}\bnot\s+both\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Both();

    // "temperature cannot be set when top_p is set".
    [GeneratedRegex(
        @"(?:\b(?:not|cannot|can't)\b|n't\b)[^.;]{0,60}\b(?:when|if|with|alongside)\s+['""`]?(?:temperature|top_?p)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex OneWithTheOther();

    // "System role not supported" (Gemma), "Only user and assistant roles are supported!", "Conversation roles must alternate
    // user/assistant/…" (Mistral), "This model doesn't
    // support system messages" (Bedrock), "Developer instruction is not enabled for models/gemma-3" (Gemini), "Input should be 'user' or
    // 'assistant'" (pydantic).
    [GeneratedRegex(
        @"\b(?:system|developer)\b['""`]?\s*(?:role|message|prompt|instruction|turn)?s?\b.{0,60}?\b(?:not|n't|un)\s*(?:be\s+)?(?:support|enabl|allow|permit|accept|available)|(?:not|n't)\s+(?:support|allow|accept|permit)\w*\s+(?:the\s+|a\s+|any\s+)?['""`]?(?:system|developer)\b|unsupported\s+(?:role|value)s?\b.{0,60}\b(?:system|developer)\b|\bonly\b.{0,40}\buser\b.{0,30}\bassistant\b|roles?\s+must\s+(?:be|alternate)|\b(?:unknown|unexpected|invalid)\s+(?:message\s+)?role\b|should\s+be\s+'user'.{0,20}'assistant'",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex SystemRole();

    [GeneratedRegex(@"\b(?:messages|input)(?:\[\d{1,4}\]|\.\d{1,4})\.(?:\w+\.)?(?<field>role|name)\b", RegexOptions.CultureInvariant)]
    private static partial Regex TurnField();

    [GeneratedRegex(@"[.;!?]\s|\n", RegexOptions.CultureInvariant)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(
        @"\A['""`]?(?<name>[a-z_]{1,40})['""`]?(?::|\s+(?:is|must|should|cannot|can't|has|value|out\s+of)\b)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Subject();

    [GeneratedRegex(@"['""`]name['""`]", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedName();

    [GeneratedRegex(
        @"'loc'\s*:\s*[\(\[]\s*'body'(?:\s*,\s*(?:'\w{1,40}'|\d{1,4})){0,6}?\s*,\s*'(?<name>\w{1,64})'\s*,?\s*[\)\]]",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Location();
}
