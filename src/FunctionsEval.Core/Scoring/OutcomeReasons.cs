namespace FunctionsEval.Core.Scoring;

/// <summary>Why samples do not count in the metrics.</summary>
/// <param name="Outcome">Their outcome.</param>
/// <param name="Code">The reason's code: the endpoint's own, or the app's.</param>
/// <param name="Count">How many samples.</param>
/// <param name="Line">Physical line of the first of them, from 1.</param>
/// <param name="Text">Why the first of them does not count: the code and a sentence without row text.</param>
public sealed record OutcomeReason(Outcome Outcome, string Code, long Count, int Line, string Text);

/// <summary>
/// Counts why samples do not count in the metrics, by outcome and code. The same in whatever order samples come. Not safe for use by
/// several threads at once.
/// </summary>
public sealed class OutcomeReasons
{
    private const int MaxTextLength = 500;

    /// <summary>Codes may be the endpoint's own, and as many as there are samples: the most frequent ones are kept.</summary>
    private const int MaxCodesPerOutcome = 20;

    private readonly SortedDictionary<(Outcome Outcome, string Code), OutcomeReason> _reasons = new(
        Comparer<(Outcome Outcome, string Code)>.Create(
            (left, right) =>
                left.Outcome != right.Outcome ? left.Outcome.CompareTo(right.Outcome) : string.CompareOrdinal(left.Code, right.Code)
        )
    );

    /// <summary>Adds a sample; one that counts adds nothing.</summary>
    public void Add(EvaluatedSample row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.IsMeasured)
        {
            return;
        }

        var text = row.Reason ?? "";
        Add(
            new OutcomeReason(
                row.Outcome,
                text.Split(':')[0],
                1,
                row.Line,
                text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…"
            )
        );
    }

    /// <summary>Adds other counts.</summary>
    /// <param name="reasons">The reasons.</param>
    /// <param name="linesBefore">Physical lines of the dataset before those that were counted.</param>
    public void Add(IEnumerable<OutcomeReason> reasons, long linesBefore = 0)
    {
        ArgumentNullException.ThrowIfNull(reasons);
        foreach (var reason in reasons)
        {
            Add(reason with { Line = reason.Line + (int)linesBefore });
        }
    }

    /// <summary>The reasons by outcome, the most frequent first; at most 20 of each outcome.</summary>
    public IReadOnlyList<OutcomeReason> ToList() =>
        [
            .. _reasons
                .Values.GroupBy(reason => reason.Outcome)
                .SelectMany(outcome => outcome.OrderByDescending(reason => reason.Count).Take(MaxCodesPerOutcome)),
        ];

    /// <summary>The most frequent reason of an outcome; null when there is none.</summary>
    public OutcomeReason? MostFrequent(Outcome outcome) =>
        _reasons.Values.Where(reason => reason.Outcome == outcome).MaxBy(reason => reason.Count);

    /// <summary>The reason of the first sample with an outcome; null when there is none.</summary>
    public OutcomeReason? First(Outcome outcome) => _reasons.Values.Where(reason => reason.Outcome == outcome).MinBy(reason => reason.Line);

    private void Add(OutcomeReason reason)
    {
        if (!_reasons.TryGetValue((reason.Outcome, reason.Code), out var known))
        {
            known = reason with { Count = 0 };
        }

        var first = reason.Line < known.Line ? reason : known;
        _reasons[(reason.Outcome, reason.Code)] = first with { Count = known.Count + reason.Count };
    }
}
