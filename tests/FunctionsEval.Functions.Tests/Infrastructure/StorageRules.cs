using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>The storage account and its containers.</summary>
internal static class StorageRules
{
    public static IEnumerable<string> Check(Deployment deployment, bool isPrivate) =>
        [.. Account(deployment, isPrivate), .. Containers(deployment)];

    private static IEnumerable<string> Account(Deployment deployment, bool isPrivate)
    {
        var properties = deployment.OfType(ResourceTypes.StorageAccount).Single()["properties"]!;
        if ((bool?)properties["allowSharedKeyAccess"] != false)
        {
            yield return "storage: shared keys are allowed";
        }

        if ((bool?)properties["allowBlobPublicAccess"] != false)
        {
            yield return "storage: public blobs are allowed";
        }

        if ((bool?)properties["supportsHttpsTrafficOnly"] != true)
        {
            yield return "storage: http is allowed";
        }

        if ((string?)properties["minimumTlsVersion"] is not ("TLS1_2" or "TLS1_3"))
        {
            yield return "storage: TLS before 1.2 is allowed";
        }

        if (
            isPrivate
            && ((string?)properties["publicNetworkAccess"] != "Disabled" || (string?)properties["networkAcls"]!["defaultAction"] != "Deny")
        )
        {
            yield return "storage: reached from the internet";
        }
    }

    private static IEnumerable<string> Containers(Deployment deployment)
    {
        var containers = deployment.OfType(ResourceTypes.StorageAccount + "/blobServices/containers").ToList();
        var published = Published(deployment);
        string[] expected = [StorageNames.Datasets, StorageNames.Runs, published];
        var names = containers.Select(container => ((string?)container["name"])!.Split('/')[^1]).ToList();
        if (!names.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal)) || expected.Distinct().Count() != 3)
        {
            yield return $"containers: {string.Join(", ", names)} instead of {string.Join(", ", expected)}";
        }

        if (containers.Exists(container => (string?)container["properties"]?["publicAccess"] is not (null or "None")))
        {
            yield return "containers: public access";
        }

        foreach (
            var prefix in deployment
                .OfType(ResourceTypes.StorageAccount + "/managementPolicies")
                .SelectMany(policy => policy["properties"]!["policy"]!["rules"]!.AsArray())
                .SelectMany(rule => rule!["definition"]!["filters"]!["prefixMatch"]?.AsArray() ?? [""])
        )
        {
            if ((string?)prefix != StorageNames.Runs + "/")
            {
                yield return $"containers: blobs of '{prefix}' expire";
            }
        }
    }

    /// <summary>The container that the app's package is read from: the last part of an expression for its address.</summary>
    private static string Published(Deployment deployment)
    {
        var address = (
            (string?)
                deployment.OfType("Microsoft.Web/sites").Single()["properties"]!["functionAppConfig"]!["deployment"]!["storage"]!["value"]
        )!;
        return address.TrimEnd(')', ']', '\'').Split('\'', '/')[^1];
    }
}
