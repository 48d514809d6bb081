namespace FunctionsEval.Core.Datasets;

/// <summary>The parts of a sample that depend on its task; see <see cref="Sample"/>.</summary>
internal sealed record SampleParts
{
    public IReadOnlyList<ChatMessage> Messages { get; init; } = [];

    public string Input { get; init; } = "";

    public IReadOnlyList<string> References { get; init; } = [];

    public IReadOnlyList<string> Choices { get; init; } = [];

    public IReadOnlyList<int> GoldChoices { get; init; } = [];

    public ToolSet? Tools { get; init; }
}
