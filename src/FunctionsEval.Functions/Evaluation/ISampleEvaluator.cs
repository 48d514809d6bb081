using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Evaluates the samples of a shard.</summary>
internal interface ISampleEvaluator
{
    /// <summary>Evaluates a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="logged">
    /// Its logged row: a partial one, which is continued, or a failure, which is asked about again; null for none.
    /// </param>
    /// <param name="sendNoMore">Stops before a call; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    Task<SampleEvaluation> EvaluateAsync(
        DatasetRow row,
        EvaluatedSample? logged,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    );
}
