using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Parsing;

/// <summary>How the probabilities of labels are obtained.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LabelProbabilityMethod>))]
public enum LabelProbabilityMethod
{
    /// <summary>From the likeliest alternatives to the answer's tokens; costs no request.</summary>
    [JsonStringEnumMemberName("alternatives")]
    Alternatives,

    /// <summary>
    /// Each label is scored as the continuation of the prompt; one request a label, and a model that can score given text.
    /// </summary>
    [JsonStringEnumMemberName("exact")]
    Exact,
}
