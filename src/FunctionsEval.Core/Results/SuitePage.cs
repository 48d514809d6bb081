using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Results;

/// <summary>A page of suite runs, latest first: <c>GET /api/suites</c>.</summary>
/// <param name="Suites">The suite runs, without their datasets.</param>
/// <param name="Waiting">Suites whose datasets are being uploaded; on the first page alone.</param>
/// <param name="Continuation">What asks for the next page; null behind the last.</param>
public sealed record SuitePage(
    IReadOnlyList<SuiteRun> Suites,
    IReadOnlyList<WaitingSuite> Waiting,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Continuation
);

/// <summary>A suite of which a dataset was uploaded, and whose suite run has not started yet.</summary>
/// <param name="Suite">The suite's folder.</param>
/// <param name="Since">When the first of the datasets was uploaded.</param>
/// <param name="LatestUpload">When the latest of them was uploaded.</param>
public sealed record WaitingSuite(string Suite, DateTimeOffset Since, DateTimeOffset LatestUpload)
{
    /// <summary>The names and patterns of the spec that no dataset has yet.</summary>
    public IReadOnlyList<string> Missing
    {
        get;
        init => field = value ?? [];
    } = [];
}

/// <summary>A suite run that was asked for: <c>POST /api/suites</c>.</summary>
/// <param name="SuiteRunId">The suite run.</param>
/// <param name="New">Whether it is new; false for one that exists already.</param>
/// <param name="Url">Where its status is.</param>
public sealed record StartedSuiteRun(string SuiteRunId, bool New, string Url)
{
    /// <summary>As <see cref="StartedRun.ContextKept"/>, of the suite run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ContextKept { get; init; }
}

/// <summary>A suite run that continues: <c>POST /api/suites/{suiteRunId}/resume</c>.</summary>
/// <param name="SuiteRunId">The suite run.</param>
/// <param name="Resumption">How often it was resumed by now.</param>
public sealed record ResumedSuiteRun(string SuiteRunId, int Resumption);

/// <summary>A suite run that was asked to stop: <c>POST /api/suites/{suiteRunId}/cancel</c>.</summary>
/// <param name="SuiteRunId">The suite run.</param>
/// <param name="CancelRequested">Always true.</param>
public sealed record CancelledSuiteRun(string SuiteRunId, bool CancelRequested);
