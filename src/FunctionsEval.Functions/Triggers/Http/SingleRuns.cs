using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>Finds the run of a request that a group of candidates cannot answer.</summary>
internal static class SingleRuns
{
    /// <summary>The run; or what is wrong.</summary>
    public static async Task<(Run? Run, IResult? Problem)> FindSingleAsync(
        this RunTables tables,
        string runId,
        CancellationToken cancellationToken
    ) =>
        await tables.FindRunAsync(runId, cancellationToken) is not { Run: var run } ? (null, Problems.UnknownRun(runId))
        : run.IsGroup ? (null, Problems.IsGroup(run))
        : (run, null);
}
