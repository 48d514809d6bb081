using System.Text.Json;

namespace FunctionsEval.Functions.Tests.Dependencies;

/// <summary>
/// Which packages belong to what is built from <c>src</c>: from lock files, and from what the build puts beside the app for its host.
/// </summary>
internal static class PackageLists
{
    /// <summary>Of the function app: its own and those of <c>FunctionsEval.Core</c>.</summary>
    public static IReadOnlyList<NuGetPackage> App { get; } =
    [.. Sorted(Locked("FunctionsEval.Core").Concat(Locked("FunctionsEval.Functions")))];

    /// <summary>Of the local host, those of the app excepted.</summary>
    public static IReadOnlyList<NuGetPackage> LocalHost { get; } = [.. Sorted(Locked("FunctionsEval.LocalHost").Except(App))];

    /// <summary>
    /// Of the extensions that the Functions host loads. The SDK restores them in the build without a lock file, so a version can be another
    /// one
    /// elsewhere.
    /// </summary>
    public static IReadOnlyList<NuGetPackage> HostExtensions { get; } = [.. Sorted(Extensions())];

    /// <summary>Azurite and the npm packages it needs: name, version, licence.</summary>
    public static IReadOnlyList<(string Name, string Version, string Licence)> Azurite { get; } = [.. Npm()];

    private static IEnumerable<NuGetPackage> Sorted(IEnumerable<NuGetPackage> packages) =>
        packages
            .Distinct()
            .OrderBy(package => package.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(package => package.Version, StringComparer.Ordinal);

    private static IEnumerable<NuGetPackage> Locked(string project)
    {
        using var file = JsonDocument.Parse(Repository.Read("src", project, "packages.lock.json"));
        foreach (var framework in file.RootElement.GetProperty("dependencies").EnumerateObject())
        {
            foreach (var package in framework.Value.EnumerateObject())
            {
                if (package.Value.GetProperty("type").GetString() != "Project")
                {
                    yield return new NuGetPackage(package.Name, package.Value.GetProperty("resolved").GetString()!);
                }
            }
        }
    }

    private static IEnumerable<NuGetPackage> Extensions()
    {
        // The tests and the app are built in the same configuration, for the same framework.
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        using var file = JsonDocument.Parse(
            Repository.Read(
                "src",
                "FunctionsEval.Functions",
                "bin",
                framework.Parent!.Name,
                framework.Name,
                ".azurefunctions",
                "function.deps.json"
            )
        );
        foreach (var library in file.RootElement.GetProperty("libraries").EnumerateObject())
        {
            var parts = library.Name.Split('/');
            if (library.Value.GetProperty("type").GetString() == "package")
            {
                yield return new NuGetPackage(parts[0], parts[1]);
            }
        }
    }

    private static IEnumerable<(string Name, string Version, string Licence)> Npm()
    {
        const string Folder = "node_modules/";
        using var file = JsonDocument.Parse(Repository.Read("src", "FunctionsEval.LocalHost", "Azurite", "package-lock.json"));
        foreach (var package in file.RootElement.GetProperty("packages").EnumerateObject().Where(package => package.Name.Length > 0))
        {
            yield return (
                package.Name[(package.Name.LastIndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..],
                package.Value.GetProperty("version").GetString()!,
                package.Value.TryGetProperty("license", out var licence) ? licence.GetString()! : "none named"
            );
        }
    }
}
