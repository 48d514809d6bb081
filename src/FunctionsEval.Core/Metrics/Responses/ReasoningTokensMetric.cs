using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Metrics.Responses;

/// <summary>
/// Mean tokens of reasoning, as the endpoint counts them; 0 for an answer without reasoning. An answer whose reasoning the endpoint shows
/// and does not count is not measured.
/// </summary>
internal sealed class ReasoningTokensMetric() : ResponseMetric("reasoning_tokens")
{
    /// <summary>The metric as specs ask for it.</summary>
    public static MetricDefinition Definition { get; } =
        new("reasoning_tokens", MetricSubjects.Response, (_, _) => new ReasoningTokensMetric())
        {
            ReadsAnswer = false,
            NeedsReference = false,
            Numbers = [new("reasoning_tokens", MetricUnit.Tokens, "Reasoning")],
        };

    /// <inheritdoc/>
    public override string Name => "reasoning_tokens";

    /// <inheritdoc/>
    public override string Signature => "counted_by:endpoint";

    /// <inheritdoc/>
    public override void Measure(MetricSample sample, Span<long> statistic)
    {
        if (sample.ReasoningTokens is { } tokens)
        {
            statistic[Measured] = 1;
            statistic[FirstOwn] = tokens;
        }
    }
}
