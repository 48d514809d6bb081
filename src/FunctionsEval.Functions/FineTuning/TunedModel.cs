using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>A model that a fine-tuning job made: the tuned model, or the model of one of its checkpoints.</summary>
/// <param name="Name">The model's name, by which Azure deploys it and OpenAI calls it.</param>
/// <param name="Label">What tells it from the job's others: <c>final</c>, or <c>step-</c> and the training step.</param>
internal sealed record TunedModel(string Name, string Label)
{
    private const int HashDigits = 16;

    /// <summary>The id of the checkpoint, by which some versions of Azure deploy it; null for the tuned model.</summary>
    public string? CheckpointId { get; init; }

    /// <summary>The tuned model of a job.</summary>
    public static TunedModel Final(string name) => new(name, "final");

    /// <summary>The model of a checkpoint.</summary>
    public static TunedModel From(Checkpoint checkpoint) =>
        new(checkpoint.Model!, string.Create(CultureInfo.InvariantCulture, $"step-{Math.Clamp(checkpoint.Step, 0, 999_999_999)}"))
        {
            CheckpointId = checkpoint.Id,
        };

    /// <summary>
    /// The name of the model's deployment, the same whenever it is asked for: prefix, hash, label. At most 58 characters, because a prefix
    /// has at most 24.
    /// </summary>
    /// <param name="prefix">The beginning.</param>
    /// <param name="app">The app that deploys it.</param>
    /// <param name="jobId">The job.</param>
    public string DeploymentName(string prefix, string app, string jobId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{app}\n{jobId}\n{Name}"));
        return $"{prefix}{Convert.ToHexStringLower(hash)[..HashDigits]}-{Label}";
    }
}
