using System.Globalization;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Machine;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Client;

/// <summary>Prints two runs beside each other, what got worse first.</summary>
internal sealed class ComparisonPrinter(IAnsiConsole console)
{
    private const int MaxFlips = 20;
    private const int MaxAnswerLength = 60;

    public void Print(RunComparisonResult comparison)
    {
        var numbers = comparison.Metrics;
        if (!comparison.Paired)
        {
            console.MarkupLineInterpolated($"[yellow]not paired[/]: {comparison.Reason} The differences below have no interval.");
        }

        PrintList("red", "worse", numbers.Where(number => number.Reading == MetricReading.Worse));
        PrintList("green", "better", numbers.Where(number => number.Reading == MetricReading.Better));
        PrintList(
            "green",
            "no clear difference",
            numbers.Where(number => number is { Kind: MetricKind.Headline, Reading: MetricReading.NoClearDifference })
        );
        if (comparison.Undecided is { } undecided)
        {
            console.MarkupLineInterpolated($"[yellow]not decided[/]: {undecided}");
        }
        else
        {
            PrintList("yellow", "not decided, no p-value", numbers.Where(number => number is { Kind: MetricKind.Headline, Reading: null }));
        }

        PrintList("yellow", "to look at", numbers.Where(number => number.Reading == MetricReading.ToLookAt));
        if (comparison.Pairing is { } pairing)
        {
            console.MarkupLineInterpolated(
                $"{Count(pairing.Paired)} paired, {Count(pairing.Changed)} changed, {Count(pairing.Added)} added, {Count(pairing.Removed)} removed"
            );
        }

        PrintTable(numbers);
    }

    /// <summary>Prints how many samples changed sides, and the first of them.</summary>
    public async Task PrintFlipsAsync(RunComparisonResult comparison, EvaluationApi client, CancellationToken cancellationToken)
    {
        if (comparison.Flips is not { } flips || flips is { Gained: 0, Lost: 0 })
        {
            return;
        }

        console.WriteLine(
            $"flips: {Count(flips.Gained)} gained (right on the right only), {Count(flips.Lost)} lost (right on the left only)"
        );
        try
        {
            await ListFlipsAsync(comparison.Left.RunId, comparison.Right.RunId, client, cancellationToken);
        }
        catch (LocalHostException unlisted)
        {
            // The comparison is decided without them.
            console.MarkupLineInterpolated($"[yellow]not listed[/]: {unlisted.Message}");
        }
    }

    private void PrintList(string colour, string title, IEnumerable<MetricComparison> numbers)
    {
        var text = string.Join(", ", numbers.OrderBy(GainOf).Select(Describe));
        if (text.Length > 0)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[{colour}]{title}[/]: {text}");
        }
    }

    /// <summary>
    /// The headline numbers, then what is to be looked at, then those of the whole dataset that decide nothing; what got worse comes first
    /// in each.
    /// </summary>
    private void PrintTable(IReadOnlyList<MetricComparison> numbers)
    {
        List<MetricComparison> shown =
        [
            .. numbers.Where(number =>
                number.Kind is null or MetricKind.Headline or MetricKind.Other || number.Reading == MetricReading.ToLookAt
            ),
        ];
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumns("metric", "slice", "left", "right", "difference", "p", "adjusted p", "gained", "lost", "reading");
        foreach (var number in shown.OrderBy(RankOf).ThenBy(GainOf))
        {
            var interval = number.DifferenceLower is null ? "" : $" [{Short(number.DifferenceLower)}, {Short(number.DifferenceUpper)}]";
            string[] cells =
            [
                number.Name,
                number.Slice,
                Short(number.Left),
                Short(number.Right),
                Short(number.Difference) + interval,
                PValue(number.PValue, number),
                PValue(number.AdjustedPValue, number),
                number.Gained?.ToString(CultureInfo.InvariantCulture) ?? "",
                number.Lost?.ToString(CultureInfo.InvariantCulture) ?? "",
                number.Reading is { } reading ? MetricReadings.NameOf(reading).Replace('_', ' ') : "",
            ];
            table.AddRow(Array.ConvertAll(cells, Markup.Escape));
        }

        console.Write(table);
        if (numbers.Count > shown.Count)
        {
            console.WriteLine(
                $"({numbers.Count - shown.Count} more numbers of classes and slices show no clear difference; --json has them)"
            );
        }
    }

    private async Task ListFlipsAsync(string left, string right, EvaluationApi client, CancellationToken cancellationToken)
    {
        var shown = 0;
        foreach (var flip in new[] { "lost", "gained" })
        {
            await foreach (
                var sample in client.SamplesAsync(right, [new("against", left), new("flip", flip)], MaxFlips - shown, cancellationToken)
            )
            {
                shown++;
                console.WriteLine($"  {flip} {sample.Id}: {Answer(sample.Against)} → {Answer(sample.Candidate)}");
            }
        }

        console.WriteLine($"All of them: samples {right} --against {left}");
    }

    private static string Answer(AnswerResult? answer)
    {
        var text = (answer?.Prediction ?? answer?.Text ?? answer?.Reason ?? "–").ReplaceLineEndings(" ");
        return text.Length <= MaxAnswerLength ? text : text[..MaxAnswerLength] + "…";
    }

    private static int RankOf(MetricComparison number) =>
        number.Kind == MetricKind.Headline ? 0
        : number.Reading == MetricReading.ToLookAt ? 1
        : 2;

    private static double GainOf(MetricComparison number) => (number.Difference ?? 0) * (number.HigherIsBetter ? 1 : -1);

    private static string Describe(MetricComparison number)
    {
        var slice = number.Slice == MetricReport.AllSamples ? "" : $" ({number.Slice})";
        var p =
            number.AdjustedPValue is not null ? $" (adjusted p {PValue(number.AdjustedPValue, number)})"
            : number.PValue is not null ? $" (p {PValue(number.PValue, number)})"
            : "";
        return $"{number.Name}{slice} {Short(number.Left)} → {Short(number.Right)}{p}";
    }

    private static string PValue(double? p, MetricComparison number) =>
        p is { } value ? PValueText.Format(value, number.PValueIsBound == true) : "";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Short(double? number) => number?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";
}
