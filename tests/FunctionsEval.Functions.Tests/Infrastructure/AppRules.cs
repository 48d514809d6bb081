using System.Reflection;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>The function app, its settings and its engine of orchestrations.</summary>
internal static class AppRules
{
    public static IEnumerable<string> Check(Deployment deployment, Expected expected) =>
        [.. App(deployment), .. Polling(deployment), .. Settings(deployment), .. Engine(deployment, expected)];

    private static IEnumerable<string> App(Deployment deployment)
    {
        var plan = deployment.OfType("Microsoft.Web/serverfarms").Single();
        if ((string?)plan["sku"]!["name"] != "FC1")
        {
            yield return "app: not on Flex Consumption";
        }

        var app = deployment.OfType("Microsoft.Web/sites").Single();
        var properties = app["properties"]!;
        var runtime = properties["functionAppConfig"]!["runtime"]!;
        if ((string?)runtime["name"] != "dotnet-isolated" || (string?)runtime["version"] != "10.0")
        {
            yield return "app: runtime";
        }

        if ((string?)properties["functionAppConfig"]!["deployment"]!["storage"]!["authentication"]!["type"] != "UserAssignedIdentity")
        {
            yield return "app: its package is not read by the identity";
        }

        if ((bool?)properties["httpsOnly"] != true)
        {
            yield return "app: http is allowed";
        }

        if ((string?)properties["siteConfig"]!["minTlsVersion"] is not ("1.2" or "1.3"))
        {
            yield return "app: TLS before 1.2 is allowed";
        }

        if ((string?)app["identity"]!["type"] != "UserAssigned")
        {
            yield return "app: identity";
        }

        if (
            deployment
                .OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                .Count(policy => (bool?)policy["properties"]!["allow"] == false) != 2
        )
        {
            yield return "app: published with a password";
        }
    }

    /// <summary>
    /// Flex Consumption does not wake an app for a polling blob trigger, and a timer is paid all month: only what has every run end, and
    /// what runs four times a day, stays on.
    /// </summary>
    private static IEnumerable<string> Polling(Deployment deployment)
    {
        var settings = deployment.Settings;
        foreach (var function in AppFunction.All.Where(IsPolling).Select(function => function.Name))
        {
            var isWanted =
                function is "ReconcileRuns" or "ReconcileDatasets" or "DrillRetirements"
                || (
                    function == "PollFineTuneJobs"
                    && string.Equals(settings.GetValueOrDefault("FineTuning__Poll"), "true", StringComparison.OrdinalIgnoreCase)
                )
                || (function == "SweepDeployments" && settings.GetValueOrDefault("FineTuning__Deploy") == "true");
            if ((settings.GetValueOrDefault($"AzureWebJobs.{function}.Disabled") == "true") == isWanted)
            {
                yield return $"polling: {function}";
            }
        }
    }

    private static IEnumerable<string> Settings(Deployment deployment)
    {
        foreach (var name in deployment.Settings.Keys.Where(name => !AppSettingNames.IsRead(name)))
        {
            yield return $"settings: nothing reads {name}";
        }

        foreach (
            var name in new[]
            {
                "AzureWebJobsStorage__blobServiceUri",
                "AzureWebJobsStorage__queueServiceUri",
                "AzureWebJobsStorage__tableServiceUri",
                "AzureWebJobsStorage__clientId",
            }
        )
        {
            if (!deployment.Settings.ContainsKey(name))
            {
                yield return $"settings: {name} is missing";
            }
        }

        if (deployment.Settings.GetValueOrDefault("AzureWebJobsStorage__credential") != "managedidentity")
        {
            yield return "settings: storage without an identity";
        }

        if (deployment.Settings.GetValueOrDefault("AzureWebJobsDisableHomepage") != "true")
        {
            yield return "settings: the host answers at /";
        }

        var bodyLimit = long.Parse(
            deployment.Settings.GetValueOrDefault("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "0"),
            System.Globalization.CultureInfo.InvariantCulture
        );
        if (bodyLimit <= new EvaluationOptions().MaxUploadBytes)
        {
            yield return "settings: the host refuses uploads that the app would take";
        }

        if (
            (deployment.Settings.GetValueOrDefault("OTEL_TRACES_SAMPLER"), deployment.Settings.GetValueOrDefault("OTEL_TRACES_SAMPLER_ARG"))
            != ("microsoft.fixed_percentage", "1.0")
        )
        {
            yield return "settings: traces and their logs are dropped";
        }

        if (
            deployment
                .Settings.GetValueOrDefault("APPLICATIONINSIGHTS_AUTHENTICATION_STRING")
                ?.Contains("Authorization=AAD", StringComparison.Ordinal) != true
        )
        {
            yield return "settings: telemetry without an identity";
        }
    }

    /// <summary>The host takes another engine only by its name, and finds it by a connection string of the name that it is told.</summary>
    private static IEnumerable<string> Engine(Deployment deployment, Expected expected)
    {
        const string Provider = "AzureFunctionsJobHost__extensions__durableTask__storageProvider__";
        var settings = deployment.Settings;
        var hubs = deployment.OfType(ResourceTypes.Scheduler + "/taskHubs").Select(hub => ((string?)hub["name"])!.Split('/')[^1]).ToList();
        if (settings.ContainsKey(Provider + "type") != expected.HasScheduler || hubs.Count != (expected.HasScheduler ? 1 : 0))
        {
            yield return "engine: a scheduler without the app, or the app without a scheduler";
        }

        if (!expected.HasScheduler)
        {
            yield break;
        }

        var connection = settings.GetValueOrDefault(settings.GetValueOrDefault(Provider + "connectionStringName") ?? "") ?? "";
        if (
            settings[Provider + "type"] != "azureManaged"
            || !connection.Contains(";Authentication=ManagedIdentity;ClientID=", StringComparison.Ordinal)
        )
        {
            yield return "engine: the app does not find it";
        }

        if (hubs is not [TaskHub.Default])
        {
            yield return "engine: the task hub is not the app's";
        }
    }

    private static bool IsPolling(AppFunction function) =>
        function
            .Method.GetParameters()
            .Any(parameter =>
                parameter.IsDefined(typeof(TimerTriggerAttribute))
                || parameter.GetCustomAttribute<BlobTriggerAttribute>() is { Source: BlobTriggerSource.LogsAndContainerScan }
            );
}
