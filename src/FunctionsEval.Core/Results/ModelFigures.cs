using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results;

/// <summary>The figures of one model of a run, apart from its metrics. A member is null until it is known.</summary>
public sealed record ModelFigures
{
    /// <summary>How many samples had which outcome; null before the run is summed up.</summary>
    public OutcomeCounts? Outcomes { get; init; }

    /// <summary>Share of samples that count in the metrics, 0 to 1; null without a sample.</summary>
    public double? Coverage { get; init; }

    /// <summary>Share of the answers that count which do not parse, 0 to 1.</summary>
    public double? UnparsableRate { get; init; }

    /// <summary>Tokens of the prompts.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Of the prompts' tokens those that the endpoint took from its cache; null for none, and where it does not say.</summary>
    public long? CachedInputTokens { get; init; }

    /// <summary>Tokens of the answers.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>What the calls cost, in the currency of the model's prices; null without prices.</summary>
    public double? Cost { get; init; }

    /// <summary>Requests that were sent, repeated ones included.</summary>
    public long? Requests { get; init; }

    /// <summary>Median time to an answer, ms; null without an answer.</summary>
    public double? LatencyMsP50 { get; init; }

    /// <summary>95th percentile of the time to an answer, ms; null without an answer.</summary>
    public double? LatencyMsP95 { get; init; }

    /// <summary>99th percentile of the time to an answer, ms; null without an answer.</summary>
    public double? LatencyMsP99 { get; init; }

    /// <summary>Median time to the first token, ms; null where no answer was streamed.</summary>
    public double? TimeToFirstTokenMsP50 { get; init; }

    /// <summary>95th percentile of the time to the first token, ms; null where no answer was streamed.</summary>
    public double? TimeToFirstTokenMsP95 { get; init; }

    /// <summary>99th percentile of the time to the first token, ms; null where no answer was streamed.</summary>
    public double? TimeToFirstTokenMsP99 { get; init; }

    /// <summary>Median tokens a second after the first one; null where no streamed answer has a token count.</summary>
    public double? TokensPerSecondP50 { get; init; }

    /// <summary>5th percentile of the tokens a second after the first one; null where no streamed answer has a token count.</summary>
    public double? TokensPerSecondP5 { get; init; }

    /// <summary>The models that answered, in the endpoint's words, the most frequent first; null where it does not say.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>The configurations of the servers that answered, the most frequent first; null where the endpoint does not say.</summary>
    public string? SystemFingerprints { get; init; }

    /// <summary>
    /// The routes on which the endpoint answered, with their versions, the most frequent first; null where its API has only one.
    /// </summary>
    public string? Routes { get; init; }

    /// <summary>
    /// The deployments that answered in place of the one that was asked (spillover), the most frequent first; null for none.
    /// </summary>
    public string? OtherDeployments { get; init; }

    /// <summary>What the spec asks for and the endpoint does not take; null for nothing.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Answers with reasoning; null for none.</summary>
    public long? ReasoningSamples { get; init; }

    /// <summary>UTF-16 units of the reasoning; null for none.</summary>
    public long? ReasoningCharacters { get; init; }

    /// <summary>Tokens of the reasoning, as far as the endpoint counts them; null for none.</summary>
    public long? ReasoningTokens { get; init; }
}
