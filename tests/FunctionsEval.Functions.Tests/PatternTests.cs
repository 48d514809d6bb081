using System.Text.RegularExpressions;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Tests;

public sealed partial class PatternTests
{
    /// <summary>In .NET <c>$</c> matches before a final line feed too: a name that ends in one would pass for the name.</summary>
    [Fact]
    public void No_pattern_ends_at_a_dollar_sign()
    {
        var found = new[] { Repository.PathOf("src"), Repository.PathOf("infra") }
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file =>
                File.ReadLines(file)
                    .Where(line => Declaration().IsMatch(line) && Dollar().IsMatch(line))
                    .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}")
            );
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("ftjob-1", true)]
    [InlineData("ftjob-1\n", false)]
    [InlineData("../x", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Job_id_is_nothing_but_its_characters(string? id, bool expected) => Assert.Equal(expected, FineTuningJobs.IsJobId(id));

    [GeneratedRegex(@"GeneratedRegex\(|RegularExpression\(|new Regex\(")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![\\(, ])\$(?=[""|)])")]
    private static partial Regex Dollar();
}
