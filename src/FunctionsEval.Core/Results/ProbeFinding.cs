using System.Text.Json.Serialization;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Results;

/// <summary>What a model's endpoint may be able to do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProbeFeature>))]
public enum ProbeFeature
{
    /// <summary>It answers at all.</summary>
    [JsonStringEnumMemberName("answer")]
    Answer,

    /// <summary>It gives vectors of texts; asked of a model with <c>Api</c> Embeddings alone.</summary>
    [JsonStringEnumMemberName("embeddings")]
    Embeddings,

    /// <summary>It counts the tokens of prompt and answer.</summary>
    [JsonStringEnumMemberName("usage")]
    Usage,

    /// <summary>It takes a parameter that bounds the answer; the finding says which name.</summary>
    [JsonStringEnumMemberName("max_tokens")]
    MaxTokens,

    /// <summary>It takes a temperature.</summary>
    [JsonStringEnumMemberName("temperature")]
    Temperature,

    /// <summary>It gives an answer token by token.</summary>
    [JsonStringEnumMemberName("streaming")]
    Streaming,

    /// <summary>It takes turns of the role <c>system</c>.</summary>
    [JsonStringEnumMemberName("system_role")]
    SystemRole,

    /// <summary>It takes turns of the role <c>developer</c>.</summary>
    [JsonStringEnumMemberName("developer_role")]
    DeveloperRole,

    /// <summary>It takes a seed and gives the same answer with it.</summary>
    [JsonStringEnumMemberName("seed")]
    Seed,

    /// <summary>It ends an answer at a given text.</summary>
    [JsonStringEnumMemberName("stop")]
    Stop,

    /// <summary>It gives the log probabilities of the answer's tokens.</summary>
    [JsonStringEnumMemberName("log_probabilities")]
    LogProbabilities,

    /// <summary>It gives the likeliest tokens in each place, of which the probabilities of labels follow.</summary>
    [JsonStringEnumMemberName("label_probabilities")]
    LabelProbabilities,

    /// <summary>It gives the probability of a given text (echo).</summary>
    [JsonStringEnumMemberName("scored_text")]
    ScoredText,

    /// <summary>It gives the probability of the end of a given text, as the choices of a question need it.</summary>
    [JsonStringEnumMemberName("scored_choices")]
    ScoredChoices,

    /// <summary>It calls tools.</summary>
    [JsonStringEnumMemberName("tools")]
    Tools,

    /// <summary>It calls several tools in one answer.</summary>
    [JsonStringEnumMemberName("parallel_tools")]
    ParallelTools,

    /// <summary>It answers with JSON where that is asked for.</summary>
    [JsonStringEnumMemberName("json_object")]
    JsonObject,

    /// <summary>It answers with JSON under a schema that it is held to.</summary>
    [JsonStringEnumMemberName("json_schema")]
    JsonSchema,

    /// <summary>It takes images.</summary>
    [JsonStringEnumMemberName("images")]
    Images,

    /// <summary>It says in headers what is left of its limits.</summary>
    [JsonStringEnumMemberName("limit_headers")]
    LimitHeaders,

    /// <summary>The model has prices, so that costs are known; no question of the endpoint.</summary>
    [JsonStringEnumMemberName("prices")]
    Prices,
}

/// <summary>What a probe found of a feature.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProbeState>))]
public enum ProbeState
{
    /// <summary>It works as it is asked for.</summary>
    [JsonStringEnumMemberName("works")]
    Works,

    /// <summary>It works in another way than asked for, or only in part; the finding says how.</summary>
    [JsonStringEnumMemberName("differs")]
    Differs,

    /// <summary>It does not work.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>The question came to no end: a fault, a filter, or no answer in time.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>What a probe found of one feature of an endpoint.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="State">What was found.</param>
/// <param name="Detail">How it works, or why it does not, in one or two sentences; null where there is nothing to say. Never of an
/// answer's text.</param>
public sealed record ProbeFinding(ProbeFeature Feature, ProbeState State, string? Detail = null);

/// <summary>The names of features and states in JSON, which tables show too.</summary>
public static class ProbeNames
{
    /// <summary>The name of a feature.</summary>
    /// <param name="feature">The feature.</param>
    public static string NameOf(ProbeFeature feature) => EnumNames<ProbeFeature>.NameOf(feature);

    /// <summary>The name of a state.</summary>
    /// <param name="state">The state.</param>
    public static string NameOf(ProbeState state) => EnumNames<ProbeState>.NameOf(state);
}
