using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Responses;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Evaluates samples and adds to their rows what the answers took, where a metric asks for that.</summary>
internal sealed class ResponseMeasuring : ISampleEvaluator
{
    private readonly ISampleEvaluator _evaluator;
    private readonly bool _wantsLatency;
    private readonly ModelOptions? _priced;

    private ResponseMeasuring(ISampleEvaluator evaluator, bool wantsLatency, ModelOptions? priced)
    {
        _evaluator = evaluator;
        _wantsLatency = wantsLatency;
        _priced = priced;
    }

    /// <summary>Puts this around an evaluator if a metric of the run asks for it.</summary>
    /// <param name="evaluator">Evaluates samples.</param>
    /// <param name="plan">The run.</param>
    /// <param name="model">The role's model; null when it is not configured any more.</param>
    public static ISampleEvaluator Around(ISampleEvaluator evaluator, RunPlan plan, ModelOptions? model)
    {
        var needs = plan.Measurer.Metrics.Aggregate(AnswerDetail.None, (all, metric) => all | metric.Needs);
        var (wantsLatency, wantsCost) = (needs.HasFlag(AnswerDetail.Latency), needs.HasFlag(AnswerDetail.Cost));
        return wantsLatency || wantsCost ? new ResponseMeasuring(evaluator, wantsLatency, wantsCost ? model : null) : evaluator;
    }

    /// <inheritdoc/>
    public async Task<SampleEvaluation> EvaluateAsync(
        DatasetRow row,
        EvaluatedSample? logged,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    ) =>
        await _evaluator.EvaluateAsync(row, logged, sendNoMore, cancellationToken) switch
        {
            SampleEvaluation.Done done => new SampleEvaluation.Done(Measure(done.Row)),
            var result => result,
        };

    private EvaluatedSample Measure(EvaluatedSample row) =>
        row.IsMeasured
            ? row with
            {
                Response = new ResponseFigures
                {
                    LatencyMs = _wantsLatency ? row.LatencyMs : null,
                    Cost = _priced?.Prices?.CostOf(row.InputTokens, row.OutputTokens, row.CachedInputTokens),
                },
            }
            : row;
}
