using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Training;

/// <summary>How a sample is found in the rows a model was tuned on.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Leak>))]
public enum Leak
{
    /// <summary>It is not.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>A training row has the same words.</summary>
    [JsonStringEnumMemberName("exact")]
    Exact,

    /// <summary>Most of its n-grams occur in training rows.</summary>
    [JsonStringEnumMemberName("ngrams")]
    Ngrams,
}
