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

    /// <summary>Tool calls that the model writes, or a text in their place.</summary>
    ToolCalls = 16,

    /// <summary>An answer that is JSON, compared field by field.</summary>
    Fields = 32,

    /// <summary>An answer that is a set of labels.</summary>
    LabelSet = 64,

    /// <summary>An answer that is a number.</summary>
    Number = 128,

    /// <summary>An answer that another one is preferred to, or not.</summary>
    Preference = 256,

    /// <summary>Whatever the model wrote, its length, time and cost: no reference is needed.</summary>
    Response = 512,

    /// <summary>The probabilities of two given answers, of which one is preferred.</summary>
    ScoredPair = 1024,
}
