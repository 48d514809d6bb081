using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Datasets;

/// <summary>What is done with the tools that rows offer the model.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ToolUse>))]
public enum ToolUse
{
    /// <summary>They are sent as the row writes them.</summary>
    [JsonStringEnumMemberName("send")]
    Send,

    /// <summary>They are left out.</summary>
    [JsonStringEnumMemberName("ignore")]
    Ignore,
}
