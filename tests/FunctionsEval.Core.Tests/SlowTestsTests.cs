namespace FunctionsEval.Core.Tests;

/// <summary>The list of slow tests holds tests of all projects, and says why.</summary>
public sealed class SlowTestsTests
{
    private static readonly string[] Sources =
    [
        .. Directory
            .EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ];

    [Theory]
    [InlineData("FUNCTIONSEVAL_WALK_SECONDS")]
    [InlineData("FUNCTIONSEVAL_FUZZ_SECONDS")]
    public void A_test_that_is_asked_to_go_on_for_hours_is_not_taken_for_one_that_hangs(string setting) =>
        Assert.True(SlowTests.MayTakeLong(name => name == setting ? "7200" : null));

    [Fact]
    public void Every_name_is_that_of_a_test_and_has_a_reason() =>
        Assert.All(
            SlowTests.Reasons,
            slow =>
            {
                var (type, test) = (slow.Key.Split('.')[0], slow.Key.Split('.')[1]);
                Assert.Contains(
                    Sources,
                    text =>
                        text.Contains($" class {type}", StringComparison.Ordinal)
                        && text.Contains($"Task {test}(", StringComparison.Ordinal)
                );
                Assert.NotEmpty(slow.Value);
            }
        );
}
