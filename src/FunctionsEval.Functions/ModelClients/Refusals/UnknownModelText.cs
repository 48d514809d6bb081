using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>
/// Recognises from an error's text that an endpoint does not know the model, for servers that have no code for it: llama.cpp, llama-swap,
/// LM Studio, Ollama, vLLM, LiteLLM, OpenRouter, Mistral, DeepSeek, Bedrock, Gemini.
/// </summary>
/// <remarks>This error ends the run, so a quoted prompt must not trigger it: only the beginning of the text is read.</remarks>
internal static partial class UnknownModelText
{
    /// <summary>
    /// Words that may follow "model" and are not a name. Such an error is about the sample ("The model output is not valid JSON").
    /// </summary>
    private const string Part =
        @"(?:outputs?|responses?|answers?|repl(?:y|ies)|results?|completions?|generat\w+|produced|returned|inputs?|prompts?|requests?|contexts?|messages?|contents?|roles?|parameters?|arguments?|options?|tools?|functions?|schemas?|formats?)(?![\w-])";

    /// <summary>Whether an error's text begins by saying that the model is not known.</summary>
    public static bool IsIn(string text)
    {
        try
        {
            return Sentence().IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // A machine that is too busy to read the text has not been told that the model is unknown.
            return false;
        }
    }

    // "litellm.BadRequestError: OpenAIException - …", then one of: "The model `x` does not exist", "model "x" not found", "Unknown model:
    // x",
    // "No models loaded", "x is not a valid model ID", "Could not find model x", "models/x is not found for API version v1".
    [GeneratedRegex(
        $$"""
            ^\s*(?:[\w.]{0,80}(?:error|exception)\w*\s*[:-]\s*){0,4}
            (?:
                (?:the\s+)?(?:requested\s+|provided\s+|specified\s+|given\s+)?(?:models?|deployment)(?:\s+(?:id|identifier|name))?
                (?:\s*[:=/]?\s*(?:["'`][^"'`]{1,200}["'`]|(?!(?:is|was|not|does|doesn't|has|could|cannot|with|for|in)\b|{{Part}})[^\s"'`]{1,200}))?
                [\s,:]*(?:(?:is|was|has|could|can)\s+)?
                (?:(?:not|no)\s+(?:be\s+|been\s+)?(?:found|exists?|known|available|supported|loaded|deployed|served|valid)
                    |(?:does\s+not|doesn't)\s+exist|cannot\s+be\s+found|(?:is\s+)?(?:unknown|unavailable|invalid))\b
                (?!\s+(?:for|with|in|by)\s+(?:this|the|these|that|such)\s+(?:role|message|prompt|input|parameter|content|request))
                |(?:unknown|invalid|unsupported|unrecogni[sz]ed|no\s+such|non-?existent)\s+models?(?:\s+(?:id|identifier|name)\b|\s*[:=.,"'`(]|\s+(?!{{Part}})[^\s]{1,200}\s*\.?\s*\z|\s*\z)
                |no\s+models?\s+(?:is\s+|are\s+|was\s+)?(?:loaded|found|named|called|available|with)\b
                |["'`]?[^\s"'`]{1,200}["'`]?\s+is\s+not\s+a\s+(?:valid|known|supported)\s+models?\b
                |(?:could\s+not|cannot|unable\s+to|failed\s+to)\s+(?:find|load|access|locate|resolve)\s+(?:the\s+|a\s+)?(?:requested\s+|real\s+)?models?
                |models?:\s*[^\s]{1,200}\s*\z
            )
            """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Sentence();
}
