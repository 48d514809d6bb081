using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.Tests.Dependencies;

/// <summary>What is built is what was chosen: hashes of packages, commits of actions.</summary>
public sealed partial class SupplyChainTests
{
    [Fact]
    public void Ci_restores_what_the_lock_files_say_and_looks_for_known_vulnerabilities()
    {
        Assert.Contains("dotnet restore --locked-mode || exit 1", Repository.Read(".ci", "run"), StringComparison.Ordinal);
        Assert.Contains("dotnet restore --locked-mode\n", Repository.Read(".ci", "audit"), StringComparison.Ordinal);
        Assert.Contains("- run: .ci/audit", Repository.Read(".github", "workflows", "ci.yml"), StringComparison.Ordinal);
    }

    [Fact]
    public void Actions_are_pinned_by_commit()
    {
        var uses = Directory
            .EnumerateFiles(Repository.PathOf(".github", "workflows"))
            .SelectMany(file => Uses().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Where(action => !action.StartsWith("./", StringComparison.Ordinal))
            .ToList();

        Assert.True(uses.Count >= 8);
        Assert.All(uses, action => Assert.Matches("@[0-9a-f]{40} # v", action));
    }

    [Theory]
    [InlineData("FunctionsEval.Core")]
    [InlineData("FunctionsEval.Functions")]
    [InlineData("FunctionsEval.LocalHost")]
    public void Every_locked_package_has_a_hash(string project)
    {
        var locked = Repository.Read("src", project, "packages.lock.json");

        Assert.True(Resolved().Count(locked) > 0);
        Assert.Equal(Resolved().Count(locked), Hash().Count(locked));
    }

    [GeneratedRegex(@"uses: (.+)")]
    private static partial Regex Uses();

    [GeneratedRegex("\"resolved\": \"")]
    private static partial Regex Resolved();

    [GeneratedRegex("\"contentHash\": \"[A-Za-z0-9+/]+=*\"")]
    private static partial Regex Hash();
}
