using FunctionsEval.Core.Results;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>RFC 9457 problem details with a stable <c>code</c>.</summary>
internal static class Problems
{
    public static IResult BadRequest(string code, string detail) => Problem(StatusCodes.Status400BadRequest, code, detail);

    public static IResult NotFound(string code, string detail) => Problem(StatusCodes.Status404NotFound, code, detail);

    public static IResult Conflict(string code, string detail) => Problem(StatusCodes.Status409Conflict, code, detail);

    public static IResult Unauthorized(string code, string detail) => Problem(StatusCodes.Status401Unauthorized, code, detail);

    public static IResult TooLarge(string detail) => Problem(StatusCodes.Status413PayloadTooLarge, "body_too_large", detail);

    public static IResult UnsupportedMediaType(string detail) =>
        Problem(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", detail);

    public static IResult Unavailable(string code, string detail) => Problem(StatusCodes.Status503ServiceUnavailable, code, detail);

    public static IResult UnknownRun(string runId) =>
        NotFound("run_not_found", $"There is no run '{runId}'. GET /api/evaluations lists the known ones.");

    /// <summary>The answer to a request that only a whole group takes.</summary>
    public static IResult InGroup(string runId, string group) =>
        Conflict(
            "run_in_group",
            $"Run '{runId}' belongs to the group '{group}', which stops and resumes all of its runs: name that one instead."
        );

    /// <summary>The answer to a request that a group does not take, but each of its runs.</summary>
    public static IResult IsGroup(Run group) =>
        BadRequest(
            "run_is_group",
            $"Run '{group.RunId}' is a group of candidates. Ask for one of its runs: "
                + string.Join(", ", group.Candidates.Zip(group.CandidateRuns, (model, runId) => $"{runId} ({model})"))
                + "."
        );

    public static IResult UnknownSuiteRun(string suiteRunId) =>
        NotFound("suite_run_not_found", $"There is no suite run '{suiteRunId}'. GET /api/suites lists the known ones.");

    public static IResult NotYet(string runId, RunStatus status) =>
        Conflict("run_not_completed", $"Run '{runId}' is {status}. The result is available when the run is {nameof(RunStatus.Completed)}.");

    private static IResult Problem(int status, string code, string detail) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code });
}
