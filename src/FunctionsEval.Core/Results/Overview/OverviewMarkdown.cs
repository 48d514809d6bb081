using System.Globalization;
using System.Text;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>
/// An overview as a comment for a pull request, in Markdown: verdict, reasons, headline table, what got worse, confused classes. It holds
/// names of models, labels and tags, and no text of rows.
/// </summary>
public sealed class OverviewMarkdown
{
    /// <summary>Maximum number of characters; a comment of GitHub has 65,536.</summary>
    public const int MaxLength = 60_000;

    private const int MaxRules = 50;
    private const int MaxChanges = 10;
    private const int MaxWarnings = 5;

    private readonly StringBuilder _text = new();

    private OverviewMarkdown() { }

    /// <summary>The comment.</summary>
    /// <param name="overview">The overview.</param>
    public static string Write(RunOverview overview)
    {
        ArgumentNullException.ThrowIfNull(overview);
        var comment = new OverviewMarkdown();
        comment.AddHead(overview);
        comment.AddReasons(overview.Reasons);
        comment.AddHeadline(overview.Headline ?? [], overview.Models);
        comment.AddCandidates(overview.Candidates ?? []);
        comment.AddChanges($"Worse than {Of(overview.Models.Baseline ?? "the baseline")}", overview.Worse ?? [], overview.WorseTotal ?? 0);
        comment.AddPrevious(overview.Previous);
        comment.AddConfused(overview);
        comment.AddList("Warnings", [.. overview.Warnings.Take(MaxWarnings).Select(Of)]);
        comment.Add($"Run {Of(overview.RunId)}\n");
        return comment._text.ToString();
    }

    /// <summary>Adds a section unless there is no room for it, so that what comes first is whole.</summary>
    private void Add(string section)
    {
        if (_text.Length + section.Length + 1 <= MaxLength)
        {
            _text.Append(section).Append('\n');
        }
    }

    private void AddHead(RunOverview overview)
    {
        var verdict = overview.Verdict switch
        {
            VerdictResult.Pass => "✓ Pass: ",
            VerdictResult.Fail => "✗ Fail: ",
            VerdictResult.Inconclusive => "? Inconclusive: ",
            _ => "",
        };
        string?[] facts =
        [
            ModelsOf(overview),
            overview.Samples is { } samples ? $"{NumberText.Count(samples)} samples" : null,
            overview.DurationText,
            overview.Cost is { } cost ? Of(cost.Text) : null,
            overview.Latency?.Text,
        ];
        Add(
            $"### {verdict}{Of(overview.Name ?? overview.Dataset)}\n\n{Of(overview.Title)}\n\n{string.Join(" · ", facts.OfType<string>())}\n"
        );
        if (overview.Error is { Message: { Length: > 0 } message })
        {
            Add($"{Of(message)}\n");
        }
    }

    private static string? ModelsOf(RunOverview overview)
    {
        var under =
            overview.Candidates is { Count: > 1 } candidates ? $"{NumberText.Count(candidates.Count)} candidates"
            : overview.Models.Candidate is { } model ? Of(model)
            : null;
        return under is not null && overview.Models.Baseline is { } baseline ? $"{under} against {Of(baseline)}" : under;
    }

    private void AddReasons(IReadOnlyList<RuleVerdict> reasons)
    {
        var lines = reasons.Take(MaxRules).Select(rule => $"{SignOf(rule.Result)} {Of(rule.Reason)}").ToList();
        AddList(null, reasons.Count > MaxRules ? [.. lines, More(reasons.Count - MaxRules, "rules")] : lines);
    }

    private void AddHeadline(IReadOnlyList<HeadlineNumber> headline, OverviewModels models) =>
        AddTable(
            ["", models.Candidate ?? "model", models.Baseline ?? "", "difference", "previous run", "gate"],
            [
                .. headline.Select(number =>
                    new[]
                    {
                        number.Label,
                        With(number.Candidate.Text, number.Candidate.IntervalText),
                        number.Baseline?.Text ?? "",
                        number.Difference is { } difference ? TextOf(difference) : "",
                        number.Previous is { } previous ? With(previous.Text, previous.Difference?.Text) : "",
                        string.Join("; ", new[] { number.Bound, number.Margin }.OfType<HeadlineBound>().Select(bound => bound.Text)),
                    }
                ),
            ]
        );

    private void AddCandidates(IReadOnlyList<OverviewCandidate> candidates)
    {
        if (candidates.Count == 0)
        {
            return;
        }

        var numbers = candidates
            .SelectMany(candidate => candidate.Headline)
            .DistinctBy(number => (number.Name, number.Slice))
            .Take(4)
            .ToList();
        AddTable(
            ["candidate", "verdict", .. numbers.Select(number => number.Label)],
            [
                .. candidates.Select(candidate =>
                    (string[])
                        [
                            candidate.Model + (candidate.IsRecommended ? " (recommended)" : ""),
                            candidate.Verdict is { } verdict
                                ? $"{SignOf(verdict)} {VerdictNames.NameOf(verdict)}"
                                : candidate.NotCompared ?? "",
                            .. numbers.Select(number =>
                                candidate.Headline.FirstOrDefault(own => own.Name == number.Name && own.Slice == number.Slice) is { } own
                                    ? With(own.Candidate.Text, own.Difference?.Text)
                                    : ""
                            ),
                        ]
                ),
            ]
        );
    }

    private void AddPrevious(OverviewPrevious? previous)
    {
        if (previous is null)
        {
            return;
        }

        var what =
            previous.NotPaired is { } reason ? $"not compared: {Of(reason)}"
            : previous is { Paired: { } paired, Gained: { } gained, Lost: { } lost }
                ? $"{NumberText.Count(paired)} samples in both · {NumberText.Count(gained)} gained · {NumberText.Count(lost)} lost"
            : "";
        Add($"**Against the previous run** {Of(previous.RunId)}: {what}\n");
        AddChanges("Clearly worse than in the previous run", previous.Worse, previous.WorseTotal);
    }

    private void AddChanges(string title, IReadOnlyList<OverviewChange> changes, int total)
    {
        if (changes.Count == 0)
        {
            return;
        }

        Add($"**{title}**\n");
        AddTable(
            ["", "was", "is", "difference", "samples"],
            [
                .. changes
                    .Take(MaxChanges)
                    .Select(change =>
                        new[]
                        {
                            change.Label,
                            change.From.Text,
                            change.To.Text,
                            change.Difference.Text
                                + (change.Difference.Reading == MetricReading.NoClearDifference ? ", no clear change" : ""),
                            change.Samples is { } samples ? NumberText.Count(samples) : "",
                        }
                    ),
            ]
        );
        if (total > MaxChanges)
        {
            Add(More(total - MaxChanges, "classes and slices") + "\n");
        }
    }

    private void AddConfused(RunOverview overview)
    {
        var lines = (overview.Confused ?? [])
            .Take(MaxChanges)
            .Select(pair => $"{NumberText.Count(pair.Samples)} × {Of(pair.Reference)} → {Of(pair.Prediction)}")
            .ToList();
        AddList(overview.Wrong is { } wrong ? $"Most confused ({NumberText.Count(wrong)} wrong)" : "Most confused", lines);
    }

    private void AddList(string? title, List<string> lines)
    {
        if (lines.Count > 0)
        {
            Add((title is null ? "" : $"**{title}**\n\n") + string.Concat(lines.Select(line => $"- {line}\n")));
        }
    }

    /// <summary>Adds a table without the columns that are empty.</summary>
    private void AddTable(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var columns = Enumerable.Range(0, heads.Count).Where(column => rows.Any(row => row[column].Length > 0)).ToList();
        var lines = new List<string>
        {
            $"| {string.Join(" | ", columns.Select(column => Of(heads[column])))} |",
            $"|{string.Concat(columns.Select(_ => "---|"))}",
        };
        lines.AddRange(rows.Select(row => $"| {string.Join(" | ", columns.Select(column => Of(row[column])))} |"));
        Add(string.Join('\n', lines) + "\n");
    }

    private static string TextOf(DifferenceFigure difference) =>
        With(difference.Text, difference.IntervalText) + (difference.PText is { } p ? $", {p}" : "");

    private static string With(string text, string? more) => more is null ? text : $"{text} ({more})";

    private static string More(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"… and {count} more {what}");

    private static string SignOf(VerdictResult result) =>
        result switch
        {
            VerdictResult.Pass => "✓",
            VerdictResult.Fail => "✗",
            _ => "?",
        };

    private static string Of(string text) => MarkdownText.Escape(text);
}
