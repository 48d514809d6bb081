using System.Text.RegularExpressions;
using FunctionsEval.Functions.ModelClients.Protocols;

namespace FunctionsEval.Functions.ModelClients.Providers;

/// <summary>
/// An address as Azure's portals show it, taken apart: a resource, with <c>/openai</c>, <c>/openai/v1</c> or <c>/models</c> behind it, a
/// project, or the whole target URI of a deployment.
/// </summary>
/// <param name="Root">What is before <c>/openai</c>: the resource, the project, or the gateway in front of it.</param>
internal sealed partial record AzureAddress(Uri Root)
{
    private const string Write = "write the resource's address, such as https://my-resource.openai.azure.com.";

    /// <summary>Whether the address is on the v1 route; null where it says nothing about that.</summary>
    public bool? IsV1 { get; private init; }

    /// <summary>The deployment; null for none.</summary>
    public string? Deployment { get; private init; }

    /// <summary>The API whose route it ends in; null for none.</summary>
    public ModelProtocol? Api { get; private init; }

    /// <summary>The version of its query; null for none.</summary>
    public string? ApiVersion { get; private init; }

    /// <summary>What is wrong with it and what to write; null for nothing.</summary>
    public string? Problem { get; private init; }

    /// <summary>Takes an address apart.</summary>
    /// <param name="address">An absolute address without a user.</param>
    public static AzureAddress Read(Uri address)
    {
        if (!TryReadVersion(address, out var version))
        {
            return Refuse(
                "has more in its query than one api-version; remove everything from '?' on. (A key belongs in the setting ApiKey; "
                    + "the query is not shown.)"
            );
        }

        var segments = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var api = Array.FindIndex(segments, segment => Is(segment, "openai"));
        // A gateway may have that name itself.
        while (api >= 0 && api + 1 < segments.Length && Is(segments[api + 1], "openai"))
        {
            api++;
        }

        var read = api < 0 ? ReadRoot(address, segments) : ReadApi(address, segments[..api], segments[(api + 1)..]);
        return read with { ApiVersion = read.ApiVersion ?? version };
    }

    /// <summary>Reads an address without <c>/openai</c>.</summary>
    private static AzureAddress ReadRoot(Uri address, string[] segments)
    {
        if (AzureHosts.IsFoundry(address) && segments is [var first, ..] && Is(first, "models"))
        {
            // The model inference API has retired. The v1 route of the same resource has the same deployments under the same names.
            return WithRoute(new AzureAddress(RootOf(address, [])) { IsV1 = true, ApiVersion = ApiVersions.V1 }, segments[1..]);
        }

        if (AzureHosts.IsFoundry(address) && segments is [var api, ..] && Is(api, "anthropic"))
        {
            return Refuse("is that of Anthropic's API, which this app does not speak; name a deployment with OpenAI's API.");
        }

        return ReadPrefix(address, segments);
    }

    /// <summary>Reads what is before <c>/openai</c>.</summary>
    private static AzureAddress ReadPrefix(Uri address, string[] prefix)
    {
        var projects = Array.FindIndex(prefix, segment => Is(segment, "projects"));
        if (projects > 0 && Is(prefix[projects - 1], "api"))
        {
            return projects == prefix.Length - 2
                ? new AzureAddress(RootOf(address, prefix)) { IsV1 = true }
                : Refuse(
                    "is no project's address; write one such as https://my-resource.services.ai.azure.com/api/projects/my-project, "
                        + "with /openai/v1 behind it or without."
                );
        }

        var root = RootOf(address, prefix);
        return prefix.Length > 0 && AzureHosts.IsKnown(address) ? Refuse($"has a path that is none of Azure OpenAI or Foundry; {Write}")
            : ModelProtocols.FindRoute(root) is { } route
                ? Refuse(
                    $"ends in /{route} without /openai before it; write what is before /openai in the gateway's addresses, or, where "
                        + $"they have none, end the address before /{route} and use Provider OpenAICompatible."
                )
            : new AzureAddress(root);
    }

    /// <summary>Reads an address with <c>/openai</c>.</summary>
    private static AzureAddress ReadApi(Uri address, string[] prefix, string[] rest)
    {
        var root = ReadPrefix(address, prefix);
        if (root.Problem is not null || rest.Length == 0)
        {
            return root;
        }

        if (Is(rest[0], "v1"))
        {
            return WithRoute(root with { IsV1 = true }, rest[1..]);
        }

        if (!Is(rest[0], "deployments"))
        {
            return WithRoute(root with { IsV1 = root.IsV1 ?? false }, rest);
        }

        if (rest.Length == 1)
        {
            return root with { IsV1 = false };
        }

        return Uri.UnescapeDataString(rest[1]) is var deployment && DeploymentPattern().IsMatch(deployment)
            ? WithRoute(root with { IsV1 = false, Deployment = deployment }, rest[2..])
            : Refuse("has no valid deployment's name behind /openai/deployments/; remove everything from /openai on.");
    }

    private static AzureAddress WithRoute(AzureAddress read, string[] route) =>
        route.Length == 0 ? read
        : ModelProtocols.All.FirstOrDefault(known => Is(known.Route, string.Join('/', route))) is { } known ? read with { Api = known }
        : Refuse(
            $"ends in a route that is none of {string.Join(", ", ModelProtocols.All.Select(api => api.Route))}; end the address with the resource, with /openai/v1, "
                + "or with such a route."
        );

    private static bool TryReadVersion(Uri address, out string? version)
    {
        version = null;
        if (address.Fragment.Length > 0)
        {
            return false;
        }

        if (address.Query.Length <= 1)
        {
            return true;
        }

        var parts = address.Query[1..].Split('=');
        version = parts is [var name, var value] && Is(name, "api-version") ? value.ToLowerInvariant() : null;
        return version is not null && ApiVersions.IsValid(version);
    }

    private static Uri RootOf(Uri address, string[] segments) =>
        new($"{address.GetLeftPart(UriPartial.Authority)}/{string.Join('/', segments)}");

    private static AzureAddress Refuse(string problem) => new(new Uri("https://invalid")) { Problem = problem };

    private static bool Is(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:-]{0,199}\z")]
    private static partial Regex DeploymentPattern();
}
