using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Specs;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/compare/specs?left=&amp;right=</c>: the fields by which the specs of two runs differ, whether or not they have
/// results.
/// </summary>
internal sealed class CompareSpecs(RunTables tables, RunBlobs blobs)
{
    [Function(nameof(CompareSpecs))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/compare/specs")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        string? left = request.Query["left"],
            right = request.Query["right"];
        if (string.IsNullOrEmpty(left) || string.IsNullOrEmpty(right))
        {
            return Problems.BadRequest("invalid_query", "left, right: give the ids of two runs.");
        }

        foreach (var runId in new[] { left, right })
        {
            if (await tables.FindRunAsync(runId, cancellationToken) is null)
            {
                return Problems.UnknownRun(runId);
            }
        }

        var (one, other) = (
            await blobs.FindSpecTextAsync(left, cancellationToken),
            await blobs.FindSpecTextAsync(right, cancellationToken)
        );
        List<string> missing = [];
        if (one is null)
        {
            missing.Add(left);
        }

        if (other is null)
        {
            missing.Add(right);
        }

        try
        {
            return Results.Json(
                new SpecComparison(left, right, missing, missing.Count > 0 ? [] : SpecDifferences.Find(one?.ToMemory(), other?.ToMemory())),
                ResultJson.Options
            );
        }
        catch (JsonException)
        {
            return Problems.Conflict(
                "spec_unreadable",
                "The spec of one of the runs is of a form that this version of the app does not read."
            );
        }
    }
}
