using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports.Page.Sections;

/// <summary>Numbers of many subjects, such as classes: a row a subject, the most damaged first, and a column a metric.</summary>
internal static class PivotedMetrics
{
    /// <summary>Rows that the page shows; the API and <c>summary.json</c> have all.</summary>
    public const int MaxRows = 200;

    private const int MaxColumns = 4;

    /// <summary>The classes; nothing without any.</summary>
    public static IEnumerable<ReportBlock> Classes(ReportSource source) =>
        Fold(
            "class",
            "Classes",
            [.. source.CandidateLines.Where(ReportSource.IsOfClass).Select(line => new SubjectLine(line, byClass: true))],
            SupportOf(source)
        );

    /// <summary>The slices; nothing without any.</summary>
    public static IEnumerable<ReportBlock> Slices(ReportSource source) =>
        Fold(
            "slice",
            "Slices",
            [
                .. source
                    .Summary.Metrics.Where(line =>
                        line.Role == Roles.Candidate && line.Slice != MetricReport.AllSamples && !ReportSource.IsOfClass(line)
                    )
                    .Select(line => new SubjectLine(line, byClass: false)),
            ],
            support: null
        );

    /// <summary>Samples of each class, by the confusion matrix; a class without one has no count, since its numbers are over all samples.</summary>
    private static Dictionary<string, long> SupportOf(ReportSource source) =>
        source.Summary.ConfusionMatrices.FirstOrDefault(matrix =>
            matrix is { Role: ModelRole.Candidate, Slice: MetricReport.AllSamples, Table.Labels: not null }
        )
            is { Table: var table }
            ? table
                .Labels!.Zip(table.Rows)
                .DistinctBy(row => row.First)
                .ToDictionary(row => row.First, row => (long)row.Second.Sum(), StringComparer.Ordinal)
            : [];

    private static IEnumerable<ReportBlock> Fold(string subject, string title, List<SubjectLine> lines, Dictionary<string, long>? support)
    {
        if (lines.Count > 0)
        {
            var metrics = lines.Select(line => line.Metric).Distinct(StringComparer.Ordinal).ToList();
            var subjects = lines
                .GroupBy(line => line.Subject, StringComparer.Ordinal)
                .Select(subject => Subject.From(subject, support))
                .Order()
                .ToList();
            yield return new Details(
                $"{title}, by damage",
                IsOpen: false,
                [
                    .. metrics.Chunk(MaxColumns).Select(columns => TableOf(subject, title, columns, subjects)),
                    .. subjects.Count > MaxRows
                        ? [new Paragraph($"The first {MaxRows} of {NumberText.Count(subjects.Count)}; summary.json has all.", IsNote: true)]
                        : Array.Empty<ReportBlock>(),
                ]
            )
            {
                Count = NumberText.Count(subjects.Count),
            };
        }
    }

    private static Table TableOf(string subject, string title, IReadOnlyList<string> metrics, List<Subject> subjects) =>
        new(
            [subject, .. metrics.Select(metric => Column.Number(MetricWords.Find(metric).Label)), Column.Number("samples")],
            [
                .. subjects
                    .Take(MaxRows)
                    .Select(row => new Row(
                        row.Name,
                        [.. metrics.Select(metric => CellOf(row.Lines.GetValueOrDefault(metric))), ReportText.Count(row.Samples)]
                    )),
            ]
        )
        {
            Caption = $"{title}: {string.Join(", ", metrics)}",
        };

    /// <summary>The number, and below it how it differs from the baseline's.</summary>
    private static Cell CellOf(MetricValue? line)
    {
        var value = ReportText.Value(line);
        if (line?.Difference is null)
        {
            return value with { Note = null };
        }

        var difference = ReportText.Difference(line);
        return value with
        {
            CssClass = line.Reading == MetricReading.ToLookAt ? (IsLoss(line) ? "worse" : "better") : null,
            Note = difference.Text + (line.Reading == MetricReading.ToLookAt ? ", clear change" : ""),
        };
    }

    private static bool IsLoss(MetricValue line) => line.Difference * (line.HigherIsBetter ? 1 : -1) < 0;

    /// <summary>A number of a subject.</summary>
    private sealed record SubjectLine(string Subject, string Metric, MetricValue Line)
    {
        public SubjectLine(MetricValue line, bool byClass)
            : this(
                byClass ? MetricWords.Find(line.Name).Subject ?? line.Name : line.Slice,
                byClass ? MetricWords.Find(line.Name).Metric : line.Name,
                line
            ) { }
    }

    /// <summary>
    /// A subject with its numbers, ordered by the samples that its recall, or its first number, lost; without a baseline by that number, the
    /// worst first.
    /// </summary>
    private sealed record Subject(string Name, Dictionary<string, MetricValue> Lines, long? Samples, double Goodness) : IComparable<Subject>
    {
        public static Subject From(IGrouping<string, SubjectLine> lines, Dictionary<string, long>? support)
        {
            var byMetric = lines
                .DistinctBy(line => line.Metric)
                .ToDictionary(line => line.Metric, line => line.Line, StringComparer.Ordinal);
            var first = byMetric.GetValueOrDefault("recall") ?? lines.First().Line;
            var samples =
                support is null ? lines.Max(line => line.Line.Samples)
                : support.TryGetValue(lines.Key, out var counted) ? counted
                : (long?)null;
            var sign = first.HigherIsBetter ? 1 : -1;
            return new Subject(
                lines.Key,
                byMetric,
                samples,
                first.Difference is { } difference ? sign * difference * (samples ?? 1) : sign * (first.Value ?? double.MaxValue)
            );
        }

        public int CompareTo(Subject? other) =>
            other is null ? 1
            : Goodness.CompareTo(other.Goodness) is not 0 and var order ? order
            : string.CompareOrdinal(Name, other.Name);
    }
}
