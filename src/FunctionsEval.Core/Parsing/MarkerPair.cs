namespace FunctionsEval.Core.Parsing;

/// <summary>An opening marker and the closing one of its kind.</summary>
internal sealed record MarkerPair(string Open, string Close)
{
    /// <summary>Whether documents use it as well, so that it is a marker only where a text begins with it.</summary>
    public bool IsWord { get; init; }

    /// <summary>Whether it is a sentence, so that it is a marker only where it is closed.</summary>
    public bool IsProse { get; init; }
}
