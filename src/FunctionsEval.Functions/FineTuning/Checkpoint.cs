using System.Text.Json.Serialization;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>A checkpoint of a fine-tuning job as the endpoint tells it.</summary>
internal sealed record Checkpoint
{
    /// <summary>The checkpoint's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the checkpoint's model, by which it is deployed at Azure OpenAI, and called at OpenAI.</summary>
    [JsonPropertyName("fine_tuned_model_checkpoint")]
    public string? Model { get; init; }

    /// <summary>The training step after which it was made.</summary>
    [JsonPropertyName("step_number")]
    public long Step { get; init; }
}
