namespace FunctionsEval.Core.Metrics;

/// <summary>What the samples of a task hold for metrics to measure. A metric measures one of these; a task's samples may hold several.</summary>
[Flags]
public enum SampleContent
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A true label and a predicted one, of a closed list.</summary>
    Label = 1,

    /// <summary>An answer as text, and the references it is compared with.</summary>
    Answer = 2,

    /// <summary>The probability that the model gives the reference text.</summary>
    TextProbability = 4,

    /// <summary>The likelihoods of a question's choices.</summary>
    Choices = 8,
}
