using System.Reflection;
using System.Text.Json.Nodes;
using FunctionsEval.Functions.Storage;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>What a deployment was asked for, as far as rules depend on it.</summary>
/// <param name="HasOpenAi">There is an Azure OpenAI account.</param>
/// <param name="HasUploader">Somebody may upload.</param>
/// <param name="IsPrivate">Storage is reached from a network only.</param>
/// <param name="IsClosed">So is the app.</param>
/// <param name="AssignsRoles">Roles are given.</param>
/// <param name="HasScheduler">A Durable Task Scheduler is the engine of orchestrations.</param>
internal sealed record Expected(
    bool HasOpenAi = false,
    bool HasUploader = false,
    bool IsPrivate = false,
    bool IsClosed = false,
    bool AssignsRoles = true,
    bool HasScheduler = false
);

/// <summary>
/// What every deployment of the app must keep to. Each rule says what breaks it, so that a test can show that it finds what it is for.
/// </summary>
internal static class DeploymentRules
{
    private const string StorageAccount = "Microsoft.Storage/storageAccounts";
    private const string OpenAiAccount = "Microsoft.CognitiveServices/accounts";
    private const string Scheduler = "Microsoft.DurableTask/schedulers";
    private const string Insights = "Microsoft.Insights/components";

    /// <summary>The role that the template makes, and all that it may do.</summary>
    private const string Deployer = "the template's own role";

    private static readonly string[] DeployerActions =
    [
        "Microsoft.CognitiveServices/accounts/deployments/read",
        "Microsoft.CognitiveServices/accounts/deployments/write",
        "Microsoft.CognitiveServices/accounts/deployments/delete",
    ];

    /// <summary>
    /// Built-in roles by their ids (Azure built-in roles, https://learn.microsoft.com/azure/role-based-access-control/built-in-roles).
    /// </summary>
    private static readonly Dictionary<string, string> RoleNames = new(StringComparer.Ordinal)
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["0ad04412-c4d5-4796-b79c-f76d14c8d402"] = "Durable Task Data Contributor",
        ["5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"] = "Cognitive Services OpenAI User",
    };

    /// <summary>All that is wrong with a deployment of <c>main.bicep</c>.</summary>
    public static IReadOnlyList<string> Check(Deployment deployment, Expected expected) =>
        [
            .. Storage(deployment, expected.IsPrivate),
            .. Containers(deployment),
            .. Roles(deployment, expected),
            .. App(deployment),
            .. Polling(deployment),
            .. Settings(deployment),
            .. Keys(deployment),
            .. Outputs(deployment),
            .. Endpoints(deployment, expected.IsPrivate),
            .. Engine(deployment, expected),
            .. NetworkRules.Check(deployment, expected),
        ];

    private static IEnumerable<string> Storage(Deployment deployment, bool isPrivate)
    {
        var properties = deployment.OfType(StorageAccount).Single()["properties"]!;
        if (Flag(properties["allowSharedKeyAccess"]) != false)
        {
            yield return "storage: shared keys are allowed";
        }

        if (Flag(properties["allowBlobPublicAccess"]) != false)
        {
            yield return "storage: public blobs are allowed";
        }

        if (Flag(properties["supportsHttpsTrafficOnly"]) != true)
        {
            yield return "storage: http is allowed";
        }

        if (Text(properties["minimumTlsVersion"]) is not ("TLS1_2" or "TLS1_3"))
        {
            yield return "storage: TLS before 1.2 is allowed";
        }

        if (
            isPrivate
            && (Text(properties["publicNetworkAccess"]) != "Disabled" || Text(properties["networkAcls"]!["defaultAction"]) != "Deny")
        )
        {
            yield return "storage: reached from the internet";
        }
    }

    private static IEnumerable<string> Containers(Deployment deployment)
    {
        var containers = deployment.OfType(StorageAccount + "/blobServices/containers").ToList();
        var published = Published(deployment);
        string[] expected = [StorageNames.Datasets, StorageNames.Runs, published];
        var names = containers.Select(container => Text(container["name"])!.Split('/')[^1]).ToList();
        if (!names.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal)) || expected.Distinct().Count() != 3)
        {
            yield return $"containers: {string.Join(", ", names)} instead of {string.Join(", ", expected)}";
        }

        if (containers.Exists(container => Text(container["properties"]?["publicAccess"]) is not (null or "None")))
        {
            yield return "containers: public access";
        }

        foreach (
            var prefix in deployment
                .OfType(StorageAccount + "/managementPolicies")
                .SelectMany(policy => policy["properties"]!["policy"]!["rules"]!.AsArray())
                .SelectMany(rule => rule!["definition"]!["filters"]!["prefixMatch"]?.AsArray() ?? [""])
        )
        {
            if (Text(prefix) != StorageNames.Runs + "/")
            {
                yield return $"containers: blobs of '{prefix}' expire";
            }
        }
    }

    /// <summary>The roles that are needed, with what each is given on. They are given, or printed as commands for somebody who may.</summary>
    private static IEnumerable<(string Role, string Scope)> Needed(Deployment deployment, Expected expected)
    {
        yield return ("Storage Blob Data Owner", StorageAccount);
        yield return ("Storage Queue Data Contributor", StorageAccount);
        yield return ("Storage Table Data Contributor", StorageAccount);
        yield return ("Monitoring Metrics Publisher", Insights);
        if (expected.HasScheduler)
        {
            yield return ("Durable Task Data Contributor", Scheduler);
        }

        if (expected.HasOpenAi)
        {
            yield return ("Cognitive Services OpenAI User", OpenAiAccount);
        }

        if (deployment.Settings.GetValueOrDefault("FineTuning__Deploy") == "true")
        {
            yield return (Deployer, OpenAiAccount);
        }

        if (expected.HasUploader)
        {
            yield return ("Storage Blob Data Contributor", $"containers/{StorageNames.Datasets}");
        }
    }

    private static IEnumerable<string> Roles(Deployment deployment, Expected expectation)
    {
        var needed = Needed(deployment, expectation).ToList();
        List<string> expected = expectation.AssignsRoles ? [.. needed.Select(role => $"{role.Role} on {role.Scope}")] : [];
        var printed = deployment.Outputs["ROLES_TO_ASSIGN"]?.ToJsonString() ?? "";
        foreach (var role in needed.Select(role => role.Role == Deployer ? "FunctionsEval deployer" : role.Role))
        {
            if (printed.Contains(role, StringComparison.Ordinal) == expectation.AssignsRoles)
            {
                yield return $"roles: {role} is {(expectation.AssignsRoles ? "printed though it is given" : "neither given nor printed")}";
            }
        }

        var own = deployment.OfType("Microsoft.Authorization/roleDefinitions").ToList();
        foreach (var action in own.SelectMany(ActionsOf).Except(DeployerActions))
        {
            yield return $"roles: {action} is too much";
        }

        var given = deployment.Roles.Select(assignment => $"{NameOf(assignment.Role, own)} on {assignment.Scope}").ToList();
        foreach (var role in given.Except(expected))
        {
            yield return $"roles: {role} is too much";
        }

        foreach (var role in expected.Except(given))
        {
            yield return $"roles: {role} is missing";
        }
    }

    private static string NameOf(string role, IReadOnlyList<JsonObject> own) =>
        own.Any(definition => Text(definition["name"]) is { } name && role.Contains(name, StringComparison.Ordinal))
            ? Deployer
            : RoleNames.GetValueOrDefault(role, role);

    private static IEnumerable<string> ActionsOf(JsonObject role) =>
        from permission in role["properties"]!["permissions"]!.AsArray()
        from kind in new[] { "actions", "dataActions" }
        from action in permission![kind]?.AsArray() ?? []
        select Text(action)!;

    /// <summary>The host takes another engine only by its name, and finds it by a connection string of the name that it is told.</summary>
    private static IEnumerable<string> Engine(Deployment deployment, Expected expected)
    {
        const string Provider = "AzureFunctionsJobHost__extensions__durableTask__storageProvider__";
        var settings = deployment.Settings;
        var hubs = deployment.OfType(Scheduler + "/taskHubs").Select(hub => Text(hub["name"])!.Split('/')[^1]).ToList();
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

    private static IEnumerable<string> App(Deployment deployment)
    {
        var plan = deployment.OfType("Microsoft.Web/serverfarms").Single();
        if (Text(plan["sku"]!["name"]) != "FC1")
        {
            yield return "app: not on Flex Consumption";
        }

        var app = deployment.OfType("Microsoft.Web/sites").Single();
        var properties = app["properties"]!;
        var runtime = properties["functionAppConfig"]!["runtime"]!;
        if (Text(runtime["name"]) != "dotnet-isolated" || Text(runtime["version"]) != "10.0")
        {
            yield return "app: runtime";
        }

        if (Text(properties["functionAppConfig"]!["deployment"]!["storage"]!["authentication"]!["type"]) != "UserAssignedIdentity")
        {
            yield return "app: its package is not read by the identity";
        }

        if (Flag(properties["httpsOnly"]) != true)
        {
            yield return "app: http is allowed";
        }

        if (Text(properties["siteConfig"]!["minTlsVersion"]) is not ("1.2" or "1.3"))
        {
            yield return "app: TLS before 1.2 is allowed";
        }

        if (Text(app["identity"]!["type"]) != "UserAssigned")
        {
            yield return "app: identity";
        }

        if (
            deployment
                .OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                .Count(policy => Flag(policy["properties"]!["allow"]) == false) != 2
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

    private static IEnumerable<string> Keys(Deployment deployment)
    {
        if (deployment.OfType(Insights).Any(insights => Flag(insights["properties"]!["DisableLocalAuth"]) != true))
        {
            yield return "keys: telemetry is taken from anybody";
        }

        if (deployment.OfType(OpenAiAccount).Any(account => Flag(account["properties"]!["disableLocalAuth"]) != true))
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

    private static IEnumerable<string> Endpoints(Deployment deployment, bool isPrivate)
    {
        var services = deployment
            .OfType("Microsoft.Network/privateEndpoints")
            .SelectMany(endpoint => endpoint["properties"]!["privateLinkServiceConnections"]!.AsArray())
            .SelectMany(connection => connection!["properties"]!["groupIds"]!.AsArray())
            .Select(Text)
            .ToList();
        foreach (var service in new[] { "blob", "queue", "table" }.Where(service => services.Contains(service) != isPrivate))
        {
            yield return $"endpoints: {service}";
        }

        var subnet = Text(deployment.OfType("Microsoft.Web/sites").Single()["properties"]!["virtualNetworkSubnetId"]);
        if (subnet is not null != isPrivate)
        {
            yield return "endpoints: the app's subnet";
        }

        if (isPrivate && deployment.OfType(OpenAiAccount).Any(account => Text(account["properties"]!["publicNetworkAccess"]) != "Disabled"))
        {
            yield return "endpoints: Azure OpenAI is reached from the internet";
        }
    }

    /// <summary>The container that the app's package is read from: the last part of an expression for its address.</summary>
    private static string Published(Deployment deployment)
    {
        var address = Text(
            deployment.OfType("Microsoft.Web/sites").Single()["properties"]!["functionAppConfig"]!["deployment"]!["storage"]!["value"]
        )!;
        return address.TrimEnd(')', ']', '\'').Split('\'', '/')[^1];
    }

    private static bool IsPolling(AppFunction function) =>
        function
            .Method.GetParameters()
            .Any(parameter =>
                parameter.IsDefined(typeof(TimerTriggerAttribute))
                || parameter.GetCustomAttribute<BlobTriggerAttribute>() is { Source: BlobTriggerSource.LogsAndContainerScan }
            );

    private static bool? Flag(JsonNode? node) => node?.GetValue<bool>();

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}
