using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>Sums up how a run compares with the previous one.</summary>
internal static class PreviousSummaries
{
    /// <summary>
    /// The summary with the comparison with the previous run, and the warning of what got worse: first, since a notification has room for a
    /// few.
    /// </summary>
    public static RunSummary With(this RunSummary summary, PreviousSummary? previous) =>
        summary with
        {
            Previous = previous,
            Warnings = previous?.Warning() is { } warning ? [warning, .. summary.Warnings] : summary.Warnings,
        };

    /// <summary>What a paired comparison says.</summary>
    public static PreviousSummary With(this PreviousSummary previous, RunPairing pairing, int replicates)
    {
        var known = pairing.Lines.Select(line => line.Name).ToHashSet(StringComparer.Ordinal);
        var recalls = MetricReadings.Apply(pairing.Recalls, new HashSet<(string Name, string Slice)>(), replicates);
        List<MetricValue> all = [.. pairing.Lines, .. recalls.Where(recall => !known.Contains(recall.Name))];
        var before = all.Where(line => line.Role == Roles.Baseline).ToDictionary(line => (line.Name, line.Slice), line => line.Value);
        List<MetricValue> now = [.. all.Where(line => line.Role == Roles.Candidate)];
        MetricComparison NumberOf(MetricValue line) => MetricComparison.From(line, before.GetValueOrDefault((line.Name, line.Slice)));
        return previous with
        {
            Undecided = pairing.Undecided,
            Pairing = pairing.Counts,
            Flips = pairing.Flips,
            NoClearChange = now.Count(line =>
                line.Name.StartsWith("recall[", StringComparison.Ordinal) && line.Reading == MetricReading.NoClearDifference
            ),
            Headline = [.. now.Where(line => line.Kind == MetricKind.Headline).Select(NumberOf)],
            Fell =
            [
                .. now.Where(line => line.Reading is MetricReading.Worse or MetricReading.ToLookAt && MetricReadings.GainOf(line) < 0)
                    .OrderBy(line => line.Kind == MetricKind.Headline ? 0 : 1)
                    .ThenBy(MetricReadings.GainOf)
                    .ThenBy(line => line.Name, StringComparer.Ordinal)
                    .ThenBy(line => line.Slice, StringComparer.Ordinal)
                    .Select(NumberOf),
            ],
        };
    }

    /// <summary>The warning about the numbers that got worse; null for none.</summary>
    public static string? Warning(this PreviousSummary previous)
    {
        const int Named = 5;
        if (previous.Fell.Count == 0)
        {
            return null;
        }

        var what = string.Join("; ", previous.Fell.Take(Named).Select(TextOf));
        var more =
            previous.Fell.Count > Named
                ? string.Create(CultureInfo.InvariantCulture, $"; and {previous.Fell.Count - Named} more in summary.json")
                : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Worse than in the previous run {previous.RunId}, over {previous.Pairing!.Paired} samples that both have: {what}{more}. "
                + $"Compare the two runs and look at the samples that flipped before this model is used."
        );
    }

    /// <summary>The number as a sentence has it: <c>Recall of billing 85.0 % → 35.0 % (adjusted p &lt; 0.001)</c>.</summary>
    private static string TextOf(MetricComparison number)
    {
        var words = MetricWords.Find(number.Name);
        var text = new NumberText(words.Unit);
        var p =
            number.AdjustedPValue is { } adjusted ? $" (adjusted p {PValueText.Format(adjusted, number.PValueIsBound == true)})"
            : number.PValue is { } single ? $" (p {PValueText.Format(single, number.PValueIsBound == true)})"
            : "";
        return $"{words.In(number.Slice)} {Text(text, number.Left, number.Right)} → {Text(text, number.Right, number.Left)}{p}";
    }

    private static string Text(NumberText text, double? value, double? other) =>
        value is { } known ? text.Value(known, null, null, other is { } apart ? [apart] : []) : "–";
}
