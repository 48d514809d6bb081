using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Specs;

/// <summary>How much a model writes, in OpenAI's words.</summary>
public enum Verbosity
{
    /// <summary>Little.</summary>
    [JsonStringEnumMemberName("low")]
    Low,

    /// <summary>A middling amount.</summary>
    [JsonStringEnumMemberName("medium")]
    Medium,

    /// <summary>Much.</summary>
    [JsonStringEnumMemberName("high")]
    High,
}
