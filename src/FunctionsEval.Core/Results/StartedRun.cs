using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results;

/// <summary>A run that was asked for: <c>POST /api/evaluations</c> with a dataset.</summary>
/// <param name="RunId">The run.</param>
/// <param name="New">Whether it is new; false for one that exists already.</param>
/// <param name="Url">Where its status is.</param>
public sealed record StartedRun(string RunId, bool New, string Url)
{
    /// <summary>
    /// Whether the notification of the run's end will carry the request's context; null for a request without one. False where the run has
    /// ended, notifies nobody or has as many contexts as it can keep: read the run itself.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ContextKept { get; init; }
}

/// <summary>The runs of a suite that were asked for: <c>POST /api/evaluations</c> with a suite.</summary>
/// <param name="Suite">The suite.</param>
/// <param name="Runs">Its datasets.</param>
public sealed record StartedSuite(string Suite, IReadOnlyList<StartedDataset> Runs);

/// <summary>The result for one dataset of a suite: a run, or an error.</summary>
/// <param name="Dataset">The dataset.</param>
public sealed record StartedDataset(string Dataset)
{
    /// <summary>The run; null where there is an error.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RunId { get; init; }

    /// <summary>Whether the run is new; null where there is an error.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? New { get; init; }

    /// <summary>Where the run's status is; null where there is an error.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Url { get; init; }

    /// <summary>As <see cref="StartedRun.ContextKept"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ContextKept { get; init; }

    /// <summary>The error's code; null for a run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    /// <summary>What is wrong, and the fix; null for a run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }
}

/// <summary>A run that continues: <c>POST /api/evaluations/{runId}/resume</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Resumption">How often it was resumed by now.</param>
public sealed record ResumedRun(string RunId, int Resumption);

/// <summary>A run that was asked to stop: <c>POST /api/evaluations/{runId}/cancel</c>.</summary>
/// <param name="RunId">The run.</param>
/// <param name="CancelRequested">Always true.</param>
public sealed record CancelledRun(string RunId, bool CancelRequested);

/// <summary>A training file that was stored and is not evaluated: <c>PUT /api/datasets/{name}</c>.</summary>
/// <param name="Dataset">The file's name.</param>
/// <param name="TrainingFileOf">The spec that names it.</param>
/// <param name="Detail">What is checked against it.</param>
public sealed record StoredTrainingFile(string Dataset, string TrainingFileOf, string Detail);
