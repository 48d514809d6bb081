using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>
/// The warning of what got clearly worse since the previous run: the things that <see cref="OverviewPrevious.Worse"/> has, in its order.
/// </summary>
public static class PreviousWarning
{
    /// <summary>Maximum number of characters; as many things are named as there is room for.</summary>
    public const int MaxLength = 600;

    private const int MaxNamed = 5;
    private const int MaxNameLength = 80;
    private const string ToDo = "Compare the two runs and look at the lost samples before this model is used.";

    /// <summary>
    /// <c>2 of 77 classes are clearly worse than in the previous run ev-1, over 3,080 samples that both have: card_arrival recall 94.7 % →
    /// 28.9 % (p &lt; 0.001), …</c>; null where nothing is.
    /// </summary>
    /// <param name="summary">The summary, with the comparison with the previous run.</param>
    /// <param name="currency">The currency of the models' prices.</param>
    public static string? From(RunSummary summary, string currency = RunOverview.DefaultCurrency)
    {
        ArgumentNullException.ThrowIfNull(summary);
        if (summary.Previous is not { Fell.Count: > 0 } previous)
        {
            return null;
        }

        var facts = new OverviewFacts(summary, currency);
        var worse = new OverviewChanges(facts, new HeadlineNumbers(facts, verdict: null).From(facts.Candidate)).AgainstPrevious(previous);
        var heads = HeadsOf(facts, worse);
        var over = previous.Pairing is { } pairing ? $", over {NumberText.Count(pairing.Paired)} samples that both have" : "";
        var isOne = worse.Count == 1;
        var begin =
            $"{heads} {(isOne ? "is" : "are")} clearly worse than in the previous run {MetricWords.Cut(previous.RunId, MaxNameLength)}{over}: ";
        return begin + ListOf(worse, MaxLength - begin.Length - ToDo.Length - ". ".Length) + ". " + ToDo;
    }

    /// <summary>How many of what: <c>F1 (macro), 2 of 77 classes and 1 of 5 slices</c>.</summary>
    private static string HeadsOf(OverviewFacts facts, IReadOnlyList<OverviewChange> worse)
    {
        var averages = worse.Where(change => change.Kind == "average").ToList();
        var classes = worse.Count(change => change.Kind == "class");
        var slices = worse.Count(change => change.Subject == change.Slice);
        var within = worse.Count - averages.Count - classes - slices;
        var known = facts.SupportIn(SliceNames.All).Count;
        string?[] heads =
        [
            averages.Count switch
            {
                0 => null,
                1 => MetricWords.Cut(averages[0].Label, MaxNameLength),
                var count => $"{NumberText.Count(count)} headline numbers",
            },
            HeadOf(classes, known, "class", "classes"),
            HeadOf(
                slices,
                facts.Candidate.Select(line => line.Slice).Distinct().Count(slice => slice != SliceNames.All),
                "slice",
                "slices"
            ),
            HeadOf(within, 0, "class within a slice", "classes within slices"),
        ];
        List<string> said = [.. heads.OfType<string>()];
        return said.Count == 1 ? said[0] : $"{string.Join(", ", said[..^1])} and {said[^1]}";
    }

    private static string? HeadOf(int count, int all, string one, string many) =>
        count == 0 ? null
        : count <= all ? $"{NumberText.Count(count)} of {NumberText.Count(all)} {(all == 1 ? one : many)}"
        : $"{NumberText.Count(count)} {(count == 1 ? one : many)}";

    private static string ListOf(IReadOnlyList<OverviewChange> worse, int room)
    {
        const int MoreLength = 20;
        var list = TextOf(worse[0]);
        var named = 1;
        while (named < Math.Min(worse.Count, MaxNamed))
        {
            var next = ", " + TextOf(worse[named]);
            if (list.Length + next.Length + MoreLength > room)
            {
                break;
            }

            (list, named) = (list + next, named + 1);
        }

        return named == worse.Count ? list : $"{list}, and {NumberText.Count(worse.Count - named)} more";
    }

    /// <summary><c>card_arrival recall 94.7 % → 28.9 % (p &lt; 0.001)</c>.</summary>
    private static string TextOf(OverviewChange change)
    {
        var label = MetricWords.Find(change.Metric).Label;
        var name = change.Subject is { } subject
            ? $"{MetricWords.Cut(subject, MaxNameLength)} {MetricWords.WithinSentence(MetricWords.Cut(label, MaxNameLength))}"
            : MetricWords.Cut(change.Label, MaxNameLength);
        return $"{name} {change.From.Text} → {change.To.Text}{(change.Difference.PText is { } p ? $" ({p})" : "")}";
    }
}
