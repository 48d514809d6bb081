using System.Globalization;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.LocalHost.Client.Layout;
using FunctionsEval.LocalHost.Machine;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>
/// Prints two runs beside each other in some thirty lines: what the headline numbers say, which classes and slices changed clearly, and
/// samples that flipped. On request every number follows.
/// </summary>
internal sealed class ComparisonPrinter(IAnsiConsole console)
{
    private const int MaxLines = 12;
    private const int MaxHeadline = 4;
    private const int MaxChanges = 6;
    private const int MaxFlips = 6;
    private const int MaxAnswerLength = 60;

    /// <summary>Prints what the comparison says.</summary>
    public void Print(RunComparisonResult comparison)
    {
        var mark = Mark.Of(comparison.Decision);
        var (before, now) = NamesOf(comparison);
        var lines = new LineBudget(console, MaxLines);
        lines.Add(0, $"{mark.Word.ToUpperInvariant()} {before} → {now}", mark.Sign, mark.Colour, $"bold {mark.Colour}", maxLines: 1);
        lines.Add(1, $"before {comparison.Left.RunId}, {comparison.Left.Dataset}", style: "grey", maxLines: 1);
        lines.Add(1, $"now    {comparison.Right.RunId}, {comparison.Right.Dataset}", style: "grey", maxLines: 1);
        if (!comparison.Paired)
        {
            lines.Add(0, $"Not paired: {comparison.Reason} The differences below have no interval.", "!", "yellow", maxLines: 3);
        }

        if (comparison.Undecided is { } undecided)
        {
            lines.Add(0, $"Not decided: {undecided}", "!", "yellow", maxLines: 3);
        }

        AddHeadline(lines, comparison);
        if (comparison.Pairing is { } pairing)
        {
            lines.Add(
                1,
                $"{NumberText.Count(pairing.Paired)} samples paired, {NumberText.Count(pairing.Changed)} changed, "
                    + $"{NumberText.Count(pairing.Added)} added, {NumberText.Count(pairing.Removed)} removed"
            );
        }

        lines.Print();
        PrintChanges(comparison);
    }

    /// <summary>Prints how many samples changed sides, and the first of them.</summary>
    public async Task PrintFlipsAsync(RunComparisonResult comparison, EvaluationApi client, CancellationToken cancellationToken)
    {
        if (comparison.Flips is not { } flips || flips is { Gained: 0, Lost: 0 })
        {
            return;
        }

        console.WriteLine(
            $"Samples: {NumberText.Count(flips.Lost)} lost (right before only), {NumberText.Count(flips.Gained)} gained (right now only)"
        );
        try
        {
            await ListFlipsAsync(comparison, flips, client, cancellationToken);
        }
        catch (LocalHostException unlisted)
        {
            // The comparison is decided without them.
            console.MarkupLineInterpolated($"[yellow]not listed[/]: {unlisted.Message}");
        }
    }

    /// <summary>Prints every number of both runs, what got worse first in each kind.</summary>
    public void PrintAll(RunComparisonResult comparison)
    {
        var table = new FittedTable(
            console,
            [
                new("metric", 16),
                new("slice", 8, Rank: 2),
                new("before"),
                new("now"),
                new("difference"),
                new("interval", Rank: 5),
                new("p", Rank: 4),
                new("adjusted p", Rank: 6),
                new("gained", Rank: 8, ToRight: true),
                new("lost", Rank: 7, ToRight: true),
                new("reading", Rank: 1),
            ]
        );
        foreach (var number in comparison.Metrics.OrderBy(RankOf).ThenBy(GainOf))
        {
            var text = TextOf(number);
            table.Add(
                number.Name + (number.HigherIsBetter ? "" : " ↓"),
                number.Slice,
                Value(number, number.Left),
                Value(number, number.Right),
                number.Difference is { } difference ? text.Difference(difference, number.DifferenceLower, number.DifferenceUpper) : null,
                number is { DifferenceLower: { } lower, DifferenceUpper: { } upper } ? text.Bounds(lower, upper) : null,
                PValue(number.PValue, number),
                PValue(number.AdjustedPValue, number),
                number.Gained?.ToString(CultureInfo.InvariantCulture),
                number.Lost?.ToString(CultureInfo.InvariantCulture),
                number.Reading is { } reading ? ReadingWords.TextOf(reading) : null
            );
        }

        table.Print();
    }

    private static (string Before, string Now) NamesOf(RunComparisonResult comparison)
    {
        var (left, right) = (comparison.Left, comparison.Right);
        return left.Model == right.Model
            ? ($"{left.Model} before", $"{right.Model} now")
            : (left.Model ?? left.RunId, right.Model ?? right.RunId);
    }

    private static void AddHeadline(LineBudget lines, RunComparisonResult comparison)
    {
        var headline = comparison.Metrics.Where(number => number.Kind == MetricKind.Headline).ToList();
        // Of runs that are not paired no number is known to decide; those over all samples are shown.
        var shown = headline.Count > 0 ? headline : [.. comparison.Metrics.Where(number => RankOf(number) == 0)];
        foreach (var number in shown.OrderBy(GainOf).Take(MaxHeadline))
        {
            var (sign, colour) = number.Reading switch
            {
                MetricReading.Worse => ("▼", "red"),
                MetricReading.Better => ("▲", "green"),
                _ => ("=", "default"),
            };
            lines.Add(0, Sentence(number), number.Reading is null ? null : sign, colour, "bold");
        }

        if (shown.Count > MaxHeadline)
        {
            lines.Add(0, $"and {NumberText.Count(shown.Count - MaxHeadline)} more headline numbers: --all");
        }
    }

    /// <summary>The classes and slices that differ by more than chance explains, the worst first.</summary>
    private void PrintChanges(RunComparisonResult comparison)
    {
        var clear = comparison.Metrics.Where(number => number.Reading == MetricReading.ToLookAt).OrderBy(GainOf).ToList();
        if (clear.Count > 0)
        {
            var worse = clear.Count(number => GainOf(number) < 0);
            console.WriteLine(
                $"Classes and slices with a clear change: {NumberText.Count(worse)} worse, {NumberText.Count(clear.Count - worse)} better"
            );
            var lines = new LineBudget(console, MaxChanges);
            foreach (var number in clear.Take(MaxChanges))
            {
                lines.Add(0, Sentence(number), GainOf(number) < 0 ? "▼" : "▲", GainOf(number) < 0 ? "red" : "green", maxLines: 1);
            }

            lines.Print();
        }

        console.MarkupLineInterpolated($"[grey]All {NumberText.Count(comparison.Metrics.Count)} numbers: --all[/]");
    }

    private async Task ListFlipsAsync(
        RunComparisonResult comparison,
        FlipCounts flips,
        EvaluationApi client,
        CancellationToken cancellationToken
    )
    {
        var (left, right) = (comparison.Left.RunId, comparison.Right.RunId);
        var table = new FittedTable(console, [new(""), new("sample", 8), new("input", 12, Rank: 1), new("before", 8), new("now", 8)])
        {
            Indent = 2,
        };
        var shown = 0;
        foreach (var (flip, colour) in new[] { ("lost", "red"), ("gained", "green") })
        {
            await foreach (
                var sample in client.SamplesAsync(right, [new("against", left), new("flip", flip)], MaxFlips - shown, cancellationToken)
            )
            {
                shown++;
                table.Add(
                    new FittedCell(flip, colour),
                    sample.Id,
                    Short(sample.Input),
                    AnswerOf(sample.Against),
                    AnswerOf(sample.Candidate)
                );
            }
        }

        if (shown > 0)
        {
            table.Print();
        }

        if (flips.Gained + flips.Lost > shown)
        {
            console.Profile.Out.Writer.WriteLine(
                $"{NumberText.Count(shown)} of {NumberText.Count(flips.Gained + flips.Lost)}; all: samples {right} --against {left}"
            );
        }
    }

    private static string AnswerOf(AnswerResult? answer) => Short(answer?.Prediction ?? answer?.Text ?? answer?.Reason ?? "–");

    private static string Short(string? text) => TextLayout.Fit(TextLayout.Flat(text ?? ""), MaxAnswerLength);

    private static string Sentence(MetricComparison number)
    {
        var text = TextOf(number);
        var difference = number.Difference is { } by ? ", " + text.Difference(by, number.DifferenceLower, number.DifferenceUpper) : "";
        var interval = number is { DifferenceLower: { } lower, DifferenceUpper: { } upper } ? $" ({text.Bounds(lower, upper)})" : "";
        var p = (number.AdjustedPValue ?? number.PValue) is { } value ? ", " + NumberText.PValue(value, number.PValueIsBound == true) : "";
        var reading = number is { Reading: { } said, Kind: MetricKind.Headline } ? ": " + ReadingWords.TextOf(said) : "";
        return $"{MetricWords.Find(number.Name).In(number.Slice)} {Value(number, number.Left)} → {Value(number, number.Right)}"
            + difference
            + interval
            + p
            + reading;
    }

    private static string Value(MetricComparison number, double? value) =>
        value is { } known ? TextOf(number).Value(known, number.DifferenceLower, number.DifferenceUpper) : "undefined";

    private static NumberText TextOf(MetricComparison number) => new(MetricWords.Find(number.Name).Unit);

    private static int RankOf(MetricComparison number) =>
        number.Kind switch
        {
            MetricKind.Headline => 0,
            null when MetricWords.GroupOf(number.Name, number.Slice) == "average" => 0,
            MetricKind.Class or MetricKind.Slice when number.Reading == MetricReading.ToLookAt => 1,
            MetricKind.Other => 2,
            _ => 3,
        };

    private static double GainOf(MetricComparison number) => (number.Difference ?? 0) * (number.HigherIsBetter ? 1 : -1);

    private static string? PValue(double? p, MetricComparison number) =>
        p is { } value ? PValueText.Format(value, number.PValueIsBound == true) : null;
}
