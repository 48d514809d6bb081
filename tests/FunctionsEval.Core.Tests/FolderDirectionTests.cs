namespace FunctionsEval.Core.Tests;

public sealed class FolderDirectionTests
{
    /// <summary>The folders; each may use those before it.</summary>
    private static readonly string[] Order =
    [
        "Buffers",
        "OptionReading",
        "Statistics",
        "Datasets",
        "Parsing",
        "Prompts",
        "Metrics",
        "Tasks",
        "Gates",
        "Suites",
        "Specs",
        "Training",
        "Scoring",
        "Costs",
        "Checks",
        "Drafts",
        "Results",
        "Predictions",
        "Import",
    ];

    [Fact]
    public void Folders_use_only_those_before_them()
    {
        var backward = FolderDirections.FindBackward("FunctionsEval.Core", Order);

        Assert.True(backward.Count == 0, string.Join(Environment.NewLine, backward));
    }
}
