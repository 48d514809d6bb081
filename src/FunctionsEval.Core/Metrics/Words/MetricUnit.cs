using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Metrics.Words;

/// <summary>How a number is read: its scale, and what stands behind it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MetricUnit>))]
public enum MetricUnit
{
    /// <summary>A number without a unit: a perplexity, a correlation, a grade on a scale that is not known.</summary>
    [JsonStringEnumMemberName("plain")]
    Plain,

    /// <summary>A share of 1, read in %; its difference in percentage points.</summary>
    [JsonStringEnumMemberName("share")]
    Share,

    /// <summary>A score whose scale is 0–100 already, such as BLEU; its difference is in points.</summary>
    [JsonStringEnumMemberName("score")]
    Score,

    /// <summary>Milliseconds.</summary>
    [JsonStringEnumMemberName("ms")]
    Milliseconds,

    /// <summary>Tokens.</summary>
    [JsonStringEnumMemberName("tokens")]
    Tokens,

    /// <summary>Characters.</summary>
    [JsonStringEnumMemberName("characters")]
    Characters,

    /// <summary>Words.</summary>
    [JsonStringEnumMemberName("words")]
    Words,

    /// <summary>Money, in the currency of the models' prices.</summary>
    [JsonStringEnumMemberName("money")]
    Money,
}
