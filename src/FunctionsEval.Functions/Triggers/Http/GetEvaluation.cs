using FunctionsEval.Functions.ModelClients.Transport;
using FunctionsEval.Functions.ModelClients.Throttling;
using FunctionsEval.Functions.ModelClients.Refusals;
using FunctionsEval.Functions.ModelClients.Providers;
using FunctionsEval.Functions.ModelClients.Protocols.Embeddings;
using FunctionsEval.Functions.ModelClients.Protocols.Completions;
using FunctionsEval.Functions.ModelClients.Protocols.Choices;
using FunctionsEval.Functions.ModelClients.Protocols.ChatCompletions;
using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary><c>GET /api/evaluations/{runId}</c>: the run's row, with the outcomes so far.</summary>
internal sealed class GetEvaluation(RunTables tables)
{
    [Function(nameof(GetEvaluation))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await tables.FindRunAsync(runId, cancellationToken) is not { } row)
        {
            return Problems.UnknownRun(runId);
        }

        var view = RunView.Columns(row);
        var progress = await tables.ReadProgressAsync(runId, cancellationToken);
        view["progress"] = progress.ToDictionary(role => role.Key, role => OutcomeNames.Of(role.Value), StringComparer.Ordinal);
        return Results.Ok(view);
    }
}
