using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Datasets;

/// <summary>Which turns of a conversation are samples.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TurnSelection>))]
public enum TurnSelection
{
    /// <summary>The last assistant turn that training learns from: one sample a row.</summary>
    [JsonStringEnumMemberName("last")]
    Last,

    /// <summary>Each assistant turn that training learns from, given the turns before it: as many samples a row.</summary>
    [JsonStringEnumMemberName("all")]
    All,
}
