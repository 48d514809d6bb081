using System.Globalization;
using FunctionsEval.Core.Checks;
using FunctionsEval.LocalHost.Client.Layout;
using Spectre.Console;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>Prints what <c>validate</c> found: the answer first, then what is to be mended by line, then what is to be known.</summary>
internal sealed class ValidationPrinter(IAnsiConsole console)
{
    /// <summary>Malformed rows that are printed unless all are asked for.</summary>
    private const int MaxPrinted = 10;

    private const int MaxLabels = 12;
    private const int MaxTagValues = 6;

    /// <summary>Cells of a label or a tag, which rows may make as long as they like.</summary>
    private const int MaxNameWidth = 60;

    public void Print(FolderValidation folder)
    {
        foreach (var dataset in folder.Datasets)
        {
            Print(dataset);
        }

        foreach (var missing in folder.Missing)
        {
            Line("red", $"✗ suite: no dataset here has the name {missing}. Add it, or take it out of $.suite.datasets.");
        }

        var bad = folder.Datasets.Count(dataset => dataset.HasProblems);
        Line(
            folder.HasProblems ? "red" : "green",
            folder.HasProblems
                ? $"✗ {bad} of {folder.Datasets.Count} datasets {(bad == 1 ? "has" : "have")} problems."
                : $"✓ {folder.Datasets.Count} {(folder.Datasets.Count == 1 ? "dataset" : "datasets")}, no problem found."
        );
        if (folder.Cost is { } cost)
        {
            console.WriteLine($"All runs together cost {Money(cost)} at most.");
        }
    }

    public void Print(FileValidation found)
    {
        console.MarkupLine($"[bold]{Markup.Escape(found.File)}[/]  {Markup.Escape(string.Join(" · ", Facts(found)))}");
        Line(found.HasProblems ? "red" : "green", Answer(found));
        if (found.Dataset is { } dataset)
        {
            PrintProblems(dataset);
            PrintLabels(dataset);
            PrintTags(dataset);
        }

        if (found.Training is { Unchecked: null } training)
        {
            console.WriteLine(
                Invariant($"  training  {training.File}: {training.Rows:N0} different rows")
                    + (found.Dataset?.Leaks is { } leaks ? Invariant($", {leaks.Exact + leaks.Ngrams:N0} samples among them") : "")
            );
        }

        PrintCost(found);
        foreach (var warning in found.Warnings)
        {
            Line("yellow", $"⚠ {TextLayout.Flat(warning)}");
        }

        console.WriteLine();
    }

    private static IEnumerable<string> Facts(FileValidation found) =>
        new[] { found.Format, found.Task, found.Spec is { } spec ? $"spec {spec}" : null }.OfType<string>();

    private static string Answer(FileValidation found) =>
        found switch
        {
            { Failure: { } failure } => $"✗ A run would fail ({failure.Code}): {failure.Message}",
            { Dataset: { Malformed: > 0 } dataset } => Invariant(
                $"✗ {dataset.Malformed:N0} of {dataset.Rows:N0} rows are no samples and would be left out; {dataset.Samples:N0} would be evaluated."
            ),
            { Dataset: { } dataset } => Invariant($"✓ {dataset.Samples:N0} samples, every row can be evaluated."),
            _ => "✓ No problem found.",
        };

    private void PrintProblems(DatasetReport dataset)
    {
        foreach (var problem in dataset.Problems.Take(MaxPrinted))
        {
            var column = problem.Column is { } place ? Invariant($", column {place}") : "";
            console.WriteLine(Invariant($"  line {problem.Line}{column}: {problem.Message}"));
        }

        if (dataset.Malformed > MaxPrinted)
        {
            console.WriteLine(
                $"  … {string.Join(", ", dataset.Reasons.Select(reason => Invariant($"{reason.Count:N0} {reason.Name}")))} in all (--json lists {DatasetCheck.MaxProblems})"
            );
        }

        foreach (var label in dataset.UnknownLabels)
        {
            console.WriteLine(
                Invariant($"  label '{Name(label.Label)}' is unknown: {label.Count:N0}, the first at line {label.FirstLine}.")
                    + (label.Nearest is { } nearest ? $" Did you mean '{Name(nearest)}'?" : "")
            );
        }
    }

    private void PrintLabels(DatasetReport dataset)
    {
        if (dataset.Labels.Count == 0 || dataset.Samples == 0)
        {
            return;
        }

        var shown = dataset.Labels.OrderByDescending(label => label.Count).Take(MaxLabels).Select(Text);
        console.WriteLine($"  labels    {string.Join(", ", shown)}{More(dataset.Labels.Count - MaxLabels)}");
    }

    private void PrintTags(DatasetReport dataset)
    {
        foreach (var tag in dataset.Tags.Take(MaxLabels))
        {
            var shown = string.Join(", ", tag.Values.Take(MaxTagValues).Select(Text));
            console.WriteLine($"  tag       {Name(tag.Name)}: {shown}{More(tag.Values.Count - MaxTagValues)}");
        }
    }

    private void PrintCost(FileValidation found)
    {
        if (found.Cost is not { } cost)
        {
            return;
        }

        foreach (var role in cost.Roles)
        {
            console.WriteLine(
                Invariant(
                    $"  {role.Role, -9} {role.Model}: {role.Calls:N0} calls, {role.InputTokens:N0} tokens in, {role.LikelyOutputTokens:N0} out (at most {role.MaxOutputTokens:N0})"
                )
                    + (
                        role is { LikelyCost: { } likely, MaxCost: { } max }
                            ? $", cost {Money(likely)} (at most {Money(max)})"
                            : ", no prices here"
                    )
            );
        }

        var counted =
            cost.CountedSamples < found.Dataset!.Samples ? Invariant($" Counted over the first {cost.CountedSamples:N0} samples.") : "";
        console.WriteLine($"  estimate  {cost.Method}{counted}");
        if (cost.Ceiling is { } ceiling)
        {
            var words = cost.Stops switch
            {
                CeilingOutlook.No => "would not stop the run",
                CeilingOutlook.May => "may stop the run before its end",
                CeilingOutlook.Will => "would stop the run before its end",
                _ => "cannot be held against a cost without prices",
            };
            Line(cost.Stops == CeilingOutlook.No ? "green" : "yellow", $"  limits.maxCost {Money(ceiling)} {words}.");
        }
    }

    private void Line(string colour, string text) => console.MarkupLine($"[{colour}]{Markup.Escape(text)}[/]");

    private static string Text(NamedCount count) => Invariant($"{Name(count.Name)} {count.Count:N0}");

    /// <summary>A text of a row, without what moves a terminal's cursor.</summary>
    private static string Name(string text) => TextLayout.Fit(TextLayout.Flat(text), MaxNameWidth);

    private static string More(int more) => more > 0 ? Invariant($", {more:N0} more") : "";

    /// <summary>An amount in the currency of the prices.</summary>
    private static string Money(double amount) => amount.ToString(amount is > 0 and < 0.01 ? "G2" : "0.00", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
