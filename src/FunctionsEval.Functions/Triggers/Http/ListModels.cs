using FunctionsEval.Core.Results;
using FunctionsEval.Functions.FineTuning;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/models</c>: the configured models, what is deployed behind them, and when that retires.</summary>
internal sealed class ListModels(ModelRetirements retirements)
{
    [Function(nameof(ListModels))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/models")] HttpRequest request,
        CancellationToken cancellationToken
    ) => Results.Json(new ModelPage(await retirements.ReadAllAsync(cancellationToken)), ResultJson.Options);
}
