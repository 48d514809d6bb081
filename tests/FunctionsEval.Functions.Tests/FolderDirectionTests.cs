namespace FunctionsEval.Functions.Tests;

public sealed class FolderDirectionTests
{
    /// <summary>The folders; each may use those before it.</summary>
    private static readonly string[] Order =
    [
        "Telemetry",
        "Webhooks",
        "Storage",
        "ModelClients",
        "HttpGraders",
        "Messages",
        "FineTuning",
        "Budget",
        "Notifications",
        "Runs",
        "Evaluation",
        "Probing",
        "Reports",
        "Activities",
        "Orchestrations",
        "Triggers",
    ];

    [Fact]
    public void Folders_use_only_those_before_them()
    {
        var backward = FolderDirections.FindBackward("FunctionsEval.Functions", Order);

        Assert.True(backward.Count == 0, string.Join(Environment.NewLine, backward));
    }
}
