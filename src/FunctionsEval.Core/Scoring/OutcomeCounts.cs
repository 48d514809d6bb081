using System.Text.Json.Serialization;

namespace FunctionsEval.Core.Scoring;

/// <summary>How many samples had which outcome. Adding is exact and in any order the same.</summary>
public sealed record OutcomeCounts
{
    /// <summary>Samples with <see cref="Outcome.Scored"/>.</summary>
    public long Scored { get; init; }

    /// <summary>Samples with <see cref="Outcome.Unparsable"/>.</summary>
    public long Unparsable { get; init; }

    /// <summary>Samples with <see cref="Outcome.ContentFiltered"/>.</summary>
    public long ContentFiltered { get; init; }

    /// <summary>Samples with <see cref="Outcome.Rejected"/>.</summary>
    public long Rejected { get; init; }

    /// <summary>Samples with <see cref="Outcome.Truncated"/>.</summary>
    public long Truncated { get; init; }

    /// <summary>Samples with <see cref="Outcome.TimedOut"/>.</summary>
    public long TimedOut { get; init; }

    /// <summary>Samples with <see cref="Outcome.Exhausted"/>.</summary>
    public long Exhausted { get; init; }

    /// <summary>Rows with <see cref="Outcome.MalformedSample"/>.</summary>
    public long MalformedSample { get; init; }

    /// <summary>Samples with <see cref="Outcome.TooLongToScore"/>.</summary>
    public long TooLongToScore { get; init; }

    /// <summary>Samples with <see cref="Outcome.ReasoningExhausted"/>.</summary>
    public long ReasoningExhausted { get; init; }

    /// <summary>All rows.</summary>
    [JsonIgnore]
    public long Total =>
        Scored
        + Unparsable
        + ContentFiltered
        + Rejected
        + Truncated
        + TimedOut
        + Exhausted
        + MalformedSample
        + TooLongToScore
        + ReasoningExhausted;

    /// <summary>Rows that count in the metrics: scored, or unparsable and so wrong.</summary>
    [JsonIgnore]
    public long Counted => Scored + Unparsable;

    /// <summary>Share of rows that the model answered, scored or unparsable, of all rows; NaN when there is none.</summary>
    [JsonIgnore]
    public double Coverage => Total == 0 ? double.NaN : (double)Counted / Total;

    /// <summary>Share of answers that do not parse of all answers that count; 0 when there is none.</summary>
    [JsonIgnore]
    public double UnparsableShare => Counted == 0 ? 0 : (double)Unparsable / Counted;

    /// <summary>Share of malformed rows of all rows; 0 when there is none.</summary>
    [JsonIgnore]
    public double MalformedShare => Total == 0 ? 0 : (double)MalformedSample / Total;

    /// <summary>The count of one outcome.</summary>
    public long this[Outcome outcome] =>
        outcome switch
        {
            Outcome.Scored => Scored,
            Outcome.Unparsable => Unparsable,
            Outcome.ContentFiltered => ContentFiltered,
            Outcome.Rejected => Rejected,
            Outcome.Truncated => Truncated,
            Outcome.TimedOut => TimedOut,
            Outcome.Exhausted => Exhausted,
            Outcome.MalformedSample => MalformedSample,
            Outcome.TooLongToScore => TooLongToScore,
            Outcome.ReasoningExhausted => ReasoningExhausted,
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };

    /// <summary>These counts with <paramref name="count"/> more of one outcome.</summary>
    public OutcomeCounts With(Outcome outcome, long count = 1) =>
        outcome switch
        {
            Outcome.Scored => this with { Scored = Scored + count },
            Outcome.Unparsable => this with { Unparsable = Unparsable + count },
            Outcome.ContentFiltered => this with { ContentFiltered = ContentFiltered + count },
            Outcome.Rejected => this with { Rejected = Rejected + count },
            Outcome.Truncated => this with { Truncated = Truncated + count },
            Outcome.TimedOut => this with { TimedOut = TimedOut + count },
            Outcome.Exhausted => this with { Exhausted = Exhausted + count },
            Outcome.MalformedSample => this with { MalformedSample = MalformedSample + count },
            Outcome.TooLongToScore => this with { TooLongToScore = TooLongToScore + count },
            Outcome.ReasoningExhausted => this with { ReasoningExhausted = ReasoningExhausted + count },
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        };

    /// <summary>The sum of two counts.</summary>
    public OutcomeCounts Add(OutcomeCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new OutcomeCounts
        {
            Scored = Scored + other.Scored,
            Unparsable = Unparsable + other.Unparsable,
            ContentFiltered = ContentFiltered + other.ContentFiltered,
            Rejected = Rejected + other.Rejected,
            Truncated = Truncated + other.Truncated,
            TimedOut = TimedOut + other.TimedOut,
            Exhausted = Exhausted + other.Exhausted,
            MalformedSample = MalformedSample + other.MalformedSample,
            TooLongToScore = TooLongToScore + other.TooLongToScore,
            ReasoningExhausted = ReasoningExhausted + other.ReasoningExhausted,
        };
    }

    /// <summary>The sum of two counts.</summary>
    public static OutcomeCounts operator +(OutcomeCounts left, OutcomeCounts right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.Add(right);
    }
}
