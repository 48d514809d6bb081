using FunctionsEval.Core.Costs;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>What a request sends besides its turns' texts, as far as it is billed.</summary>
internal static class RequestTexts
{
    /// <summary>The JSON of tools and of the answer's schema, which endpoints put into the prompt.</summary>
    public static IEnumerable<string> Beside(ModelRequest request) => PromptTokens.TextsOf(request.Tools, request.ResponseFormat);

    /// <summary>Tokens of an image, about.</summary>
    public static int TokensOf(ImagePart image) => PromptTokens.TokensOf(image);
}
