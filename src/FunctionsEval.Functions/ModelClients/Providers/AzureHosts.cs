using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>
/// The hosts of models in Azure, in the public cloud, Azure Government (<c>.us</c>) and Azure operated by 21Vianet (<c>.cn</c>).
/// </summary>
internal static partial class AzureHosts
{
    /// <summary>Whether an address is that of an Azure OpenAI or Foundry resource, of a region's, or of a project.</summary>
    public static bool IsKnown(Uri endpoint) => Resource().IsMatch(endpoint.Host);

    /// <summary>Whether an address is that of a Foundry resource.</summary>
    public static bool IsFoundry(Uri endpoint) => Foundry().IsMatch(endpoint.Host);

    /// <summary>The scope of the identity's token for an Azure OpenAI or Foundry endpoint.</summary>
    /// <remarks>
    /// Foundry's hosts take <c>https://ai.azure.com/.default</c> on the v1 route and for projects (Microsoft's page on SDKs and endpoints
    /// of Foundry), the others <c>https://cognitiveservices.azure.com/.default</c> (<c>AzureOpenAIAudience</c> of Azure.AI.OpenAI). A
    /// sovereign cloud has the same with its own ending.
    /// </remarks>
    /// <param name="endpoint">The endpoint, or an address below it; the route decides, so that of the request is the one that
    /// counts.</param>
    public static string ScopeOf(Uri endpoint)
    {
        var isFoundry = IsProject(endpoint) || (IsFoundry(endpoint) && IsV1(endpoint));
        return $"https://{(isFoundry ? "ai" : "cognitiveservices")}.azure.{CloudOf(endpoint)}/.default";
    }

    /// <summary>Whether an address is on the v1 route.</summary>
    public static bool IsV1(Uri endpoint) => V1Path().IsMatch(endpoint.AbsolutePath);

    /// <summary>Whether an address is that of a Foundry project.</summary>
    public static bool IsProject(Uri endpoint) => ProjectPath().IsMatch(endpoint.AbsolutePath);

    private static string CloudOf(Uri endpoint) =>
        !IsKnown(endpoint) ? "com"
        : endpoint.Host.EndsWith(".us", StringComparison.OrdinalIgnoreCase) ? "us"
        : endpoint.Host.EndsWith(".cn", StringComparison.OrdinalIgnoreCase) ? "cn"
        : "com";

    [GeneratedRegex(
        @"\.(?:(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)|api\.cognitive\.(?:microsoft\.(?:com|us)|azure\.cn))\z",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Resource();

    [GeneratedRegex(@"\.services\.ai\.azure\.(?:com|us|cn)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Foundry();

    [GeneratedRegex(@"/openai/v1(?:/|\z)", RegexOptions.IgnoreCase)]
    private static partial Regex V1Path();

    [GeneratedRegex(@"/api/projects/[^/]", RegexOptions.IgnoreCase)]
    private static partial Regex ProjectPath();
}
