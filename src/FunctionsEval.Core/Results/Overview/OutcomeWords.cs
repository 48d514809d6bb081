using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>What people read for an outcome.</summary>
public static class OutcomeWords
{
    /// <summary>The words for an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    public static string LabelOf(Outcome outcome) =>
        outcome switch
        {
            Outcome.Scored => "answered",
            Outcome.Unparsable => "unreadable answer",
            Outcome.ContentFiltered => "stopped by a content filter",
            Outcome.Rejected => "refused by the endpoint",
            Outcome.Truncated => "cut off",
            Outcome.TimedOut => "timed out",
            Outcome.Exhausted => "no answer after all attempts",
            Outcome.MalformedSample => "invalid row",
            Outcome.TooLongToScore => "too long to score",
            Outcome.ReasoningExhausted => "no answer left after reasoning",
            _ => OutcomeNames.NameOf(outcome).Replace('_', ' '),
        };

    /// <summary>The words for an outcome's written name; the name itself where this version does not know it.</summary>
    /// <param name="name">The name.</param>
    public static string LabelOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return OutcomeNames.All.TryGetValue(name, out var outcome) ? LabelOf(outcome) : name.Replace('_', ' ');
    }
}
