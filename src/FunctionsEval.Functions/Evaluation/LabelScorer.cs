using FunctionsEval.Core.Parsing;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Runs;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// Has each label scored as the continuation of the prompt and of the text before the label in the model's own answer. Sends one request
/// per label.
/// </summary>
internal sealed class LabelScorer(RunPlan plan, string model, SampleRequests requests, ModelCall call)
{
    /// <summary>Scores the labels of an answered sample, starting where an earlier try stopped.</summary>
    /// <param name="answered">The sample's row.</param>
    /// <param name="question">What the model was asked.</param>
    /// <param name="sendNoMore">Stops before a call; one that was sent is paid for and waited for.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>The row; and, when it waits for more, the result of the call that it waits for.</returns>
    public async Task<(EvaluatedSample Row, ModelCallResult? Stopped)> ScoreAsync(
        EvaluatedSample answered,
        ModelRequest question,
        CancellationToken sendNoMore,
        CancellationToken cancellationToken
    )
    {
        // A label after reasoning does not follow the prompt, so its likelihood cannot be requested.
        if (answered.Reasoning is not null || plan.Parser.FindLabelLead(answered.Text ?? "") is not { } lead)
        {
            return (answered with { IsPartial = false }, null);
        }

        var scored = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (label, known) in answered.LabelLogLikelihoods ?? new Dictionary<string, double>())
        {
            scored.Add(label, known);
        }

        foreach (var label in plan.Spec.Labels.Where(label => !scored.ContainsKey(label)))
        {
            var result = await call(model, requests.LabelFor(question, lead, label), sendNoMore, cancellationToken);
            if (result is not ModelCallResult.Answered { Completion: var completion })
            {
                return (answered with { LabelLogLikelihoods = scored, IsPartial = true }, result);
            }

            scored.Add(label, completion.LogProbability ?? 0);
            answered = answered with
            {
                InputTokens = answered.InputTokens + completion.InputTokens,
                CachedInputTokens = answered.CachedInputTokens + completion.CachedInputTokens,
                OutputTokens = answered.OutputTokens + completion.OutputTokens,
                Attempts = answered.Attempts + completion.Attempts,
            };
        }

        var probabilities = LabelLikelihoods.ToProbabilities(
            scored.ToDictionary(label => label.Key, label => (plan.Parser.WriteLabel(label.Key), label.Value))
        );
        return (
            answered with
            {
                LabelProbabilities = probabilities,
                UnresolvedLabelMass = probabilities is null ? null : 0,
                LabelLogLikelihoods = null,
                IsPartial = false,
            },
            null
        );
    }

    /// <summary>The row of a sample whose labels are not all scored. It counts, but not in the metrics of probabilities.</summary>
    public static EvaluatedSample GiveUp(EvaluatedSample row, ModelCallResult.Failed failed) =>
        row with
        {
            LabelLogLikelihoods = null,
            IsPartial = false,
            Attempts = row.Attempts + failed.Attempts,
            InputTokens = row.InputTokens + failed.InputTokens,
            CachedInputTokens = row.CachedInputTokens + failed.CachedInputTokens,
            OutputTokens = row.OutputTokens + failed.OutputTokens,
        };
}
