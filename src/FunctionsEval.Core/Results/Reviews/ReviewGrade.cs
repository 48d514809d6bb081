using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results.Reviews;

/// <summary>What a person says of one answer, or of two.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReviewGrade>))]
public enum ReviewGrade
{
    /// <summary>The candidate's answer is better.</summary>
    [JsonStringEnumMemberName("candidate")]
    Candidate,

    /// <summary>The baseline's answer is better.</summary>
    [JsonStringEnumMemberName("baseline")]
    Baseline,

    /// <summary>Neither answer is better.</summary>
    [JsonStringEnumMemberName("tie")]
    Tie,

    /// <summary>The answer is right.</summary>
    [JsonStringEnumMemberName("right")]
    Right,

    /// <summary>The answer is wrong.</summary>
    [JsonStringEnumMemberName("wrong")]
    Wrong,

    /// <summary>The person does not say; it counts nowhere.</summary>
    [JsonStringEnumMemberName("skip")]
    Skip,
}
