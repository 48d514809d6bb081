using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>A run that belongs to a group: that of the common baseline, or of one candidate.</summary>
public sealed record GroupMember
{
    /// <summary>"baseline" or "candidate".</summary>
    public required string Role { get; init; }

    /// <summary>The model under test in that run.</summary>
    public required string Model { get; init; }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>How far it is; null for a run that was not begun.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>What its gate says of it alone; null without one.</summary>
    public VerdictResult? Verdict { get; init; }

    /// <summary>Code of the error that it failed with or was stopped by; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Samples that it will have; null until it is planned.</summary>
    public long? ExpectedSamples { get; init; }

    /// <summary>Samples of its model that have an outcome.</summary>
    public long Done { get; init; }

    /// <summary>What keeps it from going on at the moment, in words; null for nothing.</summary>
    public IReadOnlyList<string>? Waiting { get; init; }

    /// <summary>What its calls cost; null until it is summed up, and without prices.</summary>
    public double? Cost { get; init; }

    /// <summary>A member and how far it is.</summary>
    /// <param name="role">Its role.</param>
    /// <param name="model">The model under test.</param>
    /// <param name="runId">The run.</param>
    /// <param name="run">Its row, with its progress; null where it was not begun.</param>
    public static GroupMember From(string role, string model, string runId, Run? run) =>
        new()
        {
            Role = role,
            Model = model,
            RunId = runId,
            Status = run?.Status,
            Verdict = run?.Verdict,
            ErrorCode = run?.ErrorCode,
            ExpectedSamples = run?.Samples ?? run?.ExpectedSamples,
            Done = (run?.Progress?.GetValueOrDefault(Roles.Candidate) ?? run?.CandidateFigures.Outcomes)?.Total ?? 0,
            Waiting = run is { Waiting.Count: > 0 } ? run.Waiting : null,
            Cost = run?.CandidateFigures.Cost,
        };
}
