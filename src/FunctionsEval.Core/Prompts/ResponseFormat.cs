using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Prompts;

/// <summary>The form that a model is asked to answer in.</summary>
public enum ResponseFormatKind
{
    /// <summary>Any text.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>Any JSON object.</summary>
    [JsonStringEnumMemberName("json_object")]
    JsonObject,

    /// <summary>JSON that is valid under a schema.</summary>
    [JsonStringEnumMemberName("json_schema")]
    JsonSchema,
}

/// <summary>The <c>response_format</c> of a request.</summary>
/// <param name="Kind">Which form.</param>
public sealed record ResponseFormat(ResponseFormatKind Kind)
{
    /// <summary>The kind's word.</summary>
    public string KindName => EnumNames<ResponseFormatKind>.NameOf(Kind);

    /// <summary>The schema's name, 1–64 letters, digits, <c>_</c> and <c>-</c>; null unless there is a schema.</summary>
    public string? Name { get; init; }

    /// <summary>What the schema is for, in words for the model; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema of the answer, in its own order of keys; null unless <see cref="Kind"/> asks for one.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>Whether the endpoint must hold the answer to the schema; null leaves that to the endpoint.</summary>
    public bool? IsStrict { get; init; }
}
