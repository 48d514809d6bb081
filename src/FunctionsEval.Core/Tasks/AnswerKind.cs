namespace FunctionsEval.Core.Tasks;

/// <summary>What a model gives for a sample of a task.</summary>
public enum AnswerKind
{
    /// <summary>A text that it writes.</summary>
    Written,

    /// <summary>The probability of a text that is given.</summary>
    ScoredText,

    /// <summary>The probability of each of the sample's choices.</summary>
    ScoredChoices,
}
