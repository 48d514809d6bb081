namespace FunctionsEval.Core.Metrics.MultipleChoice;

/// <summary>One choice of a question as a model rates it.</summary>
/// <param name="Text">The choice.</param>
/// <param name="LogLikelihood">ln P(choice | question).</param>
/// <param name="IsGreedy">Whether the choice is what greedy decoding yields.</param>
/// <param name="IsGold">Whether the choice is right.</param>
public sealed record ChoiceLikelihood(string Text, double LogLikelihood, bool IsGreedy, bool IsGold)
{
    /// <summary>Tokens that <see cref="LogLikelihood"/> is summed over; 0 where that is not known.</summary>
    public int Tokens { get; init; }
}
