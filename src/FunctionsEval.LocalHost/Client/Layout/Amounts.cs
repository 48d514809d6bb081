using System.Globalization;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.LocalHost.Client.Layout;

/// <summary>How much of something is done.</summary>
internal static class Amounts
{
    /// <summary>How many of how many, with the share: <c>1,929 of 6,160 (31 %)</c>. What is not all is never 100 %, and what is not nothing
    /// never 0 %.</summary>
    /// <param name="done">How many.</param>
    /// <param name="total">Of how many; null where it is not known.</param>
    /// <param name="isEstimated">Whether the total is an estimate.</param>
    /// <param name="unit">What is counted; null for nothing said.</param>
    public static string Of(long done, long? total, bool isEstimated = false, string? unit = null)
    {
        var what = unit is null ? "" : " " + unit;
        if (total is not { } known)
        {
            return NumberText.Count(done) + what;
        }

        var all = Math.Max(known, done);
        var whole = all == 0 ? 0 : (long)((decimal)done * 100 / all);
        var share = whole == 0 && done > 0 ? "< 1" : whole.ToString(CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{NumberText.Count(done)} of {(isEstimated ? "about " : "")}{NumberText.Count(all)}{what} ({share} %)"
        );
    }

    /// <summary>The time left at a rate: <c>about 2 min 14 s left</c>; null where none can be told.</summary>
    /// <param name="left">How many are left.</param>
    /// <param name="perSecond">How many are done a second.</param>
    public static string? TimeLeft(long? left, double? perSecond) =>
        left is > 0 && perSecond is > 0 && left / perSecond < TimeSpan.MaxValue.TotalSeconds / 2
            ? $"about {Whole(Math.Ceiling(left.Value / perSecond.Value))} left"
            : null;

    /// <summary>A time that is an estimate has no tenths of seconds.</summary>
    private static string Whole(double seconds) =>
        seconds < 10 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s") : NumberText.Duration(TimeSpan.FromSeconds(seconds));
}
