using System.Text.Json;

namespace FunctionsEval.Core.Metrics;

/// <summary>
/// A metric by name with its options, for example <c>{"name":"bleu","tokenize":"13a"}</c>; a bare string is a name without options.
/// </summary>
public sealed record MetricSpec
{
    /// <summary>Name in the metric catalogue.</summary>
    public required string Name { get; init; }

    /// <summary>Options as written; each metric states its own and refuses unknown ones.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get; init; } = new Dictionary<string, JsonElement>();
}
