using System.Text.RegularExpressions;
using FunctionsEval.Functions.Storage;
using FunctionsEval.Functions.Tests.Settings;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>
/// The app settings that a template may make because something reads them: the app's option classes, the Functions host, or the Azure SDK.
/// </summary>
internal static partial class AppSettingNames
{
    /// <summary>
    /// Read by the host or the SDK, and of the storage account's those without a key. The host's are those of its reference; Flex
    /// Consumption
    /// refuses further ones of old plans.
    /// </summary>
    private static readonly HashSet<string> Platform =
    [
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__tableServiceUri",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsDisableHomepage",
        "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
        "OTEL_TRACES_SAMPLER",
        "OTEL_TRACES_SAMPLER_ARG",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AZURE_CLIENT_ID",
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type",
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName",
        "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
    ];

    private static readonly HashSet<string> App =
    [
        .. SettingsTable
            .Sections.Where(section => section.Name != StorageOptions.Section)
            .SelectMany(section => section.Settings)
            .Select(setting => setting.Name),
    ];

    /// <summary>Whether anything reads a setting.</summary>
    public static bool IsRead(string name) =>
        Platform.Contains(name)
        || App.Contains(Webhook().Replace(Model().Replace(name, $"$1{SettingsTable.ModelKey}$2"), $"$1{SettingsTable.WebhookName}$2"))
        || (
            Disabled().Match(name) is { Success: true } disabled
            && AppFunction.All.Any(function => function.Name == disabled.Groups[1].Value)
        );

    [GeneratedRegex("^(Notifications__Webhooks__)[^_]+(__[A-Za-z]+)$")]
    private static partial Regex Webhook();

    [GeneratedRegex("^(Models__)[0-9]+(__[A-Za-z]+)$")]
    private static partial Regex Model();

    [GeneratedRegex(@"^AzureWebJobs\.([A-Za-z]+)\.Disabled$")]
    private static partial Regex Disabled();
}
