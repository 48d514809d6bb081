using System.Globalization;
using System.Text;

namespace FunctionsEval.Functions.Tests.Dependencies;

/// <summary>docs/licences.md has every package of what is built from src, with the licence by the package's own word.</summary>
public sealed class LicenceTests
{
    private static readonly GeneratedPart Locked = new("licences.md", "licences");
    private static readonly GeneratedPart Extensions = new("licences.md", "host extensions");

    [Fact]
    public void Packages_are_those_of_the_lock_files() =>
        Assert.Equal(
            PackageLists.App.Concat(PackageLists.LocalHost).Select(package => $"{package.Name} {package.Version}"),
            Locked
                .Current.Split('\n')
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
                .Where(cells => cells.Length == 5 && cells[1] is not ("package" or "azurite"))
                .Select(cells => $"{cells[1]} {cells[2]}")
        );

    [Fact]
    public void Tables_are_what_the_packages_say()
    {
        SkipUnlessRestored();
        Locked.AssertIs(Render());
    }

    /// <summary>Not compared as a whole: what NuGet takes for an extension depends on the versions that its registry serves.</summary>
    [Fact]
    public void Host_extension_that_is_not_listed_has_a_permissive_licence()
    {
        if (GeneratedPart.IsRewriting)
        {
            Extensions.AssertIs(RenderExtensions());
        }

        var listed = Extensions.Current.Split(['|', ',', '\n'], StringSplitOptions.TrimEntries).ToHashSet();

        Assert.Contains("Microsoft.Azure.WebJobs.Extensions.DurableTask", listed);
        Assert.All(
            PackageLists.HostExtensions,
            package =>
                Assert.True(
                    listed.Contains(package.Name) || NuGetPackage.IsPermissive(package.Licence()),
                    $"{package.Name} {package.Version} is new: {package.Licence()}."
                )
        );
    }

    [Fact]
    public void Every_package_that_names_no_permissive_licence_is_explained()
    {
        SkipUnlessRestored();
        var all = PackageLists
            .App.Concat(PackageLists.LocalHost)
            .Concat(PackageLists.HostExtensions)
            .Select(package => (package.Name, Licence: package.Licence()))
            .Concat(PackageLists.Azurite.Select(package => (package.Name, package.Licence)))
            .ToList();
        var unclear = all.Where(package => !NuGetPackage.IsPermissive(package.Licence)).Select(package => package.Name).ToHashSet();
        var explained = Document()
            .Split("<!-- end: host extensions -->")[1]
            .Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(',', StringSplitOptions.TrimEntries))
            .Select(name => name.Trim('`'))
            .ToHashSet();

        Assert.Contains("OpenAI", unclear);
        Assert.All(unclear, name => Assert.Contains(name, explained));
        Assert.All(explained, name => Assert.Contains(name, all.Select(package => package.Name)));
    }

    [Theory]
    [InlineData("MIT", true)]
    [InlineData("MS-PL OR Apache-2.0", true)]
    [InlineData("GPL-3.0-only OR MIT", true)]
    [InlineData("MIT AND GPL-3.0-only", false)]
    [InlineData("none named", false)]
    public void Licence_is_permissive_when_one_alternative_is_in_all_its_parts(string licence, bool expected) =>
        Assert.Equal(expected, NuGetPackage.IsPermissive(licence));

    private static void SkipUnlessRestored()
    {
        var missing = PackageLists
            .App.Concat(PackageLists.LocalHost)
            .Where(package => !package.IsRestored)
            .Select(package => package.Name)
            .ToList();
        Assert.SkipUnless(
            missing.Count == 0,
            $"Run 'dotnet restore' first: {missing.Count} packages are not on this machine ({string.Join(", ", missing.Take(3))} …)."
        );
    }

    private static string Render()
    {
        var text = new StringBuilder();
        Section("The app", "`FunctionsEval.Functions` and `FunctionsEval.Core`, analysers and other parts of the build included.");
        Table(PackageLists.App);
        Section("The local host", "`FunctionsEval.LocalHost` has these beside the app's; it is never deployed.");
        Table(PackageLists.LocalHost);
        var azurite = PackageLists.Azurite.Single(package => package.Name == "azurite");
        Section("Azurite", "The storage emulator that the local host installs by `npm ci`, and what it needs, by `package-lock.json`.");
        text.Append("| package | version | licence |\n|---|---|---|\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"| azurite | {azurite.Version} | {azurite.Licence} |\n\n| licence | packages it needs |\n|---|---|\n"
        );
        foreach (
            var group in PackageLists
                .Azurite.Except([azurite])
                .Distinct()
                .GroupBy(package => package.Licence)
                .OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key, StringComparer.Ordinal)
        )
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {group.Key} | {(group.Count() > 3 ? group.Count() : string.Join(", ", group.Select(package => package.Name).Distinct()))} |\n"
            );
        }

        return text.Append('\n').ToString();

        void Section(string title, string what) => text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{what}\n\n");

        void Table(IEnumerable<NuGetPackage> packages)
        {
            text.Append("| package | version | licence |\n|---|---|---|\n");
            foreach (var package in packages)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {package.Name} | {package.Version} | {package.Licence()} |\n");
            }
        }
    }

    private static string RenderExtensions()
    {
        var text = new StringBuilder("\n| licence | packages |\n|---|---|\n");
        foreach (
            var group in PackageLists
                .HostExtensions.GroupBy(package => package.Licence(), package => package.Name)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
        )
        {
            text.Append(CultureInfo.InvariantCulture, $"| {group.Key} | {string.Join(", ", group)} |\n");
        }

        return text.Append('\n').ToString();
    }

    private static string Document() => Repository.Read("docs", "licences.md").ReplaceLineEndings("\n");
}
