using System.Text.Json.Serialization;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;

namespace FunctionsEval.Core.Results;

/// <summary>The role of a number in a comparison.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MetricKind>))]
public enum MetricKind
{
    /// <summary>The comparison is decided by it.</summary>
    [JsonStringEnumMemberName("headline")]
    Headline,

    /// <summary>It is over the whole dataset and decides nothing.</summary>
    [JsonStringEnumMemberName("other")]
    Other,

    /// <summary>It is of one class, such as <c>recall[billing]</c>.</summary>
    [JsonStringEnumMemberName("class")]
    Class,

    /// <summary>It is of one slice.</summary>
    [JsonStringEnumMemberName("slice")]
    Slice,
}

/// <summary>What the difference between two numbers says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MetricReading>))]
public enum MetricReading
{
    /// <summary>Chance may explain it.</summary>
    [JsonStringEnumMemberName("no_clear_difference")]
    NoClearDifference,

    /// <summary>A headline number is better.</summary>
    [JsonStringEnumMemberName("better")]
    Better,

    /// <summary>A headline number is worse.</summary>
    [JsonStringEnumMemberName("worse")]
    Worse,

    /// <summary>
    /// A class or a slice differs by more than chance explains, after the correction within its family. Somebody should look at it; it
    /// decides nothing.
    /// </summary>
    [JsonStringEnumMemberName("to_look_at")]
    ToLookAt,
}

/// <summary>The result of a comparison as a whole.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ComparisonDecision>))]
public enum ComparisonDecision
{
    /// <summary>A headline number is worse.</summary>
    [JsonStringEnumMemberName("worse")]
    Worse,

    /// <summary>A headline number is better, and none is worse.</summary>
    [JsonStringEnumMemberName("better")]
    Better,

    /// <summary>Chance may explain the difference of every headline number.</summary>
    [JsonStringEnumMemberName("no_clear_difference")]
    NoClearDifference,

    /// <summary>A headline number has no p-value.</summary>
    [JsonStringEnumMemberName("inconclusive")]
    Inconclusive,
}

/// <summary>
/// Reads a comparison. Its headline numbers decide, together at <see cref="Alpha"/>: Holm's correction over them where there are several.
/// Classes and slices are families, each with Holm's correction of its own: the labels of one number (<c>recall[…]</c>), the slices of one
/// number, the labels of one number over all slices. What stands out there is to be looked at and decides nothing. Everything else is
/// shown.
/// </summary>
public static class MetricReadings
{
    /// <summary>The level at which a difference is said to be more than chance: two-sided, of a family.</summary>
    public const double Alpha = 0.05;

    /// <summary>
    /// The numbers that decide: those that the gate names, and without any the first number of the task's first default metric, or of the
    /// spec's first metric where that one is not asked for.
    /// </summary>
    /// <param name="spec">The spec.</param>
    /// <param name="lines">The numbers there are.</param>
    public static IReadOnlySet<(string Name, string Slice)> Headline(EvaluationSpec spec, IEnumerable<MetricValue> lines)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(lines);
        List<(string Name, string Slice)> known =
        [
            .. lines.Where(line => line.Role == Roles.Candidate).Select(line => (line.Name, line.Slice)),
        ];
        var named = (spec.Gate?.Rules ?? [])
            .OfType<MetricRule>()
            .Select(rule => (rule.Metric, rule.Slice ?? MetricReport.AllSamples))
            .ToHashSet();
        named.IntersectWith(known);
        if (named.Count > 0)
        {
            return named;
        }

        var standard = MetricCatalog.Create(spec.Task, [spec.Task.DefaultMetrics[0]], spec.MetricSettings)[0].Values[0].Name;
        var overall = known.Where(number => number.Slice == MetricReport.AllSamples).ToList();
        var first = overall.Where(number => number.Name == standard).Concat(overall.Where(number => !IsOfClass(number.Name))).Take(1);
        return first.ToHashSet();
    }

    /// <summary>
    /// The same lines with their role in the comparison, the reading of their difference, and p-values corrected within families.
    /// </summary>
    /// <param name="lines">The lines.</param>
    /// <param name="headline">The numbers that decide (<see cref="Headline"/>).</param>
    /// <param name="replicates">Bootstrap replicates behind the p-values.</param>
    /// <param name="decides">Whether a difference may say anything; false where too few samples count.</param>
    public static IReadOnlyList<MetricValue> Apply(
        IReadOnlyList<MetricValue> lines,
        IReadOnlySet<(string Name, string Slice)> headline,
        int replicates,
        bool decides = true
    )
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(headline);
        var read = lines.ToArray();
        var compared = Enumerable.Range(0, read.Length).Where(index => read[index].Role == Roles.Candidate).ToList();
        foreach (var index in compared)
        {
            read[index] = read[index] with { Kind = KindOf(read[index], headline) };
        }

        var headlines = compared.Count(index => read[index] is { Kind: MetricKind.Headline, PValue: not null });
        var adjusted = Holm.AdjustFamilies(read, line => line is { Kind: not null, PValue: not null } ? SingleP(line) : null, FamilyOf);
        foreach (var index in compared.Where(index => adjusted[index] is not null))
        {
            var line = read[index];
            read[index] = line with
            {
                AdjustedPValue =
                    line.Kind == MetricKind.Other || (line.Kind == MetricKind.Headline && headlines == 1)
                        ? line.AdjustedPValue
                        : adjusted[index],
                PValueIsBound = PValueText.IsBound(line.PValue!.Value, line.Test, replicates) ? true : null,
                Reading = decides ? Read(line, adjusted[index]!.Value) : null,
            };
        }

        return read;
    }

    /// <summary>What the headline numbers of lines that <see cref="Apply"/> has read say together.</summary>
    /// <param name="lines">The lines.</param>
    public static ComparisonDecision Decide(IReadOnlyList<MetricValue> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var readings = lines.Where(line => line.Kind == MetricKind.Headline).Select(line => line.Reading).ToList();
        return readings.Contains(MetricReading.Worse) ? ComparisonDecision.Worse
            : readings.Count == 0 || readings.Contains(null) ? ComparisonDecision.Inconclusive
            : readings.Contains(MetricReading.Better) ? ComparisonDecision.Better
            : ComparisonDecision.NoClearDifference;
    }

    /// <summary>A kind's written name.</summary>
    public static string NameOf(MetricKind kind) => EnumNames<MetricKind>.NameOf(kind);

    /// <summary>A reading's written name.</summary>
    public static string NameOf(MetricReading reading) => EnumNames<MetricReading>.NameOf(reading);

    /// <summary>The kind of a written name; null for no name, and for one that is not known.</summary>
    public static MetricKind? FindKind(string? name) => name is not null && EnumNames<MetricKind>.TryGet(name, out var kind) ? kind : null;

    /// <summary>The reading of a written name; null for no name, and for one that is not known.</summary>
    public static MetricReading? FindReading(string? name) =>
        name is not null && EnumNames<MetricReading>.TryGet(name, out var reading) ? reading : null;

    /// <summary>How much better the candidate is; negative where it is worse.</summary>
    /// <param name="line">A line with a difference.</param>
    public static double GainOf(MetricValue line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return (line.Difference ?? 0) * (line.HigherIsBetter ? 1 : -1);
    }

    /// <summary>The role of a number in a comparison.</summary>
    /// <param name="line">The number.</param>
    /// <param name="headline">The numbers that decide (<see cref="Headline"/>).</param>
    internal static MetricKind KindOf(MetricValue line, IReadOnlySet<(string Name, string Slice)> headline) =>
        headline.Contains((line.Name, line.Slice)) ? MetricKind.Headline
        : line.Slice != MetricReport.AllSamples ? MetricKind.Slice
        : IsOfClass(line.Name) ? MetricKind.Class
        : MetricKind.Other;

    private static (MetricKind Kind, string Name) FamilyOf(MetricValue line) =>
        line.Kind switch
        {
            MetricKind.Headline => (MetricKind.Headline, ""),
            MetricKind.Other => (MetricKind.Other, line.Name),
            var kind => (
                kind!.Value,
                IsOfClass(line.Name) ? line.Name[..line.Name.IndexOf('[', StringComparison.Ordinal)] + "[]" : line.Name
            ),
        };

    /// <summary>A slice that the gate names was one of its number's slices before it was a headline.</summary>
    private static double SingleP(MetricValue line) =>
        (line.Kind == MetricKind.Headline ? line.AdjustedPValue : null) ?? line.PValue!.Value;

    /// <summary>What a difference says by a corrected p-value; null for a number that decides nothing.</summary>
    /// <param name="line">The number; its kind is set.</param>
    /// <param name="p">The p-value.</param>
    internal static MetricReading? Read(MetricValue line, double p) =>
        line.Kind switch
        {
            MetricKind.Other => null,
            _ when p > Alpha || GainOf(line) == 0 => MetricReading.NoClearDifference,
            MetricKind.Headline => GainOf(line) > 0 ? MetricReading.Better : MetricReading.Worse,
            _ => MetricReading.ToLookAt,
        };

    private static bool IsOfClass(string name) => name.EndsWith(']') && name.Contains('[', StringComparison.Ordinal);
}
