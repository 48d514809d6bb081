using System.Text.Json;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Metrics.ToolCalls;

/// <summary>The arguments of a call as an object.</summary>
internal static class CallArguments
{
    /// <summary>The names of the arguments; none where the arguments are no JSON.</summary>
    /// <param name="text">The arguments as the model wrote them.</param>
    public static IReadOnlyList<string> NamesOf(string text) =>
        TurnCall.TryReadArguments(text, out var canonical) ? NamesOf(CanonicalJson.Parse(canonical)) : [];

    /// <summary>The names of an object's members.</summary>
    public static IReadOnlyList<string> NamesOf(JsonElement value) => [.. value.EnumerateObject().Select(member => member.Name)];
}
