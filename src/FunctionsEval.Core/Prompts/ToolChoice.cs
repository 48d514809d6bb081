using System.Text.Json.Serialization;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Prompts;

/// <summary>Whether a model calls tools.</summary>
public enum ToolChoiceKind
{
    /// <summary>The model chooses.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>It calls none.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>It calls at least one.</summary>
    [JsonStringEnumMemberName("required")]
    Required,

    /// <summary>It calls a given function.</summary>
    [JsonStringEnumMemberName("function")]
    Function,
}

/// <summary>The <c>tool_choice</c> of a request.</summary>
/// <param name="Kind">Which choice.</param>
/// <param name="Function">Name of the function to call; null unless <paramref name="Kind"/> is of one.</param>
public sealed record ToolChoice(ToolChoiceKind Kind, string? Function = null)
{
    /// <summary>The kind's word.</summary>
    public string KindName => EnumNames<ToolChoiceKind>.NameOf(Kind);
}
