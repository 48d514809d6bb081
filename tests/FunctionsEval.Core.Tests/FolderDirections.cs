using System.Text.RegularExpressions;

namespace FunctionsEval.Tests;

/// <summary>Which folders of a project use which, by the namespaces that its source files name: a namespace is a folder.</summary>
internal static partial class FolderDirections
{
    /// <summary>Uses that point back.</summary>
    /// <param name="project">The project's name, for example <c>FunctionsEval.Core</c>.</param>
    /// <param name="order">Its folders; each may use those before it.</param>
    /// <returns>One line a pair of folders: <c>Storage -> Runs (RunTables.cs)</c>.</returns>
    public static IReadOnlyList<string> FindBackward(string project, IReadOnlyList<string> order)
    {
        var root = Path.Combine(FindRoot(), "src", project);
        var places = order.Index().ToDictionary(folder => folder.Item, folder => folder.Index, StringComparer.Ordinal);
        return
        [
            .. Directory
                .EnumerateDirectories(root)
                .Where(folder => Path.GetFileName(folder) is not ("obj" or "bin"))
                .SelectMany(folder => UsesOf(project, folder))
                .Where(use => !places.TryGetValue(use.Used, out var used) || !places.TryGetValue(use.From, out var from) || used >= from)
                .GroupBy(use => $"{use.From} -> {use.Used}", use => use.File)
                .OrderBy(uses => uses.Key, StringComparer.Ordinal)
                .Select(uses => $"{uses.Key} ({string.Join(", ", uses.Order(StringComparer.Ordinal))})"),
        ];
    }

    private static IEnumerable<(string From, string Used, string File)> UsesOf(string project, string folder)
    {
        var own = Path.GetFileName(folder);
        var named = new Regex($@"(?<![\w.])(?:FunctionsEval\.)?{project.Split('.')[1]}\.(\w+)");
        return Directory
            .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file =>
                named
                    .Matches(Comment().Replace(File.ReadAllText(file), ""))
                    .Select(match => match.Groups[1].Value)
                    .Where(used => used != own && Directory.Exists(Path.Combine(Path.GetDirectoryName(folder)!, used)))
                    .Distinct(StringComparer.Ordinal)
                    .Select(used => (own, used, Path.GetFileName(file)))
            );
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FunctionsEval.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No FunctionsEval.sln above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
