using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Specs;

/// <summary>How much a reasoning model thinks before it answers, in OpenAI's words. A model takes some of them.</summary>
public enum ReasoningEffort
{
    /// <summary>Not at all.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>As little as it can.</summary>
    [JsonStringEnumMemberName("minimal")]
    Minimal,

    /// <summary>Little.</summary>
    [JsonStringEnumMemberName("low")]
    Low,

    /// <summary>A middling amount.</summary>
    [JsonStringEnumMemberName("medium")]
    Medium,

    /// <summary>Much.</summary>
    [JsonStringEnumMemberName("high")]
    High,

    /// <summary>As much as it can.</summary>
    [JsonStringEnumMemberName("xhigh")]
    ExtraHigh,
}
