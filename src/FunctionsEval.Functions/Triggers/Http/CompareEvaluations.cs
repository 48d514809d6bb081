using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/compare?left=&amp;right=</c>: the candidates of two completed runs beside each other, paired where that can be.
/// </summary>
internal sealed class CompareEvaluations(RunTables tables, RunComparison comparison)
{
    /// <summary>Maximum number of samples that are paired while a request waits.</summary>
    private const long MaxPaired = 200_000;

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

        var runs = new List<Run>();
        foreach (var runId in new[] { left, right })
        {
            var (run, problem) = await tables.FindSingleAsync(runId, cancellationToken);
            if (run is null)
            {
                return problem!;
            }

            if (run.Status != RunStatus.Completed)
            {
                return Problems.NotYet(runId, run.Status);
            }

            runs.Add(run);
        }

        var (pairing, reason) = await PairAsync(runs[0], runs[1], cancellationToken);
        var result = new RunComparisonResult
        {
            Left = View(runs[0]),
            Right = View(runs[1]),
            Paired = reason is null,
            Reason = reason,
            Decision = pairing is null ? ComparisonDecision.Inconclusive : MetricReadings.Decide(pairing.Lines),
            Undecided = pairing?.Undecided,
            Pairing = pairing?.Counts,
            Flips = pairing?.Flips,
            Metrics = pairing is null
                ? Join(await ReadAsync(left, cancellationToken), await ReadAsync(right, cancellationToken))
                : MetricComparison.From(pairing.Lines),
        };
        return Results.Json(result with { Numbers = [.. result.Metrics.Select(ComparedNumber.From)] }, ResultJson.Options);
    }

    /// <summary>The pairing, or why there is none.</summary>
    private async Task<(RunPairing? Pairing, string? Reason)> PairAsync(Run left, Run right, CancellationToken cancellationToken)
    {
        if (new[] { left, right }.FirstOrDefault(run => run.Counted == 0) is { } empty)
        {
            return (null, $"No sample of {empty.RunId} counts in its metrics.");
        }

        if (Math.Max(left.Samples ?? 0, right.Samples ?? 0) > MaxPaired)
        {
            return (null, $"The runs have more than {MaxPaired} samples. Evaluate one model with the other as its baseline.");
        }

        return await comparison.PairAsync(left.RunId, right.RunId, cancellationToken);
    }

    private static ComparedRunSummary View(Run run) =>
        new(run.RunId, run.Dataset, run.Model, run.Samples, run.Counted, run.Verdict, run.Warnings);

    private static List<MetricComparison> Join(IEnumerable<MetricValue> left, IEnumerable<MetricValue> right)
    {
        var ofLeft = left.ToDictionary(value => (value.Name, value.Slice), value => value.Value);
        return
        [
            .. right
                .Where(value => ofLeft.ContainsKey((value.Name, value.Slice)))
                .Select(value => new MetricComparison
                {
                    Name = value.Name,
                    Slice = value.Slice,
                    Left = ofLeft[(value.Name, value.Slice)],
                    Right = value.Value,
                    Difference = value.Value - ofLeft[(value.Name, value.Slice)],
                    HigherIsBetter = value.HigherIsBetter,
                }),
        ];
    }

    private async Task<IEnumerable<MetricValue>> ReadAsync(string runId, CancellationToken cancellationToken) =>
        (await tables.Metrics.ReadAsync(runId, cancellationToken)).Where(value => value.Role == Roles.Candidate);
}
