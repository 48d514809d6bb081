using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>A headline number in one sentence.</summary>
internal static class HeadlineSentence
{
    /// <summary>The sentence: <c>Accuracy 92.3 %, 79.2 points better than base (77.7 to 80.7), p &lt; 0.001</c>.</summary>
    /// <param name="number">The number.</param>
    /// <param name="text">How it is written.</param>
    /// <param name="baseline">The baseline's name; null for none.</param>
    public static string From(HeadlineNumber number, NumberText text, string? baseline)
    {
        if (number.Candidate.Value is null)
        {
            return $"{number.Label} is {number.Candidate.Text}";
        }

        var value = $"{number.Label} {number.Candidate.Text}";
        if (number.Difference is { Value: { } difference } figure && baseline is not null)
        {
            return $"{value}, {Compared(number, figure, difference, text, baseline)}{(figure.PText is { } p ? $", {p}" : "")}";
        }

        return number.Candidate.IntervalText is { } interval ? $"{value} ({interval})"
            : number.NoInterval is { } none ? $"{value} (no interval: {none})"
            : value;
    }

    private static string Compared(HeadlineNumber number, DifferenceFigure figure, double difference, NumberText text, string baseline)
    {
        if (figure.Reading == MetricReading.NoClearDifference || difference == 0)
        {
            return $"no clear change from {baseline}: {figure.Text}{In(figure.IntervalText)}";
        }

        var gains = difference > 0 == number.HigherIsBetter;
        var amount = text.Amount(Math.Abs(difference), figure.Lower, figure.Upper);
        // The interval is of how much better, or of how much worse.
        var interval =
            figure is not { Lower: { } lower, Upper: { } upper } ? null
            : difference > 0 ? text.Bounds(lower, upper)
            : text.Bounds(-upper, -lower);
        return $"{amount} {(gains ? "better" : "worse")} than {baseline}{In(interval)}";
    }

    private static string In(string? interval) => interval is null ? "" : $" ({interval})";
}
