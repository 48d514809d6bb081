using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>A feature of requests that some models do not have at all.</summary>
internal enum RefusedFeature
{
    /// <summary>None that is known.</summary>
    None,

    /// <summary>Tools.</summary>
    Tools,

    /// <summary>Images.</summary>
    Images,

    /// <summary>A form of the answer.</summary>
    ResponseFormat,
}

/// <summary>
/// Finds the feature that a model does not have, for servers that say so in words alone: OpenAI, vLLM, llama.cpp, Ollama, LM Studio,
/// OpenRouter, Groq, DeepSeek.
/// </summary>
/// <remarks>Only the beginning of the text is read, because the rest may quote a prompt.</remarks>
internal static partial class FeatureText
{
    private const int MaxLength = 300;

    /// <summary>The feature that a text refuses.</summary>
    public static RefusedFeature Find(string text)
    {
        var beginning = text.Length <= MaxLength ? text : text[..MaxLength];
        return Tools().IsMatch(beginning) ? RefusedFeature.Tools
            : Images().IsMatch(beginning) || NoImages().IsMatch(beginning) ? RefusedFeature.Images
            : ResponseFormat().IsMatch(beginning) ? RefusedFeature.ResponseFormat
            : RefusedFeature.None;
    }

    [GeneratedRegex(
        """^(?:"auto" tool choice requires |tools param requires |no endpoints found that support tool|(?:this |the )?(?:model )?['"`]?[\w./:@-]*['"`]? ?(?:does not|doesn't) support (?:the use of )?(?:tools?\b|functions?\b)|tool(?: use|s| calling| calls)? (?:is|are) not supported)""",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex Tools();

    [GeneratedRegex(
        """^(?:invalid content type\. (?:image_url|input_image) is only supported|image input is not supported|(?:failed to process inputs: )?this model is missing data required for image input|at most 0 image|no endpoints found that support image|failed to deserialize [\w ]+: messages\[\d+\]: unknown variant `image_url`|'?messages\.\d+\.content'? ?: value must be a string)""",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex Images();

    [GeneratedRegex(
        """^(?:this |the )?(?:model )?['"`]?[\w./:@-]*['"`]? ?(?:(?:does not|doesn't) support (?:images?\b|vision|multimodal)|is not a multimodal model)""",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex NoImages();

    [GeneratedRegex(
        """^(?:this )?['"`]?(?:response_format|text\.format)['"`]?(?: type)?(?: of type)?(?: ['"`]?\w+['"`]?)? is (?:unavailable|not supported|unsupported)""",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex ResponseFormat();
}
