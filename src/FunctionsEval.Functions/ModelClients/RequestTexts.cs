using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>What a request sends besides its turns' texts, as far as it is billed.</summary>
internal static class RequestTexts
{
    /// <summary>
    /// Tokens of an image whose size is not known: the most that GPT-4o takes, 85 and 8 tiles of 170 (OpenAI's guide to images).
    /// </summary>
    private const int TokensPerImage = 1445;

    /// <summary>Tokens of an image with <c>detail: low</c>, by the same guide.</summary>
    private const int TokensPerLowImage = 85;

    /// <summary>The JSON of tools and of the answer's schema, which endpoints put into the prompt.</summary>
    public static IEnumerable<string> Beside(ModelRequest request)
    {
        if (request.Tools?.Tools is { } tools)
        {
            yield return tools.GetRawText();
        }

        if (request.Tools?.Functions is { } functions)
        {
            yield return functions.GetRawText();
        }

        if (request.ResponseFormat?.Schema is { } schema)
        {
            yield return schema.GetRawText();
        }
    }

    /// <summary>Tokens of an image, about.</summary>
    public static int TokensOf(ImagePart image) => image.Detail == "low" ? TokensPerLowImage : TokensPerImage;
}
