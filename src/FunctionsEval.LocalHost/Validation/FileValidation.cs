using System.Text.Json.Serialization;
using FunctionsEval.Core.Checks;
using FunctionsEval.Core.Results;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>What <c>validate</c> found about a dataset.</summary>
internal sealed record FileValidation
{
    /// <summary>The dataset's file.</summary>
    public required string File { get; init; }

    /// <summary>The spec's file; null where none was found.</summary>
    public string? Spec { get; init; }

    /// <summary>The task; null without a spec that can be read.</summary>
    public string? Task { get; init; }

    /// <summary>The format of its rows, and how they are packed: <c>JSONL</c>, <c>CSV (gzip)</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Why a run would fail, as it would say it itself; null where nothing is seen that would.</summary>
    public RunFailure? Failure { get; init; }

    /// <summary>What was found in the rows; null where they could not be read.</summary>
    public DatasetReport? Dataset { get; init; }

    /// <summary>The training file; null where the spec names none.</summary>
    public TrainingFinding? Training { get; init; }

    /// <summary>Tokens and cost; null where no sample was found.</summary>
    public CostFinding? Cost { get; init; }

    /// <summary>What does not stop a run and should be looked at, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether there is something to mend: a run would fail, or leave out rows.</summary>
    public bool HasProblems => Failure is not null || Dataset is { Malformed: > 0 };
}

/// <summary>Whether a run's cost ceiling would stop it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CeilingOutlook>))]
internal enum CeilingOutlook
{
    /// <summary>Every answer may have its maximum length, and the ceiling holds.</summary>
    [JsonStringEnumMemberName("no")]
    No,

    /// <summary>Answers as long as the references stay below it, the longest ones do not.</summary>
    [JsonStringEnumMemberName("may")]
    May,

    /// <summary>Answers as long as the references cost more.</summary>
    [JsonStringEnumMemberName("will")]
    Will,
}

/// <summary>Tokens and cost of a run.</summary>
internal sealed record CostFinding
{
    /// <summary>Answers of each model: samples × repeats.</summary>
    public required long Answers { get; init; }

    /// <summary>Samples whose tokens were counted; the others are taken to be like them.</summary>
    public required long CountedSamples { get; init; }

    /// <summary>The calls of each role, those of judges after the model's they grade.</summary>
    public required IReadOnlyList<RoleCost> Roles { get; init; }

    /// <summary>Cost of all calls when each answer has its maximum length; null where a price is not known.</summary>
    public double? Max { get; init; }

    /// <summary>Cost of all calls when answers are as long as the references; null where a price is not known.</summary>
    public double? Likely { get; init; }

    /// <summary>The spec's <c>limits.maxCost</c>; null for none.</summary>
    public double? Ceiling { get; init; }

    /// <summary>Whether the ceiling stops the run; null without one, or without prices.</summary>
    public CeilingOutlook? Stops =>
        Ceiling is not { } ceiling || Max is not { } max || Likely is not { } likely ? null
        : max <= ceiling ? CeilingOutlook.No
        : likely <= ceiling ? CeilingOutlook.May
        : CeilingOutlook.Will;

    /// <summary>How tokens are estimated.</summary>
    public string Method { get; } =
        "o200k_base tokens of the prompts and 10 %, answers as long as the references, without reasoning; at most sampling.maxOutputTokens.";
}

/// <summary>The calls to one model for a role.</summary>
/// <param name="Role">candidate or baseline; of a judge that and the grader's name.</param>
/// <param name="Model">The model.</param>
/// <param name="Calls">How many calls.</param>
/// <param name="InputTokens">Tokens of all prompts.</param>
/// <param name="MaxOutputTokens">Tokens of all answers at most.</param>
/// <param name="LikelyOutputTokens">Tokens of answers as long as the references.</param>
/// <param name="MaxCost">Cost with the longest answers; null without prices.</param>
/// <param name="LikelyCost">Cost with likely answers; null without prices.</param>
internal sealed record RoleCost(
    string Role,
    string Model,
    long Calls,
    long InputTokens,
    long MaxOutputTokens,
    long LikelyOutputTokens,
    double? MaxCost,
    double? LikelyCost
);
