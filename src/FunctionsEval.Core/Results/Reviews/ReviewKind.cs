using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results.Reviews;

/// <summary>What is graded at once.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReviewKind>))]
public enum ReviewKind
{
    /// <summary>The two models' answers to one sample: which of them is better.</summary>
    [JsonStringEnumMemberName("pairs")]
    Pairs,

    /// <summary>One answer: whether it is right.</summary>
    [JsonStringEnumMemberName("answers")]
    Answers,
}
