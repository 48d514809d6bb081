using FunctionsEval.Core.Tasks;

namespace FunctionsEval.Core.Drafts;

/// <summary>What is given for a draft and need not be guessed.</summary>
public sealed record DraftOptions
{
    /// <summary>Name of the suite.</summary>
    public required string Name { get; init; }

    /// <summary>The task; null to guess it.</summary>
    public TaskDefinition? Task { get; init; }

    /// <summary>The configured model under test.</summary>
    public required string Model { get; init; }

    /// <summary>The configured model it is compared with; null for none.</summary>
    public string? Baseline { get; init; }

    /// <summary>The configured model that judges where the rows have no reference.</summary>
    public required string Judge { get; init; }

    /// <summary>The training file beside the dataset; null for none.</summary>
    public string? TrainingFile { get; init; }

    /// <summary>Where the JSON schema of specs is, for editors; null to leave it out.</summary>
    public string? Schema { get; init; }
}

/// <summary>A spec that was written from the rows of a dataset.</summary>
/// <param name="Task">Its task.</param>
/// <param name="Json">Its text.</param>
/// <param name="Notes">What was guessed and why, a sentence each.</param>
public sealed record SpecDraft(string Task, string Json, IReadOnlyList<string> Notes);
