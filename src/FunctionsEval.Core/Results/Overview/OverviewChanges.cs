using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>
/// What got worse, and what is weak: classes by recall, or by F1 where there is none, and slices of the headline numbers.
/// </summary>
/// <param name="facts">What the run found.</param>
/// <param name="headline">Its headline numbers.</param>
internal sealed class OverviewChanges(OverviewFacts facts, IReadOnlyList<HeadlineNumber> headline)
{
    /// <summary>A slice or class with fewer samples is weak by chance.</summary>
    private const int MinWeakSamples = 5;

    private const string Lenient = "lenient_";

    private readonly List<string> _headlineNames = [.. headline.Select(number => number.Name)];

    /// <summary>The classes and slices that are worse than the baseline's, the most samples lost first; null without a baseline.</summary>
    public IReadOnlyList<OverviewChange>? AgainstBaseline() =>
        facts.BaselineName is null
            ? null
            : Sort(
                Classes(line => line.Difference is not null)
                    .Concat(Slices())
                    .Where(line => line.Difference is not null && MetricReadings.GainOf(line) < 0)
                    .Select(line => (MetricComparison.From(line, facts.FindBaseline(line)?.Value), (long?)line.Samples))
            );

    /// <summary>What got clearly worse than in the previous run, the most samples lost first.</summary>
    /// <param name="previous">The comparison with it.</param>
    public IReadOnlyList<OverviewChange> AgainstPrevious(PreviousSummary previous)
    {
        var samples = facts
            .Candidate.GroupBy(line => (line.Name, line.Slice))
            .ToDictionary(same => same.Key, same => (long?)same.First().Samples);
        return Sort(previous.Fell.Select(number => (number, samples.GetValueOrDefault((number.Name, number.Slice)))));
    }

    /// <summary>The slices and classes with the lowest numbers, worst first, slices before classes.</summary>
    public IReadOnlyList<WeakNumber> Weakest()
    {
        var first = headline.Count > 0 ? headline[0] : null;
        var slices = facts
            .Candidate.Where(line => first is not null && line.Name == first.Name && line.Slice is not SliceNames.All)
            .Where(line => line.Value is { } value && line.Samples >= MinWeakSamples && IsWorse(value, first!));
        var classes = Classes(line => line.Value is not null, preferF: true)
            .Where(line =>
                line.Value < 1 && (SupportOf(MetricWords.Find(line.Name).Subject!, line.Slice) ?? MinWeakSamples) >= MinWeakSamples
            );
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
                return new WeakNumber
                {
                    Kind = MetricWords.GroupOf(line.Name, line.Slice),
                    Metric = words.Metric,
                    Subject = SubjectOf(words, line.Slice)!,
                    Name = line.Name,
                    Slice = line.Slice,
                    Label = words.In(line.Slice),
                    Value = line.Value!.Value,
                    Text = facts.TextOf(words).Value(line.Value.Value, line.Lower, line.Upper),
                    Samples = words.Subject is { } label ? SupportOf(label, line.Slice) : line.Samples,
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

    /// <summary>
    /// What stands before <c>recall</c> or <c>f1</c> in a name, and which of the two goes first; null for any other number.
    /// </summary>
    private static (string Family, int Place)? RankOf(string metric, bool preferF) =>
        metric.StartsWith(Lenient, StringComparison.Ordinal) ? null
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
        // The samples of a class within a slice are not those of the slice.
        var of = words.Subject is { } label ? SupportOf(label, number.Slice) : samples;
        var loss = -(number.Difference ?? 0) * (number.HigherIsBetter ? 1 : -1);
        return new OverviewChange
        {
            Kind = kind,
            Metric = words.Metric,
            Subject = SubjectOf(words, number.Slice),
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
            IsClear = IsClear(number),
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

    private static bool IsClear(MetricComparison number) => number.Reading is MetricReading.Worse or MetricReading.ToLookAt;

    /// <summary>The class, the slice, or the class within the slice; null for a number over all samples.</summary>
    private static string? SubjectOf(MetricWords words, string slice) =>
        slice == SliceNames.All ? words.Subject
        : words.Subject is null ? slice
        : $"{words.Subject} in {slice}";

    /// <summary>
    /// A line a class and one a slice. A class within a slice is left out where the class fell as clearly over all samples: each sample has
    /// a value of every tag, so that it would be named once a tag.
    /// </summary>
    private IEnumerable<(MetricComparison Number, long? Samples)> OncePerSubject(IEnumerable<(MetricComparison Number, long? Samples)> fell)
    {
        var ranked = fell.Select(change => (Change: change, Words: MetricWords.Find(change.Number.Name)))
            .Select(change => (change.Change, change.Words, Rank: RankOf(change.Words, change.Change.Number.Slice)))
            .ToList();
        var classes = ranked
            .Where(change => change.Change.Number.Slice == SliceNames.All && change.Words.Subject is not null)
            .Select(change => (change.Rank.Family, change.Words.Subject, IsClear(change.Change.Number)))
            .ToHashSet();
        return ranked
            .Where(change =>
                change.Change.Number.Slice == SliceNames.All
                || change.Words.Subject is not { } subject
                || !(
                    classes.Contains((change.Rank.Family, subject, true))
                    || (!IsClear(change.Change.Number) && classes.Contains((change.Rank.Family, subject, false)))
                )
            )
            .GroupBy(change => (change.Change.Number.Slice, change.Rank.Family, change.Words.Subject))
            .Select(same =>
                same.OrderBy(change => IsClear(change.Change.Number) ? 0 : 1).ThenBy(change => change.Rank.Place).First().Change
            );
    }

    /// <summary>What numbers of one class or slice have in common, and which of them goes first.</summary>
    private (string Family, int Place) RankOf(MetricWords words, string slice)
    {
        if (words.Subject is null)
        {
            var place = _headlineNames.IndexOf(words.Name);
            return slice == SliceNames.All ? (words.Name, 0) : ("", place < 0 ? _headlineNames.Count : place);
        }

        var isLenient = words.Metric.StartsWith(Lenient, StringComparison.Ordinal);
        var metric = isLenient ? words.Metric[Lenient.Length..] : words.Metric;
        var (family, order) =
            RankOf(metric, preferF: false)
            ?? (metric.EndsWith("precision", StringComparison.Ordinal) ? (metric[..^"precision".Length], 2) : (metric, 0));
        return (family, isLenient ? order + 3 : order);
    }

    private IReadOnlyList<OverviewChange> Sort(IEnumerable<(MetricComparison Number, long? Samples)> changes) =>
        [
            .. OncePerSubject(changes)
                .Select(change => From(change.Number, change.Samples))
                .OrderByDescending(change => change.Damage ?? double.NegativeInfinity)
                .ThenByDescending(change => change.IsClear)
                .ThenByDescending(change => Math.Abs(change.Difference.Value ?? 0))
                .ThenBy(change => change.Name, StringComparer.Ordinal)
                .ThenBy(change => change.Slice, StringComparer.Ordinal),
        ];

    private long? SupportOf(string subject, string slice) => facts.SupportIn(slice).TryGetValue(subject, out var samples) ? samples : null;

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

        if (words.Subject is { } subject && facts.SupportIn(SliceNames.All).ContainsKey(subject))
        {
            filter["label"] = subject;
        }

        return filter.Count > 0 ? filter : null;
    }
}
