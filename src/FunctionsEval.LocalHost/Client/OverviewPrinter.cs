using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// Prints what a run says at first sight, in at most twelve lines: the verdict, the numbers that decide, the rules, what got worse, what
/// was not answered, and where the rest is.
/// </summary>
internal sealed class OverviewPrinter(IAnsiConsole console)
{
    private const int MaxLines = 12;
    private const int MaxHeadline = 3;
    private const int MaxChanges = 3;
    private const int MaxPairs = 3;

    /// <summary>Prints an overview.</summary>
    /// <param name="overview">What is known of the run.</param>
    /// <param name="page">Where the dashboard shows the run; null for nowhere.</param>
    public void Print(RunOverview overview, Uri? page)
    {
        console.WriteLine();
        var lines = new LineBudget(console, MaxLines - (page is null ? 0 : 1));
        var mark = Mark.Of(overview.Status, overview.Verdict);
        string?[] first = [overview.Name, TitleOf(overview)];
        var title = string.Join(": ", first.Where(part => part is { Length: > 0 }));
        lines.Add(0, $"{mark.Word.ToUpperInvariant()} {title}", mark.Sign, mark.Colour, $"bold {mark.Colour}");
        lines.Add(1, FactsOf(overview, console.Profile.Width - 3), style: "grey", maxLines: 1);
        AddEnd(lines, overview);
        AddHeadline(lines, overview);
        AddRules(lines, overview);
        AddWorse(lines, overview);
        AddSamples(lines, overview);
        AddWarnings(lines, overview);
        lines.Print();
        new CandidateListPrinter(console).Print(overview);
        PrintLink(page);
    }

    /// <summary>The title without what the mark says before it; of a failed run its error follows.</summary>
    private static string? TitleOf(RunOverview overview)
    {
        var isSaid = overview.Status == RunStatus.Cancelled || overview is { Status: RunStatus.Completed, Verdict: null };
        return overview.Status == RunStatus.Failed ? null
            : isSaid && overview.Title.IndexOf(": ", StringComparison.Ordinal) is >= 0 and var colon ? overview.Title[(colon + 2)..]
            : overview.Title;
    }

    /// <summary>The models, how much was asked, how long it took, what it cost and what started it, as far as there is room.</summary>
    private static string FactsOf(RunOverview overview, int width)
    {
        var models = overview.Candidates is { } candidates ? $"{candidates.Count} models" : overview.Models.Candidate;
        string?[] parts =
        [
            overview.Models.Baseline is { } baseline ? $"{models} against {baseline}" : models,
            overview.Samples is { } samples ? $"{NumberText.Count(samples)} samples" : null,
            overview.DurationText,
            overview.Cost?.Text,
            overview.Latency?.Text,
            overview.Source?.Text,
        ];
        var facts = "";
        foreach (var part in parts.Where(part => part is { Length: > 0 }))
        {
            var longer = facts.Length == 0 ? part! : $"{facts} · {part}";
            facts = facts.Length == 0 || TextLayout.WidthOf(longer) <= width ? longer : facts;
        }

        return facts;
    }

    private static void AddEnd(LineBudget lines, RunOverview overview)
    {
        if (overview.Error is { } error)
        {
            var isFault = overview.Status == RunStatus.Failed;
            lines.Add(0, isFault ? $"{error.Code}: {error.Message}" : error.Message, style: isFault ? "red" : null, maxLines: 4);
        }
    }

    private static void AddHeadline(LineBudget lines, RunOverview overview)
    {
        foreach (var (index, number) in (overview.Headline ?? []).Take(MaxHeadline).Index())
        {
            lines.Add(index == 0 ? 0 : 3, number.Sentence, style: "bold");
            if (Details(number) is { Length: > 0 } details)
            {
                lines.Add(index == 0 ? 2 : 7, details, style: "grey", maxLines: 1);
            }
        }
    }

    /// <summary>The interval of a number, and the numbers that it is compared with.</summary>
    private static string Details(HeadlineNumber number)
    {
        string?[] parts =
        [
            // Without a baseline the sentence has it.
            number.Difference
                is null
                ? null
                : number.Candidate.IntervalText,
            number.Baseline is { } baseline ? $"baseline {Described(baseline)}" : null,
            number.Previous is { } previous ? $"before {previous.Text}{Reading(previous.Difference)}" : null,
        ];
        return string.Join("; ", parts.OfType<string>());
    }

    private static string Described(NumberFigure figure) =>
        figure.IntervalText is { } interval ? $"{figure.Text} ({interval})" : figure.Text;

    private static string Reading(DifferenceFigure? difference) =>
        difference is null ? "" : $", {difference.Text}{(difference.ReadingText is { } reading ? $" ({reading})" : "")}";

    private static void AddRules(LineBudget lines, RunOverview overview)
    {
        // What does not hold decides, so that it is said first.
        foreach (var (index, reason) in overview.Reasons.OrderBy(reason => reason.Result == VerdictResult.Pass).Index())
        {
            var mark = Mark.Of(reason.Result);
            var rank =
                reason.Result == VerdictResult.Pass ? 5
                : index < 2 ? 1
                : 3;
            lines.Add(rank, reason.Reason, mark.Sign, mark.Colour);
        }
    }

    private static void AddWorse(LineBudget lines, RunOverview overview)
    {
        if (overview.Previous is { } previous)
        {
            var flips = previous is { Gained: { } gained, Lost: { } lost }
                ? $"; {NumberText.Count(gained)} gained (only now right), {NumberText.Count(lost)} lost (only before right)"
                : "";
            var isWorse = previous.WorseTotal > 0;
            lines.Add(
                isWorse ? 1 : 4,
                previous.NotPaired is { } reason
                    ? $"Not compared with the run before: {reason}"
                    : $"Worse than before: {Changes(previous.Worse, previous.WorseTotal)}{flips}",
                isWorse ? "▼" : null,
                "yellow",
                maxLines: 3
            );
        }

        if (overview is { Worse: { } worse, Models.Baseline: { } baseline })
        {
            AddWorseThanBaseline(lines, worse, overview.WorseTotal ?? worse.Count, baseline);
        }
    }

    /// <summary>What chance does not explain; else what is lower, without a sign.</summary>
    private static void AddWorseThanBaseline(LineBudget lines, IReadOnlyList<OverviewChange> worse, int total, string baseline)
    {
        List<OverviewChange> clear = [.. worse.Where(change => change.IsClear)];
        if (clear.Count > 0)
        {
            lines.Add(2, $"Worse than {baseline}: {Changes(clear, clear.Count)}", "▼", "yellow");
        }
        else
        {
            lines.Add(6, total == 0 ? $"Worse than {baseline}: nothing" : $"Worse than {baseline}, not clearly: {Changes(worse, total)}");
        }
    }

    private static string Changes(IReadOnlyList<OverviewChange> changes, int total)
    {
        if (total == 0)
        {
            return "nothing";
        }

        var shown = changes
            .Take(MaxChanges)
            .Select(change =>
                $"{change.Label} {change.From.Text} → {change.To.Text}"
                + (change.Samples is { } samples ? $" (of {NumberText.Count(samples)})" : "")
            )
            .ToList();
        return string.Join(", ", shown) + (total > shown.Count ? $", and {NumberText.Count(total - shown.Count)} more" : "");
    }

    private static void AddSamples(LineBudget lines, RunOverview overview)
    {
        if (overview.Confused is { Count: > 0 } confused)
        {
            var pairs = confused.Take(MaxPairs).Select(pair => $"{pair.Reference} → {pair.Prediction} {NumberText.Count(pair.Samples)}");
            var wrong = overview.Wrong is { } count ? $" ({NumberText.Count(count)} wrong)" : "";
            lines.Add(3, $"Most confused{wrong}: {string.Join(", ", pairs)}");
        }

        var unanswered = string.Join(
            "; ",
            new[] { Unanswered(overview, isBaseline: false), Unanswered(overview, isBaseline: true) }.OfType<string>()
        );
        if (unanswered.Length > 0)
        {
            lines.Add(1, $"Not answered: {unanswered}", "!", "yellow");
        }
    }

    /// <summary>The samples of a model that have no answer that could be read, by why; null for none.</summary>
    private static string? Unanswered(RunOverview overview, bool isBaseline)
    {
        var model = isBaseline ? overview.Models.Baseline : overview.Models.Candidate;
        var counts = (overview.Outcomes ?? [])
            .Where(outcome => outcome.Name != OutcomeNames.NameOf(Outcome.Scored))
            .Select(outcome => (outcome.Label, Count: isBaseline ? outcome.Baseline ?? 0 : outcome.Candidate))
            .Where(outcome => outcome.Count > 0)
            .Select(outcome => $"{NumberText.Count(outcome.Count)} {outcome.Label}")
            .ToList();
        return counts.Count > 0 ? $"{model} {string.Join(", ", counts)}" : null;
    }

    private static void AddWarnings(LineBudget lines, RunOverview overview)
    {
        // What got worse since the previous run has a line of its own.
        List<string> warnings =
        [
            .. overview.Warnings.Where(warning =>
                overview.Previous is not { Worse.Count: > 0 } previous
                || !warning.Contains($"than in the previous run {previous.RunId}", StringComparison.Ordinal)
            ),
        ];
        if (warnings.Count > 0)
        {
            var count = warnings.Count > 1 ? $"{NumberText.Count(warnings.Count)} warnings (--details): " : "";
            lines.Add(1, count + warnings[0], "!", "yellow");
        }
    }

    /// <summary>The address is not broken into lines, so that a terminal takes it for one.</summary>
    private void PrintLink(Uri? page)
    {
        if (page is null)
        {
            return;
        }

        const string More = "   more: --details";
        var address = page.AbsoluteUri;
        console.Profile.Out.Writer.WriteLine($"  {address}{(address.Length + More.Length + 2 <= console.Profile.Width ? More : "")}");
    }
}
