using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>What got worse, and what is weak: classes by recall, or by F1 where there is none, and slices of the headline numbers.</summary>
/// <param name="facts">What the run found.</param>
/// <param name="headline">Its headline numbers.</param>
internal sealed class OverviewChanges(OverviewFacts facts, IReadOnlyList<HeadlineNumber> headline)
{
    /// <summary>A slice or class with fewer samples is weak by chance.</summary>
    private const int MinWeakSamples = 5;

    private readonly HashSet<string> _headlineNames = [.. headline.Select(number => number.Name)];

    /// <summary>The classes and slices that are worse than the baseline's, the most samples lost first; null without a baseline.</summary>
    public IReadOnlyList<OverviewChange>? AgainstBaseline() =>
        facts.BaselineName is null
            ? null
            : Sort(
                Classes(line => line.Difference is not null)
                    .Concat(Slices())
                    .Where(line => line.Difference is not null && MetricReadings.GainOf(line) < 0)
                    .Select(line => From(MetricComparison.From(line, facts.FindBaseline(line)?.Value), line.Samples))
            );

    /// <summary>What got clearly worse than in the previous run, the most samples lost first.</summary>
    /// <param name="previous">The comparison with it.</param>
    public IReadOnlyList<OverviewChange> AgainstPrevious(PreviousSummary previous)
    {
        var samples = facts
            .Candidate.GroupBy(line => (line.Name, line.Slice))
            .ToDictionary(same => same.Key, same => (long?)same.First().Samples);
        return Sort(Once(previous.Fell).Select(number => From(number, samples.GetValueOrDefault((number.Name, number.Slice)))));
    }

    /// <summary>A class by its recall rather than by recall and F1, and over all samples rather than in each slice too.</summary>
    private static IEnumerable<MetricComparison> Once(IReadOnlyList<MetricComparison> fell)
    {
        var numbers = fell.Select(number => (Number: number, Words: MetricWords.Find(number.Name))).ToList();
        var whole = numbers.Where(number => number.Number.Slice == SliceNames.All).Select(number => number.Words.Subject).ToHashSet();
        return numbers
            .Where(number => number.Number.Slice == SliceNames.All || number.Words.Subject is null || !whole.Contains(number.Words.Subject))
            .GroupBy(number =>
                (number.Words.Subject, number.Number.Slice, Family: RankOf(number.Words.Metric, false)?.Family ?? number.Number.Name)
            )
            .Select(same => same.MinBy(number => RankOf(number.Words.Metric, false)?.Place ?? 0).Number);
    }

    /// <summary>The slices and classes with the lowest numbers, worst first, slices before classes.</summary>
    public IReadOnlyList<WeakNumber> Weakest()
    {
        var first = headline.Count > 0 ? headline[0] : null;
        var slices = facts
            .Candidate.Where(line => first is not null && line.Name == first.Name && line.Slice is not SliceNames.All)
            .Where(line => line.Value is { } value && line.Samples >= MinWeakSamples && IsWorse(value, first!));
        var classes = Classes(line => line.Value is not null, preferF: true)
            .Where(line => line.Value < 1 && (SupportOf(line) ?? MinWeakSamples) >= MinWeakSamples);
        return [.. Worst(slices), .. Worst(classes)];
    }

    /// <summary>The slices first, then as many classes as there is room for.</summary>
    /// <param name="weak">All of <see cref="Weakest"/>.</param>
    public static IReadOnlyList<WeakNumber> Take(IReadOnlyList<WeakNumber> weak) =>
        [
            .. weak.Where(number => number.Kind == "slice").Take(RunOverview.MaxWeakest / 2),
            .. weak.Where(number => number.Kind == "class").Take(RunOverview.MaxWeakest / 2),
        ];

    private static bool IsWorse(double value, HeadlineNumber than) =>
        than.Candidate.Value is { } overall && (than.HigherIsBetter ? value < overall : value > overall);

    private IEnumerable<WeakNumber> Worst(IEnumerable<MetricValue> lines) =>
        lines
            .OrderBy(line => line.HigherIsBetter ? line.Value : -line.Value)
            .ThenBy(line => line.Name, StringComparer.Ordinal)
            .ThenBy(line => line.Slice, StringComparer.Ordinal)
            .Select(line =>
            {
                var words = MetricWords.Find(line.Name);
                var isSlice = line.Slice != SliceNames.All;
                return new WeakNumber
                {
                    Kind = MetricWords.GroupOf(line.Name, line.Slice),
                    Metric = words.Metric,
                    Subject = isSlice ? line.Slice : words.Subject!,
                    Name = line.Name,
                    Slice = line.Slice,
                    Label = words.In(line.Slice),
                    Value = line.Value!.Value,
                    Text = facts.TextOf(words).Value(line.Value.Value, line.Lower, line.Upper),
                    Samples =
                        !isSlice ? SupportOf(line)
                        : words.Subject is null ? line.Samples
                        : null,
                    Filter = FilterOf(words, line.Slice),
                };
            });

    /// <summary>A number of each class over all samples: its recall, else its F1, or the other way round.</summary>
    private IEnumerable<MetricValue> Classes(Func<MetricValue, bool> isKnown, bool preferF = false) =>
        facts
            .Candidate.Where(line => line.Slice == SliceNames.All && isKnown(line))
            .Select(line => (Line: line, Words: MetricWords.Find(line.Name)))
            .Where(number => number.Words.Subject is not null)
            .Select(number => (number.Line, number.Words, Rank: RankOf(number.Words.Metric, preferF)))
            .Where(number => number.Rank is not null)
            .GroupBy(number => (number.Rank!.Value.Family, number.Words.Subject))
            .Select(same => same.MinBy(number => number.Rank!.Value.Place).Line);

    /// <summary>What stands before <c>recall</c> or <c>f1</c> in a name, and which of the two goes first; null for any other number.</summary>
    private static (string Family, int Place)? RankOf(string metric, bool preferF) =>
        metric.StartsWith("lenient_", StringComparison.Ordinal) ? null
        : metric.EndsWith("recall", StringComparison.Ordinal) ? (metric[..^"recall".Length], preferF ? 1 : 0)
        : metric.Length >= 2 && metric[^2] == 'f' && char.IsAsciiDigit(metric[^1]) ? (metric[..^2], preferF ? 0 : 1)
        : null;

    private IEnumerable<MetricValue> Slices() =>
        facts.Candidate.Where(line => line.Slice != SliceNames.All && _headlineNames.Contains(line.Name));

    private OverviewChange From(MetricComparison number, long? samples)
    {
        var words = MetricWords.Find(number.Name);
        var text = facts.TextOf(words);
        var kind = MetricWords.GroupOf(number.Name, number.Slice);
        // A class within a slice has some of the slice's samples, and nobody counted which.
        var of =
            kind == "class" ? SupportOf(words.Subject)
            : words.Subject is null ? samples
            : null;
        var loss = -(number.Difference ?? 0) * (number.HigherIsBetter ? 1 : -1);
        return new OverviewChange
        {
            Kind = kind,
            Metric = words.Metric,
            Subject =
                kind == "slice" ? number.Slice
                : kind == "class" ? words.Subject
                : null,
            Name = number.Name,
            Slice = number.Slice,
            Label = words.In(number.Slice),
            From = Side(text, number.Left, number),
            To = Side(text, number.Right, number),
            Difference = FigureTexts.Difference(text, number) ?? new DifferenceFigure("undefined"),
            Samples = of,
            Damage =
                number is { Gained: { } gained, Lost: { } lost } ? lost - gained
                : words.Unit == MetricUnit.Share && of is { } count ? loss * count
                : null,
            IsClear = number.Reading is MetricReading.Worse or MetricReading.ToLookAt,
            Filter = FilterOf(words, number.Slice),
        };
    }

    private static NumberFigure Side(NumberText text, double? value, MetricComparison number) =>
        FigureTexts.Figure(
            text,
            value,
            null,
            null,
            number.Left is { } left && number.Right is { } right ? [left == value ? right : left] : []
        );

    private static IReadOnlyList<OverviewChange> Sort(IEnumerable<OverviewChange> changes) =>
        [
            .. changes
                .OrderByDescending(change => change.Damage ?? double.NegativeInfinity)
                .ThenByDescending(change => change.IsClear)
                .ThenByDescending(change => Math.Abs(change.Difference.Value ?? 0))
                .ThenBy(change => change.Name, StringComparer.Ordinal)
                .ThenBy(change => change.Slice, StringComparer.Ordinal),
        ];

    private long? SupportOf(MetricValue line) => SupportOf(MetricWords.Find(line.Name).Subject);

    private long? SupportOf(string? subject) => subject is not null && facts.Support.TryGetValue(subject, out var samples) ? samples : null;

    /// <summary>The query of the samples of a class or slice; null where the samples view cannot ask for them.</summary>
    private Dictionary<string, string>? FilterOf(MetricWords words, string slice)
    {
        var filter = new Dictionary<string, string>(StringComparer.Ordinal);
        if (slice != SliceNames.All)
        {
            if (SliceNames.Reserved.Any(tag => slice.StartsWith(tag + "=", StringComparison.Ordinal)))
            {
                return null;
            }

            filter["tag"] = slice;
        }

        if (words.Subject is { } subject && facts.Support.ContainsKey(subject))
        {
            filter["label"] = subject;
        }

        return filter.Count > 0 ? filter : null;
    }
}
