using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Triggers.Http;

/// <summary>
/// <c>GET /api/evaluations/{runId}/curves?label=</c>: how well a label's probabilities rank the samples, from <c>samples.jsonl</c> in one
/// pass. Default label: the spec's positive label, or else its first one.
/// </summary>
internal sealed class GetEvaluationCurves(RunTables tables, RunBlobs blobs)
{
    /// <summary>Samples that are looked at for one answer.</summary>
    private const int MaxLookedAt = 200_000;

    [Function(nameof(GetEvaluationCurves))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/evaluations/{runId}/curves")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var (run, problem) = await tables.FindSingleAsync(runId, cancellationToken);
        if (run is null)
        {
            return problem!;
        }

        if (
            await blobs.FindSpecAsync(runId, cancellationToken) is not { } spec
            || await blobs.OpenSamplesForReadAsync(runId, offset: 0, cancellationToken) is not { } samples
        )
        {
            return Problems.NotYet(runId, run.Status);
        }

        await using var _ = samples;
        var label = request.Query["label"].ToString() is { Length: > 0 } asked
            ? asked
            : spec.PositiveLabel ?? (spec.Labels.Count > 0 ? spec.Labels[0] : null);
        return label is null || !spec.Labels.Contains(label, StringComparer.Ordinal)
            ? Problems.BadRequest("invalid_query", "label: must be one of the spec's labels.")
            : Results.Json(await DrawAsync(runId, label, samples, cancellationToken), ResultJson.Options);
    }

    private static async Task<ProbabilityCurves> DrawAsync(string runId, string label, Stream samples, CancellationToken cancellationToken)
    {
        var (candidate, baseline) = (new ProbabilityCurveBuilder(), new ProbabilityCurveBuilder());
        var looked = 0;
        var isCut = false;
        await foreach (var (_, sample) in SampleLines.ReadAsync(samples, cancellationToken))
        {
            if (looked++ == MaxLookedAt)
            {
                isCut = true;
                break;
            }

            Add(candidate, sample, sample.Candidate, label);
            Add(baseline, sample, sample.Baseline, label);
        }

        return new ProbabilityCurves(
            runId,
            label,
            isCut,
            [.. new[] { candidate.Finish(Roles.Candidate), baseline.Finish(Roles.Baseline) }.OfType<ProbabilityCurve>()]
        );
    }

    private static void Add(ProbabilityCurveBuilder curve, SampleResult sample, AnswerResult? answer, string label)
    {
        if (answer is { IsMeasured: true, LabelProbabilities: { } probabilities })
        {
            curve.Add(probabilities.GetValueOrDefault(label), sample.References.Contains(label, StringComparer.Ordinal));
        }
    }
}
