using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Azure.Data.Tables;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers;

/// <summary>
/// <c>GET /api/evaluations?model=|dataset=|suite=&amp;status=&amp;verdict=&amp;size=&amp;continuation=</c>: runs, latest first. Status and verdict are
/// looked at after a page is read, so a page may hold fewer runs than its size.
/// </summary>
internal sealed class ListEvaluations(RunTables tables)
{
    private const int MaxSize = 100;

    [Function(nameof(ListEvaluations))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "evaluations")] HttpRequest request, CancellationToken cancellationToken)
    {
        string? model = request.Query["model"], dataset = request.Query["dataset"], suite = request.Query["suite"];
        string? status = request.Query["status"], verdict = request.Query["verdict"], continuation = request.Query["continuation"];
        var size = 20;
        if (request.Query.TryGetValue("size", out var asked)
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxSize))
            return Problems.BadRequest("invalid_query", $"size: must be 1 to {MaxSize}.");
        if (new[] { model, dataset, suite }.Count(filter => filter is not null) > 1)
            return Problems.BadRequest("invalid_query", "Filter by one of model, dataset and suite.");
        if (status is not null && !Enum.GetNames<RunStatus>().Contains(status, StringComparer.OrdinalIgnoreCase))
            return Problems.BadRequest("invalid_query", $"status: must be one of {string.Join(", ", Enum.GetNames<RunStatus>())}.");
        if (continuation is not null && !Base64Url.IsValid(continuation))
            return Problems.BadRequest("invalid_query", "continuation: pass the value of the previous page as it was given.");

        var partition = (model, dataset, suite) switch
        {
            ({ } name, _, _) => IndexPartition.Model(name),
            (_, { } name, _) => IndexPartition.Dataset(name),
            (_, _, { } name) => IndexPartition.Suite(name.Trim('/')),
            _ => IndexPartition.All,
        };
        var token = continuation is null ? null : Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation));
        var (runIds, next) = await tables.ReadIndexAsync(partition, size, token, cancellationToken);
        var rows = await Task.WhenAll(runIds.Select(runId => tables.FindRunAsync(runId, cancellationToken)));
        return Results.Ok(new
        {
            Runs = rows.OfType<TableEntity>()
                .Where(row => Matches(row, "Status", status) && Matches(row, "Verdict", verdict))
                .Select(RunView.Columns),
            Continuation = next is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(next)),
        });
    }

    private static bool Matches(TableEntity row, string column, string? wanted) =>
        wanted is null || string.Equals(row.GetString(column), wanted, StringComparison.OrdinalIgnoreCase);
}
