using Azure.Data.Tables;
using FunctionsEval.Core.Runs;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers;

/// <summary><c>GET /api/evaluations/compare?left=&amp;right=</c>: the candidates of two completed runs beside each other, paired where that can be.</summary>
internal sealed class CompareEvaluations(RunTables tables, RunComparison comparison)
{
    [Function(nameof(CompareEvaluations))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/compare")] HttpRequest request, CancellationToken cancellationToken)
    {
        string? left = request.Query["left"], right = request.Query["right"];
        if (string.IsNullOrEmpty(left) || string.IsNullOrEmpty(right))
            return Problems.BadRequest("invalid_query", "left, right: give the ids of two runs.");
        var rows = new List<TableEntity>();
        foreach (var runId in new[] { left, right })
        {
            if (await tables.FindRunAsync(runId, cancellationToken) is not { } row)
                return Problems.UnknownRun(runId);
            if (row.GetString("Status") is not nameof(RunStatus.Completed) and var status)
                return Problems.NotYet(runId, status);
            rows.Add(row);
        }

        var leftPlan = await comparison.PlanOfAsync(left, RunTables.ResumptionsOf(rows[0]), cancellationToken);
        var rightPlan = await comparison.PlanOfAsync(right, RunTables.ResumptionsOf(rows[1]), cancellationToken);
        var reason = rows.Find(row => RunTables.CountedOf(row) == 0) is { } empty
            ? $"No sample of {empty.PartitionKey} counts in its metrics."
            : RunComparison.ReasonNotPaired(leftPlan, rightPlan, rows.Max(row => row.GetInt64("Samples") ?? 0));
        return Results.Json(
            new
            {
                Left = View(rows[0]),
                Right = View(rows[1]),
                Paired = reason is null,
                Reason = reason,
                Metrics = reason is null
                    ? await comparison.PairAsync(leftPlan, rightPlan, cancellationToken)
                    : Join(await ReadAsync(left, cancellationToken), await ReadAsync(right, cancellationToken)),
            },
            RunJson.Options);
    }

    private static object View(TableEntity row) => new
    {
        RunId = row.PartitionKey,
        Dataset = row.GetString("Dataset"),
        Model = row.GetString("Model"),
        Samples = row.GetInt64("Samples"),
        Counted = RunTables.CountedOf(row),
        Verdict = row.GetString("Verdict"),
        Warnings = RunWarnings.Read(row),
    };

    private static List<MetricComparisonLine> Join(List<TableEntity> left, List<TableEntity> right)
    {
        var ofLeft = left.ToDictionary(row => row.RowKey, StringComparer.Ordinal);
        return right.Where(row => ofLeft.ContainsKey(row.RowKey)).Select(row => new MetricComparisonLine
        {
            Name = row.GetString("Name"),
            Slice = row.GetString("Slice"),
            Left = ofLeft[row.RowKey].GetDouble("Value"),
            Right = row.GetDouble("Value"),
            Difference = row.GetDouble("Value") - ofLeft[row.RowKey].GetDouble("Value"),
            HigherIsBetter = row.GetBoolean("HigherIsBetter") ?? true,
        }).ToList();
    }

    private async Task<List<TableEntity>> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in tables.ReadMetrics(runId, cancellationToken))
        {
            if (row.GetString("Role") == Roles.Candidate)
                rows.Add(row);
        }

        return rows;
    }
}
