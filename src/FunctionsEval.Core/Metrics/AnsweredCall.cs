namespace FunctionsEval.Core.Metrics;

/// <summary>A tool call of a model's answer, held against the tools that the sample offers.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">The arguments as the model wrote them.</param>
public sealed record AnsweredCall(string Name, string Arguments)
{
    /// <summary>Whether the arguments are the JSON of an object.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether the sample offers a function of this name; null where it is not known what the sample offers.</summary>
    public bool? IsOffered { get; init; }

    /// <summary>
    /// Whether the arguments are valid under the function's JSON schema; null where it has none, or none that can be checked.
    /// </summary>
    public bool? IsValid { get; init; }

    /// <summary>Arguments that the function's schema does not have; null for none.</summary>
    public IReadOnlyList<string>? UnknownArguments { get; init; }
}
