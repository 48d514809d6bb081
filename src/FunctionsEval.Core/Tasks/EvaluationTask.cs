using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Tasks;

/// <summary>The kinds of task a spec can ask for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EvaluationTask>))]
public enum EvaluationTask
{
    /// <summary>The answer is one of a list of labels.</summary>
    [JsonStringEnumMemberName("classification")]
    Classification,

    /// <summary>The answer is free text compared with one or more references.</summary>
    [JsonStringEnumMemberName("generation")]
    Generation,

    /// <summary>The model assigns a probability to the reference text.</summary>
    [JsonStringEnumMemberName("language_modelling")]
    LanguageModelling,

    /// <summary>The model assigns a probability to each of a question's choices.</summary>
    [JsonStringEnumMemberName("multiple_choice")]
    MultipleChoice,
}
