using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Specs;

/// <summary>How closely a model sums up its reasoning, in OpenAI's words.</summary>
public enum ReasoningSummary
{
    /// <summary>As closely as the model can.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>In short.</summary>
    [JsonStringEnumMemberName("concise")]
    Concise,

    /// <summary>At length.</summary>
    [JsonStringEnumMemberName("detailed")]
    Detailed,
}
