using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations?model=&amp;dataset=&amp;suite=&amp;status=&amp;verdict=&amp;group=&amp;size=&amp;continuation=</c>: runs, latest first. A group
/// of candidates is one of them; <c>group</c> asks for its runs.
/// </summary>
internal sealed class ListEvaluations(RunTables tables, IOptions<EvaluationOptions> options)
{
    [Function(nameof(ListEvaluations))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!RunQuery.TryRead(request.Query, out var query, out var problem))
        {
            return problem;
        }

        var (runs, continuation) = await query.ReadAsync(tables, inPlaceOfGroups: false, cancellationToken);
        return Results.Ok(new RunPage([.. runs.Select(run => run.WithTexts(options.Value.Currency))], continuation));
    }
}
