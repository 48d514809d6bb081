namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>No key is taken, read or shown.</summary>
internal static class SecretRules
{
    public static IEnumerable<string> Check(Deployment deployment) => [.. Keys(deployment), .. Outputs(deployment)];

    private static IEnumerable<string> Keys(Deployment deployment)
    {
        if (deployment.OfType(ResourceTypes.Insights).Any(insights => (bool?)insights["properties"]!["DisableLocalAuth"] != true))
        {
            yield return "keys: telemetry is taken from anybody";
        }

        if (deployment.OfType(ResourceTypes.OpenAiAccount).Any(account => (bool?)account["properties"]!["disableLocalAuth"] != true))
        {
            yield return "keys: Azure OpenAI takes keys";
        }

        if (deployment.Resources.Any(resource => resource.ToJsonString().Contains("listKeys", StringComparison.OrdinalIgnoreCase)))
        {
            yield return "keys: a key is read";
        }
    }

    /// <summary>Outputs stay in the deployment's history, where every reader of the resource group finds them.</summary>
    public static IEnumerable<string> Outputs(Deployment deployment) =>
        from output in deployment.Outputs
        let text = output.Value?.ToJsonString() ?? ""
        where
            text.Contains("listKeys", StringComparison.OrdinalIgnoreCase)
            || text.Contains("ConnectionString", StringComparison.OrdinalIgnoreCase)
            || text.Contains("code=", StringComparison.OrdinalIgnoreCase)
        select $"outputs: {output.Key} has a secret";
}
