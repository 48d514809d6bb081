using System.Text.Json;

namespace FunctionsEval.Core.Datasets;

/// <summary>The tools that a row offers the model. They are sent as the row writes them.</summary>
public sealed record ToolSet
{
    /// <summary>The list <c>tools</c>; null for none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>The list <c>functions</c>, the older form of <see cref="Tools"/>; null for none.</summary>
    public JsonElement? Functions { get; init; }

    /// <summary>Whether one turn may call several tools (<c>parallel_tool_calls</c>); null leaves the endpoint's default.</summary>
    public bool? ParallelToolCalls { get; init; }
}
