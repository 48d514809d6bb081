namespace FunctionsEval.Core.Specs;

/// <summary>A fine-tuning job, as far as it decides what is evaluated.</summary>
/// <param name="BaseModel">Id of the model that was tuned.</param>
/// <param name="Suffix">The suffix that was asked for; null for none.</param>
/// <param name="TrainingFileId">Id of the training file.</param>
/// <param name="TrainingFileName">Its name; null when it is not known.</param>
public sealed record FineTuningJobTraits(string BaseModel, string? Suffix, string? TrainingFileId, string? TrainingFileName);
