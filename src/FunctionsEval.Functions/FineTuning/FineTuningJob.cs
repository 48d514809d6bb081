using System.Text.Json;
using System.Text.Json.Serialization;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>A fine-tuning job as the endpoint tells it.</summary>
/// <remarks>Azure OpenAI calls the suffix <c>suffix</c>, OpenAI <c>user_provided_suffix</c>.</remarks>
internal sealed record FineTuningJob
{
    /// <summary>The job's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its status, in the endpoint's words.</summary>
    public required string Status { get; init; }

    /// <summary>When it was created, in seconds since 1970.</summary>
    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>When it ended, in seconds since 1970; null where that is not told.</summary>
    [JsonPropertyName("finished_at")]
    public long? FinishedAt { get; init; }

    /// <summary>The model that is tuned.</summary>
    public required string Model { get; init; }

    /// <summary>The resulting model; null until there is one.</summary>
    [JsonPropertyName("fine_tuned_model")]
    public string? FineTunedModel { get; init; }

    /// <summary>Id of the training file.</summary>
    [JsonPropertyName("training_file")]
    public string? TrainingFile { get; init; }

    /// <summary>The suffix, in OpenAI's field.</summary>
    [JsonPropertyName("user_provided_suffix")]
    public string? UserProvidedSuffix { get; init; }

    /// <summary>The suffix, in Azure OpenAI's field.</summary>
    public string? Suffix { get; init; }

    /// <summary>How it was tuned.</summary>
    public FineTuningMethod? Method { get; init; }

    /// <summary>The grader that gave the reward, where it was tuned by reinforcement; null for none.</summary>
    public JsonElement? Grader =>
        Method?.Reinforcement is { ValueKind: JsonValueKind.Object } settings
        && settings.TryGetProperty("grader", out var grader)
        && grader.ValueKind == JsonValueKind.Object
            ? grader
            : null;

    /// <summary>Why it failed.</summary>
    public FineTuningError? Error { get; init; }

    /// <summary>Whether there is a tuned model.</summary>
    public bool HasSucceeded => Status == "succeeded" && FineTunedModel is not null;

    /// <summary>When it ended, in seconds since 1970: not before it was created, which is all that some endpoints tell.</summary>
    public long EndedAt => Math.Max(FinishedAt ?? 0, CreatedAt);

    /// <summary>Whether it has ended, one way or another.</summary>
    public bool HasEnded => HasSucceeded || Status is "failed" or "cancelled";
}

/// <summary>How a job was tuned.</summary>
/// <param name="Type">The method, in the endpoint's words.</param>
/// <param name="Reinforcement">The settings of the method <c>reinforcement</c>.</param>
internal sealed record FineTuningMethod(string? Type, JsonElement? Reinforcement);

/// <summary>Why a job failed; OpenAI gives an empty one to jobs that did not.</summary>
internal sealed record FineTuningError(string? Code, string? Message);
