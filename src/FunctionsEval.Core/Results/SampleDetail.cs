using System.Text.Json.Nodes;

namespace FunctionsEval.Core.Results;

/// <summary>One sample with what the models were sent: <c>GET /api/evaluations/{runId}/samples/{key}</c>.</summary>
public sealed record SampleDetail
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The sample, as pages have it.</summary>
    public required SampleResult Sample { get; init; }

    /// <summary>What the models were asked; null where <see cref="PromptMissing"/> says why it is not known any more.</summary>
    public SamplePrompt? Prompt { get; init; }

    /// <summary>Why there is no prompt, in one sentence; null where there is one.</summary>
    public string? PromptMissing { get; init; }

    /// <summary>What is sent besides the prompt; null where files of the run are gone.</summary>
    public SampleParameters? Parameters { get; init; }

    /// <summary>The value of each metric for this one sample; empty where none has one.</summary>
    public required IReadOnlyList<SampleScore> Scores { get; init; }

    /// <summary>Position among the samples that match the filter, from 1; null where the sample itself does not match.</summary>
    public long? Position { get; init; }

    /// <summary>How many samples match the filter.</summary>
    public required long Of { get; init; }

    /// <summary>Key of the sample before this one among those that match; null for none.</summary>
    public string? PreviousKey { get; init; }

    /// <summary>Key of the sample after this one among those that match; null for none.</summary>
    public string? NextKey { get; init; }

    /// <summary>What to know about the answer, a sentence each; null for nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>What a model was asked about a sample.</summary>
public sealed record SamplePrompt
{
    /// <summary>The turns as sent; empty where only a text is scored.</summary>
    public required IReadOnlyList<PromptMessage> Messages { get; init; }

    /// <summary>The tools that the model may call, as sent; null for none.</summary>
    public JsonNode? Tools { get; init; }

    /// <summary>The texts whose probability is asked, one a call; null where the model writes an answer.</summary>
    public IReadOnlyList<string>? ScoredTexts { get; init; }
}

/// <summary>A turn of a prompt.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">The text; of a turn with images that of its texts.</param>
public sealed record PromptMessage(string Role, string Content)
{
    /// <summary>The participant's name; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>The turn's images: the name of the blob, or the address without its query; a data URI is cut. Null for none.</summary>
    public IReadOnlyList<string>? Images { get; init; }

    /// <summary>The tools that the turn calls; null for none.</summary>
    public IReadOnlyList<PromptCall>? ToolCalls { get; init; }

    /// <summary>The call whose result the turn is; null for other turns.</summary>
    public string? ToolCallId { get; init; }
}

/// <summary>A call of a tool in a prompt.</summary>
/// <param name="Name">The function.</param>
/// <param name="Arguments">The arguments, as they are sent.</param>
/// <param name="Id">The call's id; null for none.</param>
public sealed record PromptCall(string Name, string Arguments, string? Id);

/// <summary>What is sent besides a prompt. A member that is null is not sent.</summary>
public sealed record SampleParameters
{
    /// <summary>The candidate.</summary>
    public required SampleModel Candidate { get; init; }

    /// <summary>The baseline; null without one.</summary>
    public SampleModel? Baseline { get; init; }

    /// <summary>Maximum number of answer tokens.</summary>
    public int MaxOutputTokens { get; init; }

    /// <summary>Temperature.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus sampling mass.</summary>
    public double? TopP { get; init; }

    /// <summary>Seed of this answer.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts that end the answer.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>Whether the answer is streamed.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether log probabilities are asked for.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>How much a reasoning model thinks, in the spec's word.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>How closely reasoning is summed up, in the spec's word.</summary>
    public string? ReasoningSummary { get; init; }

    /// <summary>How much a model writes, in the spec's word.</summary>
    public string? Verbosity { get; init; }

    /// <summary>The form of the answer, as the spec has it.</summary>
    public JsonNode? ResponseFormat { get; init; }

    /// <summary>Whether tools are called, as the spec has it.</summary>
    public JsonNode? ToolChoice { get; init; }
}

/// <summary>A model that was asked.</summary>
/// <param name="Name">Its configured name.</param>
/// <param name="Provider">Its kind of endpoint; null where the app has no such model any more.</param>
/// <param name="Deployment">The deployment, or the model's name at the endpoint; null where the app has no such model any more.</param>
public sealed record SampleModel(string Name, string? Provider, string? Deployment);

/// <summary>A metric's value for one sample.</summary>
public sealed record SampleScore
{
    /// <summary>Name in tables and gates.</summary>
    public required string Name { get; init; }

    /// <summary>Whether more is better.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>The candidate's; null where it has none.</summary>
    public ScoreOfAnswer? Candidate { get; init; }

    /// <summary>The baseline's; null where it has none.</summary>
    public ScoreOfAnswer? Baseline { get; init; }
}

/// <summary>A score of an answer.</summary>
/// <param name="Value">The value; null where it is infinite.</param>
/// <param name="Text">The same for people.</param>
public sealed record ScoreOfAnswer(double? Value, string Text);
