using System.Reflection;
using System.Text.RegularExpressions;
using FunctionsEval.Functions.FineTuning;
using FunctionsEval.Functions.Models;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>The app settings that something reads: the app's option classes, the Functions host, and the Azure SDK.</summary>
internal static partial class AppSettingNames
{
    /// <summary>Read by the host or the SDK, not by the app's own options. The host's are those of its reference; Flex Consumption refuses further ones of old plans.</summary>
    private static readonly HashSet<string> s_platform =
    [
        "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__tableServiceUri",
        "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId",
        "AzureWebJobsDisableHomepage",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AZURE_CLIENT_ID",
    ];

    /// <summary>Names of the functions, as the host knows them.</summary>
    public static IReadOnlySet<string> Functions { get; } = typeof(EvaluationOptions).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name)
        .OfType<string>()
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Names of one model's settings, behind <c>Models__{i}__</c>.</summary>
    public static IReadOnlySet<string> OfModel { get; } = typeof(ModelOptions).GetProperties()
        .Where(property => property.CanWrite && property.Name != nameof(ModelOptions.Section))
        .Select(property => property.Name)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether anything reads a setting.</summary>
    public static bool IsRead(string name) =>
        s_platform.Contains(name)
        || Has<EvaluationOptions>(EvaluationOptions.Section, name)
        || Has<CallRetryOptions>(CallRetryOptions.Section, name)
        || Has<FineTuningOptions>(FineTuningOptions.Section, name)
        || Has<TelemetryOptions>(TelemetryOptions.Section, name)
        || Has<NotificationOptions>(NotificationOptions.Section, name)
        || (Webhook().Match(name) is { Success: true } webhook && typeof(WebhookTarget).GetProperty(webhook.Groups[1].Value) is not null)
        || (Model().Match(name) is { Success: true } model && OfModel.Contains(model.Groups[1].Value))
        || (Disabled().Match(name) is { Success: true } disabled && Functions.Contains(disabled.Groups[1].Value));

    private static bool Has<TOptions>(string section, string name) =>
        name.StartsWith(section + "__", StringComparison.Ordinal)
        && typeof(TOptions).GetProperty(name[(section.Length + 2)..]) is { CanWrite: true };

    [GeneratedRegex("^Notifications__Webhooks__[^_]+__([A-Za-z]+)$")]
    private static partial Regex Webhook();

    [GeneratedRegex("^Models__[0-9]+__([A-Za-z]+)$")]
    private static partial Regex Model();

    [GeneratedRegex(@"^AzureWebJobs\.([A-Za-z]+)\.Disabled$")]
    private static partial Regex Disabled();
}
