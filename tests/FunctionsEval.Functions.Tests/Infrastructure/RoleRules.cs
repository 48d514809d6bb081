using System.Text.Json.Nodes;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>The roles that the app's identity and who uploads are given: those that are needed, and no more.</summary>
internal static class RoleRules
{
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

    public static IEnumerable<string> Check(Deployment deployment, Expected expectation)
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

    /// <summary>
    /// The roles that are needed, with what each is given on. They are given, or printed as commands for somebody who may.
    /// </summary>
    private static IEnumerable<(string Role, string Scope)> Needed(Deployment deployment, Expected expected)
    {
        yield return ("Storage Blob Data Owner", ResourceTypes.StorageAccount);
        yield return ("Storage Queue Data Contributor", ResourceTypes.StorageAccount);
        yield return ("Storage Table Data Contributor", ResourceTypes.StorageAccount);
        yield return ("Monitoring Metrics Publisher", ResourceTypes.Insights);
        if (expected.HasScheduler)
        {
            yield return ("Durable Task Data Contributor", ResourceTypes.Scheduler);
        }

        if (expected.HasOpenAi)
        {
            yield return ("Cognitive Services OpenAI User", ResourceTypes.OpenAiAccount);
        }

        if (deployment.Settings.GetValueOrDefault("FineTuning__Deploy") == "true")
        {
            yield return (Deployer, ResourceTypes.OpenAiAccount);
        }

        if (expected.HasUploader)
        {
            yield return ("Storage Blob Data Contributor", $"containers/{StorageNames.Datasets}");
        }
    }

    private static string NameOf(string role, IReadOnlyList<JsonObject> own) =>
        own.Any(definition => (string?)definition["name"] is { } name && role.Contains(name, StringComparison.Ordinal))
            ? Deployer
            : RoleNames.GetValueOrDefault(role, role);

    private static IEnumerable<string> ActionsOf(JsonObject role) =>
        from permission in role["properties"]!["permissions"]!.AsArray()
        from kind in new[] { "actions", "dataActions" }
        from action in permission![kind]?.AsArray() ?? []
        select ((string?)action)!;
}
