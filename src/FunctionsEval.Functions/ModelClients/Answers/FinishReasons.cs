namespace FunctionsEval.Functions.ModelClients.Answers;

/// <summary>The meaning of a finish reason.</summary>
internal enum FinishKind
{
    /// <summary>The answer is whole, or nothing is known.</summary>
    Whole,

    /// <summary>A content filter withheld the answer, or the rest of it.</summary>
    Filtered,

    /// <summary>As many tokens as were asked for, or as fit into the context.</summary>
    Length,

    /// <summary>As many tokens as were asked for.</summary>
    OutputLimit,

    /// <summary>The model's context is full.</summary>
    Context,

    /// <summary>The server broke off.</summary>
    Broken,
}

/// <summary>
/// Reads why a model stopped in the words of the APIs in use: OpenAI, Azure, Anthropic, Gemini, Mistral, Cohere, Bedrock, DeepSeek, Zhipu,
/// vLLM, SGLang, TGI, OpenRouter. Letter case, blanks and punctuation do not matter.
/// </summary>
internal static class FinishReasons
{
    /// <summary>The meaning of a finish reason.</summary>
    /// <param name="reason">The endpoint's word; null where it gives none.</param>
    public static FinishKind KindOf(string? reason)
    {
        var word = string.Concat((reason ?? "").Where(char.IsAsciiLetter)).ToLowerInvariant();
        // As the enumerations of protocol buffers name their members: FINISH_REASON_MAX_TOKENS.
        if (word.StartsWith("finishreason", StringComparison.Ordinal))
        {
            word = word["finishreason".Length..];
        }

        return word switch
        {
            "length" or "maxlength" or "lengthlimit" => FinishKind.Length,
            "outputlimit" => FinishKind.OutputLimit,
            "modellength"
            or "modelcontextwindowexceeded"
            or "contextlength"
            or "contextlengthexceeded"
            or "contextwindowexceeded"
            or "contextfull"
            or "maxcontextlength"
            or "errorlimit" => FinishKind.Context,
            "safety"
            or "recitation"
            or "blocklist"
            or "prohibitedcontent"
            or "spii"
            or "imagesafety"
            or "imageprohibitedcontent"
            or "imagerecitation"
            or "modelarmor"
            or "refusal"
            or "sensitive"
            or "guardrailintervened"
            or "moderation"
            or "contentpolicyviolation"
            or "errortoxic"
            or "filtered"
            or "safetyfilter" => FinishKind.Filtered,
            "error"
            or "errorfinish"
            or "abort"
            or "aborted"
            or "cancelled"
            or "canceled"
            or "insufficientsystemresource"
            or "networkerror"
            or "servererror"
            or "engineerror"
            or "timeout"
            or "failed"
            or "usercancel"
            or "incomplete"
            or "inprogress"
            or "queued" => FinishKind.Broken,
            // content_filter: SAFETY (Gemini in OpenAI's API), content_filtered (Bedrock), contentFilter, CONTENT_FILTERED.
            _ when word.StartsWith("contentfilter", StringComparison.Ordinal) => FinishKind.Filtered,
            // max_tokens, MAX_OUTPUT_TOKENS, max_new_tokens, maximum_tokens, token_limit_reached.
            _ when word.Contains("token", StringComparison.Ordinal)
                    && (word.Contains("max", StringComparison.Ordinal) || word.Contains("limit", StringComparison.Ordinal)) =>
                FinishKind.OutputLimit,
            _ => FinishKind.Whole,
        };
    }
}
