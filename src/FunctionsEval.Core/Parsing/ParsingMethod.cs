using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Parsing;

/// <summary>How the model's text becomes a label or a value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ParsingMethod>))]
public enum ParsingMethod
{
    /// <summary>Generation: the whole text. Classification: exactly one of the labels.</summary>
    [JsonStringEnumMemberName("label")]
    Label,

    /// <summary>An integer, compared by value with labels or references.</summary>
    [JsonStringEnumMemberName("integer")]
    Integer,

    /// <summary>A field of the JSON object that the answer consists of.</summary>
    [JsonStringEnumMemberName("json_field")]
    JsonField,

    /// <summary>The first group (or the whole match) of a regular expression that must match exactly once.</summary>
    [JsonStringEnumMemberName("regex")]
    Regex,

    /// <summary>A choice letter, A for the first label.</summary>
    [JsonStringEnumMemberName("choice")]
    Choice,

    /// <summary>The one JSON value that the answer consists of.</summary>
    [JsonStringEnumMemberName("json")]
    Json,

    /// <summary>The text as it is.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}
