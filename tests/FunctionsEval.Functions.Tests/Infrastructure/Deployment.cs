using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>A change to a template's text, by which a test shows that a rule would find it.</summary>
/// <param name="File">File below <c>infra</c>.</param>
/// <param name="Old">Text that is in it.</param>
/// <param name="New">What takes its place.</param>
/// <param name="Broken">What the rule says.</param>
internal sealed record Change(string File, string Old, string New, string Broken);

/// <summary>
/// The resources that a template makes, as the Bicep compiler foretells them for given parameters (<c>bicep snapshot</c>). What is known
/// only in
/// Azure, such as an endpoint, stays an expression in brackets.
/// </summary>
internal sealed partial class Deployment
{
    private const string Subscription = "00000000-0000-0000-0000-000000000001";
    private static readonly string Templates = Repository.PathOf("infra");

    /// <summary>What the unchanged templates make of parameters: compiling takes seconds, and several tests look at the same.</summary>
    private static readonly ConcurrentDictionary<(string Template, string Parameters), Lazy<Task<string>>> Snapshots = new();

    private Deployment(JsonObject snapshot)
    {
        Resources = [.. snapshot["predictedResources"]!.AsArray().Select(resource => resource!.AsObject())];
        Outputs = snapshot["outputs"]?.AsObject() ?? [];
    }

    /// <summary>The resources, each with type, name and properties.</summary>
    public IReadOnlyList<JsonObject> Resources { get; }

    /// <summary>The outputs by name.</summary>
    public JsonObject Outputs { get; }

    /// <summary>The function app's settings by name.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        OfType("Microsoft.Web/sites").Single()["properties"]!["siteConfig"]!["appSettings"]!
            .AsArray()
            .ToDictionary(setting => (string)setting!["name"]!, setting => (string)setting!["value"]!, StringComparer.Ordinal);

    /// <summary>The role assignments as the role's id and what it holds for: a type of resource with the names of containers.</summary>
    public IEnumerable<(string Role, string Scope)> Roles =>
        OfType("Microsoft.Authorization/roleAssignments")
            .Select(assignment =>
                (((string)assignment["properties"]!["roleDefinitionId"]!).Split('/')[^1], ScopeOf((string)assignment["id"]!))
            );

    /// <summary>The resources of a type.</summary>
    public IEnumerable<JsonObject> OfType(string type) => Resources.Where(resource => (string?)resource["type"] == type);

    /// <summary>Foretells what a template makes.</summary>
    /// <param name="template">File below <c>infra</c>.</param>
    /// <param name="parameters">Lines of a parameter file.</param>
    /// <param name="changes">Changes made to a copy of the templates first.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task<Deployment> OfAsync(
        string template,
        string parameters,
        IReadOnlyCollection<Change> changes,
        CancellationToken cancellationToken
    )
    {
        var snapshot =
            changes.Count > 0
                ? SnapshotAsync(template, parameters, changes)
                : Snapshots
                    .GetOrAdd((template, parameters), _ => new Lazy<Task<string>>(() => SnapshotAsync(template, parameters, changes: [])))
                    .Value;
        return new Deployment(JsonNode.Parse(await snapshot.WaitAsync(cancellationToken))!.AsObject());
    }

    private static async Task<string> SnapshotAsync(string template, string parameters, IReadOnlyCollection<Change> changes)
    {
        var folder = Directory.CreateTempSubdirectory("functionseval-infra-").FullName;
        try
        {
            // The linter's levels stay behind: a change may leave a parameter unused.
            foreach (
                var file in Directory
                    .EnumerateFiles(Templates, "*", SearchOption.TopDirectoryOnly)
                    .Concat(Directory.EnumerateFiles(Path.Combine(Templates, "modules")))
                    .Where(file => Path.GetFileName(file) != "bicepconfig.json")
            )
            {
                var copy = Path.Combine(folder, Path.GetRelativePath(Templates, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            foreach (var change in changes.DistinctBy(change => (change.File, change.Old))) // One change may break several rules.
            {
                var changed = Path.Combine(folder, change.File);
                var text = await File.ReadAllTextAsync(changed);
                Assert.Contains(change.Old, text, StringComparison.Ordinal);
                await File.WriteAllTextAsync(changed, text.Replace(change.Old, change.New, StringComparison.Ordinal));
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "test.bicepparam"), $"using '{template}'\n{parameters}");
            string[] resourceGroup = template == "main.bicep" ? [] : ["--resource-group", "rg-test"];
            await Bicep.RunAsync(
                folder,
                CancellationToken.None,
                [
                    "snapshot",
                    "test.bicepparam",
                    "--mode",
                    "overwrite",
                    "--subscription-id",
                    Subscription,
                    "--location",
                    "westeurope",
                    .. resourceGroup,
                ]
            );
            return await File.ReadAllTextAsync(Path.Combine(folder, "test.snapshot.json"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// What an extension resource belongs to: <c>resource group</c>, or the type of a resource, with a container's name where it is one.
    /// </summary>
    private static string ScopeOf(string id)
    {
        var scope = ExtensionScope().Match(id) is { Success: true } expression
            ? expression.Groups[1].Value
            : id[..id.LastIndexOf("/providers/", StringComparison.Ordinal)];
        var provider = scope.LastIndexOf("/providers/", StringComparison.Ordinal);
        if (provider < 0)
        {
            return "resource group";
        }

        var parts = scope[(provider + "/providers/".Length)..].Split('/');
        return parts.Length > 3 ? $"{parts[^2]}/{parts[^1]}" : $"{parts[0]}/{parts[1]}";
    }

    [GeneratedRegex(@"^\[extensionResourceId\('([^']+)'")]
    private static partial Regex ExtensionScope();
}
