using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics.MultipleChoice;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// Has each choice of a question scored as the continuation of the prompt, after one space, as lm-evaluation-harness does. One request a
/// choice.
/// </summary>
internal sealed class ChoiceScorer(string model, ModelCall call)
{
    /// <summary>Scores the choices, starting where an earlier try stopped.</summary>
    /// <param name="row">The sample's row, with the choices that are scored.</param>
    /// <param name="question">The sample.</param>
    /// <param name="requests">The request about each choice.</param>
    /// <param name="sendNoMore">Stops before a call; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>The row; and, when it waits for more, the result of the call that it waits for.</returns>
    public async Task<(EvaluatedSample Row, ModelCallResult? Stopped)> ScoreAsync(
        EvaluatedSample row,
        Sample question,
        IReadOnlyList<ModelRequest> requests,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        List<ChoiceLikelihood> choices = [.. row.Choices ?? []];
        for (var index = choices.Count; index < question.Choices.Count; index++)
        {
            var result = await call(model, requests[index], sendNoMore, cancellationToken);
            if (result is not ModelCallResult.Answered { Completion: var completion })
            {
                // The next try keeps what was paid for the choices before this one.
                return (row with { Choices = choices, IsPartial = true }, result);
            }

            choices.Add(
                new ChoiceLikelihood(
                    question.Choices[index],
                    completion.LogProbability ?? 0,
                    completion.IsGreedy,
                    question.GoldChoices.Contains(index)
                )
                {
                    Tokens = completion.LogProbabilityTokens,
                }
            );
            row = row with
            {
                InputTokens = row.InputTokens + completion.InputTokens,
                CachedInputTokens = row.CachedInputTokens + completion.CachedInputTokens,
                OutputTokens = row.OutputTokens + completion.OutputTokens,
                Attempts = row.Attempts + completion.Attempts,
                Model = completion.Model,
                SystemFingerprint = completion.SystemFingerprint,
                Route = completion.Route,
                OtherDeployment = completion.OtherDeployment ?? row.OtherDeployment,
                LatencyMs = Math.Max(row.LatencyMs ?? 0, Math.Round(completion.Latency.TotalMilliseconds, 2)),
            };
        }

        return (row with { Choices = choices, Prediction = choices.MaxBy(choice => choice.LogLikelihood)!.Text, IsPartial = false }, null);
    }
}
