using System.Text.Json.Serialization;

namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Amounts (milliseconds, tokens) in geometric buckets 5 % wide, from 0.1: mergeable, and within 2.5 % of the exact percentile.
/// </summary>
internal sealed class GeometricHistogram
{
    private const double Smallest = 0.1;
    private static readonly double LogWidth = Math.Log(1.05);

    /// <summary>Bucket → count; bucket b holds amounts in [0.1 × 1.05^b, 0.1 × 1.05^(b+1)), bucket 0 also smaller ones.</summary>
    [JsonInclude]
    public SortedDictionary<int, long> Buckets { get; private init; } = [];

    public void Add(double amount)
    {
        var bucket = amount <= Smallest ? 0 : (int)(Math.Log(amount / Smallest) / LogWidth);
        Buckets[bucket] = Buckets.GetValueOrDefault(bucket) + 1;
    }

    public void Merge(GeometricHistogram other)
    {
        foreach (var (bucket, count) in other.Buckets)
        {
            Buckets[bucket] = Buckets.GetValueOrDefault(bucket) + count;
        }
    }

    /// <summary>Where a bucket begins.</summary>
    public static double LowerEdge(int bucket) => bucket <= 0 ? 0 : Smallest * Math.Exp(bucket * LogWidth);

    /// <summary>
    /// The given quantile (the middle of its bucket, to the three digits that its width allows); null when nothing was added.
    /// </summary>
    /// <param name="quantile">0 to 1.</param>
    public double? Quantile(double quantile)
    {
        var total = Buckets.Values.Sum();
        if (total == 0)
        {
            return null;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(quantile * total));
        long seen = 0;
        foreach (var (bucket, count) in Buckets)
        {
            seen += count;
            if (seen >= rank)
            {
                return ToThreeDigits(Smallest * Math.Exp((bucket + 0.5) * LogWidth));
            }
        }

        return null;
    }

    private static double ToThreeDigits(double amount)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(amount)) - 2);
        return unit >= 1 ? Math.Round(amount / unit) * unit : Math.Round(amount, (int)-Math.Log10(unit));
    }
}
