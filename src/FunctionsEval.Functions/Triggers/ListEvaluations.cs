using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers;

/// <summary><c>GET /api/evaluations?model=|dataset=&amp;size=&amp;continuation=</c>: runs, latest first.</summary>
internal sealed class ListEvaluations(RunTables tables)
{
    private const int MaxSize = 100;

    [Function(nameof(ListEvaluations))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "evaluations")] HttpRequest request, CancellationToken cancellationToken)
    {
        string? model = request.Query["model"], dataset = request.Query["dataset"], continuation = request.Query["continuation"];
        var size = 20;
        if (request.Query.TryGetValue("size", out var asked)
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxSize))
            return Problems.BadRequest("invalid_query", $"size: must be 1 to {MaxSize}.");
        if (model is not null && dataset is not null)
            return Problems.BadRequest("invalid_query", "Filter by model or by dataset, not by both.");
        if (continuation is not null && !Base64Url.IsValid(continuation))
            return Problems.BadRequest("invalid_query", "continuation: pass the value of the previous page as it was given.");

        var partition = (model, dataset) switch
        {
            ({ } name, _) => IndexPartition.Model(name),
            (_, { } name) => IndexPartition.Dataset(name),
            _ => IndexPartition.All,
        };
        var token = continuation is null ? null : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation));
        var (runIds, next) = await tables.ReadIndexAsync(partition, size, token, cancellationToken);
        var rows = await Task.WhenAll(runIds.Select(runId => tables.FindRunAsync(runId, cancellationToken)));
        return Results.Ok(new
        {
            Runs = rows.Where(row => row is not null).Select(row => RunView.Columns(row!)),
            Continuation = next is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(next)),
        });
    }
}
