namespace FunctionsEval.Core.Metrics;

/// <summary>The part of an evaluated sample that a metric measures. A metric fits a task that has its subject.</summary>
[Flags]
public enum MetricSubjects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An answer that is one of a closed list of labels.</summary>
    Label = 1,

    /// <summary>An answer that the model wrote.</summary>
    Answer = 2,

    /// <summary>The probability of a given text.</summary>
    ScoredText = 4,

    /// <summary>The probabilities of given choices.</summary>
    ScoredChoices = 8,
}
