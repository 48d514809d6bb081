using FunctionsEval.Hooks;

namespace FunctionsEval.Functions.Tests.Hooks;

/// <summary>A hook as azd calls it, against an Azure CLI that answers as it is told to, on a clock that lets nobody wait.</summary>
internal static class HookCall
{
    /// <summary>The variables that azd has set once it has provisioned.</summary>
    public static readonly IReadOnlyDictionary<string, string> Deployed = new Dictionary<string, string>
    {
        ["AZURE_SUBSCRIPTION_ID"] = "sub",
        ["AZURE_RESOURCE_GROUP"] = "rg",
        ["FUNCTION_APP_NAME"] = "func",
        ["STORAGE_ACCOUNT_NAME"] = "st",
        ["DATASETS_CONTAINER"] = "datasets",
        ["IDENTITY_PRINCIPAL_ID"] = "app",
    };

    /// <summary>Runs <c>postdeploy</c> with what is deployed, and with these variables.</summary>
    public static Task<(int Code, string Output, string Errors)> AfterDeploymentAsync(
        FakeAzureCli az,
        params (string Name, string Value)[] variables
    ) => RunAsync(az.Cli, "postdeploy", [.. Deployed.Select(variable => (variable.Key, variable.Value)), .. variables]);

    /// <summary>Runs a hook with these variables and no others.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        AzureCli az,
        string hook,
        params (string Name, string Value)[] variables
    )
    {
        var values = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await HookRunner.RunAsync(
            [hook, Repository.Root],
            az,
            new HookEnvironment(values.GetValueOrDefault),
            new SkippingTime(),
            output,
            errors
        );
        return (code, output.ToString(), errors.ToString());
    }
}
