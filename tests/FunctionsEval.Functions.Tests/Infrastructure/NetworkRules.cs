using System.Text.Json.Nodes;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>
/// What a locked-down tenant asks for: security groups, endpoints that are found, an app that the internet cannot call, tags.
/// </summary>
internal static class NetworkRules
{
    /// <summary>Names of the tags that the tests' deployments with tags require of every resource.</summary>
    private const string RequiredTag = "costCenter";

    private const string App = "Microsoft.Web/sites";

    public static IEnumerable<string> Check(Deployment deployment, Expected expected) =>
        [
            .. Tags(deployment),
            .. Subnets(deployment),
            .. Zones(deployment),
            .. Reach(deployment, expected),
            .. Endpoints(deployment, expected.IsPrivate),
        ];

    /// <summary>What has a region takes tags.</summary>
    private static IEnumerable<string> Tags(Deployment deployment)
    {
        var tracked = deployment.Resources.Where(resource => resource["location"] is not null).ToList();
        if (tracked.TrueForAll(resource => resource["tags"]?[RequiredTag] is null))
        {
            yield break; // No tag was asked for.
        }

        foreach (var resource in tracked.Where(resource => resource["tags"]?[RequiredTag] is null))
        {
            yield return $"tags: {(string?)resource["type"]} has no {RequiredTag}";
        }
    }

    private static IEnumerable<string> Subnets(Deployment deployment)
    {
        var subnets = deployment
            .OfType("Microsoft.Network/virtualNetworks")
            .SelectMany(network => network["properties"]!["subnets"]!.AsArray())
            .ToList();
        foreach (var subnet in subnets.Where(subnet => subnet!["properties"]!["networkSecurityGroup"] is null))
        {
            yield return $"network: the subnet {(string?)subnet!["name"]} has no security group";
        }

        var endpoints = subnets.SingleOrDefault(subnet => (string?)subnet!["name"] == "endpoints")?["properties"];
        if (
            endpoints is not null
            && (string?)endpoints["privateEndpointNetworkPolicies"] is not ("NetworkSecurityGroupEnabled" or "Enabled")
        )
        {
            yield return "network: the security group does not hold for endpoints";
        }

        var rules = deployment
            .OfType("Microsoft.Network/networkSecurityGroups")
            .SelectMany(group => group["properties"]!["securityRules"]!.AsArray())
            .Select(rule => rule!["properties"]!)
            .ToList();
        if (
            endpoints is not null
            && rules.Find(rule => (string?)rule["sourceAddressPrefix"] == "*")?["access"]?.GetValue<string>() != "Deny"
        )
        {
            yield return "network: endpoints are reached from everywhere";
        }

        if (rules.Exists(rule => (string?)rule["access"] == "Allow" && (string?)rule["destinationPortRange"] != "443"))
        {
            yield return "network: endpoints are reached by more than https";
        }
    }

    /// <summary>An endpoint is registered in a zone that is made or given, or in none, and then by a policy.</summary>
    private static IEnumerable<string> Zones(Deployment deployment)
    {
        var zones = deployment.OfType("Microsoft.Network/privateDnsZones").Count();
        if (deployment.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Count() != zones)
        {
            yield return "zones: the network does not find the names in one";
        }

        if (deployment.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count() < zones)
        {
            yield return "zones: no endpoint is in one";
        }
    }

    private static IEnumerable<string> Reach(Deployment deployment, Expected expected)
    {
        var app = deployment.OfType(App).Single()["properties"]!;
        if ((string?)app["publicNetworkAccess"] != (expected.IsClosed ? "Disabled" : "Enabled"))
        {
            yield return expected.IsClosed ? "closed: the app is reached from the internet" : "closed: the app is not reached";
        }

        if (EndpointOf(deployment, "sites") is not null != expected.IsClosed)
        {
            yield return "closed: the app's endpoint";
        }

        var queue = deployment.Settings.GetValueOrDefault("EventGrid__Queue");
        if (queue is not null != expected.IsClosed)
        {
            yield return "closed: the queue that the app reads";
        }

        var queues = deployment
            .OfType("Microsoft.Storage/storageAccounts/queueServices/queues")
            .Select(made => ((string)made["name"]!).Split('/')[^1]);
        if (queue is not null && !queues.Contains(queue))
        {
            yield return $"closed: there is no queue {queue}";
        }

        if (queue is not null && deployment.Outputs["UPLOAD_QUEUE"]?.GetValue<string>() != queue)
        {
            yield return "closed: the queue is not told to events.bicep";
        }
    }

    /// <summary>The private endpoint of a service; null for none.</summary>
    public static JsonObject? EndpointOf(Deployment deployment, string service) =>
        deployment
            .OfType("Microsoft.Network/privateEndpoints")
            .SingleOrDefault(endpoint =>
                endpoint["properties"]!["privateLinkServiceConnections"]!
                    .AsArray()
                    .Any(connection => connection!["properties"]!["groupIds"]!.AsArray().Any(group => (string?)group == service))
            );

    private static IEnumerable<string> Endpoints(Deployment deployment, bool isPrivate)
    {
        var services = deployment
            .OfType("Microsoft.Network/privateEndpoints")
            .SelectMany(endpoint => endpoint["properties"]!["privateLinkServiceConnections"]!.AsArray())
            .SelectMany(connection => connection!["properties"]!["groupIds"]!.AsArray())
            .Select(service => (string?)service)
            .ToList();
        foreach (var service in new[] { "blob", "queue", "table" }.Where(service => services.Contains(service) != isPrivate))
        {
            yield return $"endpoints: {service}";
        }

        var subnet = (string?)deployment.OfType(App).Single()["properties"]!["virtualNetworkSubnetId"];
        if (subnet is not null != isPrivate)
        {
            yield return "endpoints: the app's subnet";
        }

        if (
            isPrivate
            && deployment
                .OfType(ResourceTypes.OpenAiAccount)
                .Any(account => (string?)account["properties"]!["publicNetworkAccess"] != "Disabled")
        )
        {
            yield return "endpoints: Azure OpenAI is reached from the internet";
        }
    }
}
