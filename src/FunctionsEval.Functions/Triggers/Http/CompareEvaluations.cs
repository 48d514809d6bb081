using Azure.Data.Tables;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using MetricComparison = FunctionsEval.Core.Results.MetricComparison;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/compare?left=&amp;right=</c>: the candidates of two completed runs beside each other, paired where that can be.
/// </summary>
internal sealed class CompareEvaluations(RunTables tables, RunComparison comparison)
{
    /// <summary>Most samples that are paired while a request waits.</summary>
    private const long MostPaired = 200_000;

    [Function(nameof(CompareEvaluations))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/compare")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        string? left = request.Query["left"],
            right = request.Query["right"];
        if (string.IsNullOrEmpty(left) || string.IsNullOrEmpty(right))
        {
            return Problems.BadRequest("invalid_query", "left, right: give the ids of two runs.");
        }

        var rows = new List<TableEntity>();
        foreach (var runId in new[] { left, right })
        {
            if (await tables.FindRunAsync(runId, cancellationToken) is not { } row)
            {
                return Problems.UnknownRun(runId);
            }

            if (row.GetString("Status") is not nameof(RunStatus.Completed) and var status)
            {
                return Problems.NotYet(runId, status);
            }

            rows.Add(row);
        }

        var (pairing, reason) = await PairAsync(rows[0], rows[1], cancellationToken);
        var lines = pairing is null
            ? Join(await ReadAsync(left, cancellationToken), await ReadAsync(right, cancellationToken))
            : MetricComparison.From(pairing.Lines);
        return Results.Json(
            new
            {
                Left = View(rows[0]),
                Right = View(rows[1]),
                Paired = reason is null,
                Reason = reason,
                Decision = pairing is null ? ComparisonDecision.Inconclusive : MetricReadings.Decide(pairing.Lines),
                pairing?.Undecided,
                Pairing = pairing?.Counts,
                pairing?.Flips,
                Metrics = lines,
            },
            RunJson.Options
        );
    }

    /// <summary>The pairing, or why there is none.</summary>
    private async Task<(RunPairing? Pairing, string? Reason)> PairAsync(
        TableEntity left,
        TableEntity right,
        CancellationToken cancellationToken
    )
    {
        if (new[] { left, right }.FirstOrDefault(row => RunTables.CountedOf(row) == 0) is { } empty)
        {
            return (null, $"No sample of {empty.PartitionKey} counts in its metrics.");
        }

        if (Math.Max(left.GetInt64("Samples") ?? 0, right.GetInt64("Samples") ?? 0) > MostPaired)
        {
            return (null, $"They have more than {MostPaired} samples; evaluate one model with the other as its baseline.");
        }

        return await comparison.PairAsync(left.PartitionKey, right.PartitionKey, cancellationToken);
    }

    private static object View(TableEntity row) =>
        new
        {
            RunId = row.PartitionKey,
            Dataset = row.GetString("Dataset"),
            Model = row.GetString("Model"),
            Samples = row.GetInt64("Samples"),
            Counted = RunTables.CountedOf(row),
            Verdict = row.GetString("Verdict"),
            Warnings = RunWarnings.Read(row),
        };

    private static List<MetricComparison> Join(List<TableEntity> left, List<TableEntity> right)
    {
        var ofLeft = left.ToDictionary(row => row.RowKey, StringComparer.Ordinal);
        return right
            .Where(row => ofLeft.ContainsKey(row.RowKey))
            .Select(row => new MetricComparison
            {
                Name = row.GetString("Name"),
                Slice = row.GetString("Slice"),
                Left = ofLeft[row.RowKey].GetDouble("Value"),
                Right = row.GetDouble("Value"),
                Difference = row.GetDouble("Value") - ofLeft[row.RowKey].GetDouble("Value"),
                HigherIsBetter = row.GetBoolean("HigherIsBetter") ?? true,
            })
            .ToList();
    }

    private async Task<List<TableEntity>> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in tables.ReadMetrics(runId, cancellationToken))
        {
            if (row.GetString("Role") == Roles.Candidate)
            {
                rows.Add(row);
            }
        }

        return rows;
    }
}
