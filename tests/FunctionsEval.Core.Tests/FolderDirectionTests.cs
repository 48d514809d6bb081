namespace FunctionsEval.Core.Tests;

public sealed class FolderDirectionTests
{
    /// <summary>The folders; each may use those before it.</summary>
    private static readonly string[] Order =
    [
        "OptionReading",
        "Statistics",
        "Datasets",
        "Parsing",
        "Prompts",
        "Metrics",
        "Tasks",
        "Gates",
        "Specs",
        "Training",
        "Scoring",
        "Results",
        "Predictions",
        "Import",
    ];

    /// <summary>Uses that still point back. The list only becomes shorter.</summary>
    private static readonly string[] Remaining =
    [
        "Datasets -> Prompts",
        "Datasets -> Specs",
        "Datasets -> Tasks",
        "Gates -> Scoring",
        "Metrics -> Scoring",
        "Metrics -> Specs",
        "Metrics -> Tasks",
        "Parsing -> Specs",
        "Parsing -> Tasks",
        "Prompts -> Metrics",
        "Prompts -> Specs",
    ];

    [Fact]
    public void Folders_use_only_those_before_them()
    {
        var backward = FolderDirections.FindBackward("FunctionsEval.Core", Order).ExceptBy(Remaining, use => use.Split(" (")[0]).ToList();

        Assert.True(backward.Count == 0, string.Join(Environment.NewLine, backward));
    }
}
