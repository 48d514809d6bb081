using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Notifications;

/// <summary>A headline number in a notification.</summary>
/// <param name="Name">Its name: <c>f1_macro</c>.</param>
/// <param name="Slice">Its slice, "all" for every sample.</param>
/// <param name="Label">What people read: <c>F1 (macro)</c>.</param>
/// <param name="Value">The number; null where it is undefined.</param>
/// <param name="Text">The number as people read it.</param>
/// <param name="DifferenceText">The difference from the baseline as people read it; null without one.</param>
/// <param name="Sentence">All of it in a sentence.</param>
internal sealed record NotifiedNumber(
    string Name,
    string Slice,
    string Label,
    double? Value,
    string Text,
    string? DifferenceText,
    string Sentence
)
{
    /// <summary>Maximum number of them.</summary>
    private const int MaxCount = 4;

    /// <summary>The first numbers of an overview; null for one without any.</summary>
    public static IReadOnlyList<NotifiedNumber>? From(RunOverview? overview) =>
        overview?.Headline is { Count: > 0 } headline
            ?
            [
                .. headline
                    .Take(MaxCount)
                    .Select(number => new NotifiedNumber(
                        NotifiedText.Name(number.Name),
                        NotifiedText.Name(number.Slice),
                        NotifiedText.Name(number.Label),
                        // JSON has no infinity.
                        number.Candidate.Value
                            is { } value
                        && double.IsFinite(value)
                            ? value
                            : null,
                        NotifiedText.Name(number.Candidate.Text),
                        NotifiedText.Name(number.Difference?.Text),
                        TableText.Cut(number.Sentence, NotifiedText.MaxSentence)
                    )),
            ]
            : null;
}

/// <summary>A class or slice that got worse, in a notification.</summary>
/// <param name="Against">What it is worse than: <c>baseline</c> or <c>previous</c>, the previous run of the suite.</param>
/// <param name="Name">Name of the number: <c>recall[card_arrival]</c>.</param>
/// <param name="Slice">Its slice, "all" for every sample.</param>
/// <param name="FromText">What it was, as people read it.</param>
/// <param name="ToText">What it is, as people read it.</param>
/// <param name="Samples">Samples of the class or slice; null where they are not known.</param>
/// <param name="Sentence">All of it in a sentence.</param>
internal sealed record NotifiedChange(
    string Against,
    string Name,
    string Slice,
    string FromText,
    string ToText,
    long? Samples,
    string Sentence
)
{
    private const string Baseline = "baseline";
    private const string Previous = "previous";

    /// <summary>Maximum number of those against one run.</summary>
    private const int MaxCount = 3;

    /// <summary>What got clearly worse, the most samples lost first; null where it is not known.</summary>
    public static IReadOnlyList<NotifiedChange>? From(RunOverview? overview) =>
        overview is { Worse: null, Previous: null } or null
            ? null
            :
            [
                .. From(overview.Previous?.Worse ?? [], Previous, "the previous run"),
                .. From(overview.Worse ?? [], Baseline, overview.Models.Baseline ?? "the baseline"),
            ];

    private static IEnumerable<NotifiedChange> From(IEnumerable<OverviewChange> changes, string against, string of) =>
        changes
            .Where(change => change.IsClear)
            .Take(MaxCount)
            .Select(change => new NotifiedChange(
                against,
                NotifiedText.Name(change.Name),
                NotifiedText.Name(change.Slice),
                NotifiedText.Name(change.From.Text),
                NotifiedText.Name(change.To.Text),
                change.Samples,
                TableText.Cut(
                    $"{NotifiedText.Name(change.Label)}: {change.To.Text}, {of} {change.From.Text}"
                        + (change.Samples is { } samples ? $" ({samples} samples)" : ""),
                    NotifiedText.MaxSentence
                )
            ));
}

/// <summary>How long the texts of a notification's numbers are.</summary>
internal static class NotifiedText
{
    /// <summary>Maximum length of a sentence in characters.</summary>
    public const int MaxSentence = 240;

    private const int MaxName = 100;

    /// <summary>A name, cut.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(name))]
    public static string? Name(string? name) => TableText.Cut(name, MaxName);
}
