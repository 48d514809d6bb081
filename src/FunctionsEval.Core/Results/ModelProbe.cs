using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results;

/// <summary>What a model's endpoint can do: <c>POST /api/models/probe</c>.</summary>
public sealed record ModelProbe
{
    /// <summary>The model, its address, and what the probe could take at most.</summary>
    public required ModelProbePlan Plan { get; init; }

    /// <summary>
    /// Whether the model does what its <c>Api</c> is for: it answers, or gives vectors. If not, nothing else was asked of it.
    /// </summary>
    public required bool IsUsable { get; init; }

    /// <summary>Why it is not usable, with the setting to change or what else to do; null where it is.</summary>
    public string? Problem { get; init; }

    /// <summary>The model that answered, in the endpoint's words; null where it does not say.</summary>
    public string? AnsweringModel { get; init; }

    /// <summary>The configuration of the server that answered, in the endpoint's words; null where it does not say.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>From sending the first question to the last byte of its answer, in milliseconds; null without an answer.</summary>
    public long? AnswerMilliseconds { get; init; }

    /// <summary>From sending the streamed question to the first token, in milliseconds; null where no answer was streamed.</summary>
    public long? FirstTokenMilliseconds { get; init; }

    /// <summary>What was found, a line a feature.</summary>
    public IReadOnlyList<ProbeFinding> Findings { get; init; } = [];

    /// <summary>What cannot be evaluated with this model as it is configured, by the feature that is missing.</summary>
    public IReadOnlyList<ProbeConsequence> RuledOut { get; init; } = [];

    /// <summary>The endpoint's headers about limits and waits, by name; at most 16.</summary>
    public IReadOnlyDictionary<string, string> LimitHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>What the probe took.</summary>
    public required ProbeUse Used { get; init; }

    /// <summary>Whether the model can serve a given spec; null where none was given.</summary>
    public SpecProbe? Spec { get; init; }
}

/// <summary>What a probe would ask: <c>GET /api/models/probe</c>.</summary>
public sealed record ModelProbePlan
{
    /// <summary>The configured name.</summary>
    public required string Model { get; init; }

    /// <summary>The setting <c>Provider</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>The setting <c>Api</c>.</summary>
    public required string Api { get; init; }

    /// <summary>The deployment's name, or the model's id.</summary>
    public required string Deployment { get; init; }

    /// <summary>Where requests go: host, route, and the api-version where the provider has versions.</summary>
    public required string Address { get; init; }

    /// <summary>What requests are authorised by.</summary>
    public required ProbeCredential Credential { get; init; }

    /// <summary>Questions that are asked at most, each until it is answered or refused, or two attempts failed.</summary>
    public required int Questions { get; init; }

    /// <summary>What all of them take at most if each is paid twice.</summary>
    public required ProbeUse AtMost { get; init; }

    /// <summary>Seconds after which the probe ends, whatever the endpoint does.</summary>
    public required int MaxSeconds { get; init; }
}

/// <summary>What requests to a model are authorised by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProbeCredential>))]
public enum ProbeCredential
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>A key.</summary>
    [JsonStringEnumMemberName("key")]
    Key,

    /// <summary>The app's identity.</summary>
    [JsonStringEnumMemberName("identity")]
    Identity,
}

/// <summary>What requests took, or may take at most.</summary>
/// <param name="Requests">Requests sent, refused ones included; of a plan, those that may be paid.</param>
/// <param name="InputTokens">Tokens of prompts, as far as the endpoint says.</param>
/// <param name="OutputTokens">Tokens of answers, as far as the endpoint says.</param>
/// <param name="Cost">What they cost at the model's prices; null without prices.</param>
public sealed record ProbeUse(int Requests, long InputTokens, long OutputTokens, decimal? Cost);

/// <summary>What cannot be evaluated because a feature is missing.</summary>
/// <param name="Missing">The feature.</param>
/// <param name="Tasks">Tasks that cannot be evaluated.</param>
/// <param name="Metrics">Metrics that cannot be measured.</param>
/// <param name="SpecFields">Fields of a spec that have no effect, or end a run.</param>
/// <param name="Instead">What to do instead; null for nothing.</param>
public sealed record ProbeConsequence(
    ProbeFeature Missing,
    IReadOnlyList<string> Tasks,
    IReadOnlyList<string> Metrics,
    IReadOnlyList<string> SpecFields,
    string? Instead
);

/// <summary>Whether a model can serve a spec.</summary>
/// <param name="CanServe">Whether everything that the spec needs works; null where a question about it came to no end.</param>
/// <param name="Needs">The features that the spec needs.</param>
/// <param name="Problems">Why it cannot, a sentence each; empty where it can.</param>
public sealed record SpecProbe(bool? CanServe, IReadOnlyList<ProbeFeature> Needs, IReadOnlyList<string> Problems);
