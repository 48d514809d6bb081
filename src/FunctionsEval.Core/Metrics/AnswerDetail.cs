namespace FunctionsEval.Core.Metrics;

/// <summary>What a metric needs of an answer beyond its text.</summary>
[Flags]
public enum AnswerDetail
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The log probabilities of the answer's tokens.</summary>
    LogProbabilities = 1,

    /// <summary>The probability of every label, from the likeliest alternatives of each token.</summary>
    LabelProbabilities = 2,

    /// <summary>The time that it took.</summary>
    Latency = 4,

    /// <summary>What it cost.</summary>
    Cost = 8,
}
