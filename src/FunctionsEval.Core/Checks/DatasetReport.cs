using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Core.Checks;

/// <summary>What is found in a dataset without a model call.</summary>
public sealed record DatasetReport
{
    /// <summary>Rows that were read; each trained turn counts where turns are samples.</summary>
    public required long Rows { get; init; }

    /// <summary>
    /// Rows that are evaluated once each, before <c>repeats</c>: malformed ones and those outside <c>limits</c> not counted.
    /// </summary>
    public required long Samples { get; init; }

    /// <summary>Rows that are no samples.</summary>
    public required long Malformed { get; init; }

    /// <summary>How many rows are malformed for each reason, the commonest first.</summary>
    public required IReadOnlyList<NamedCount> Reasons { get; init; }

    /// <summary>The first malformed rows, at most <see cref="DatasetCheck.MaxProblems"/>.</summary>
    public required IReadOnlyList<FoundProblem> Problems { get; init; }

    /// <summary>How many samples have each label, in the spec's order; empty for tasks without labels.</summary>
    public required IReadOnlyList<NamedCount> Labels { get; init; }

    /// <summary>References that are not among the labels, the commonest first; at most <see cref="UnknownLabels.MaxListed"/>.</summary>
    public required IReadOnlyList<UnknownLabel> UnknownLabels { get; init; }

    /// <summary>The tags that samples have, in ordinal order; at most <see cref="TagCounts.MaxTags"/>.</summary>
    public required IReadOnlyList<TagCount> Tags { get; init; }

    /// <summary>Tags of the spec's <c>slices</c> that no sample has.</summary>
    public required IReadOnlyList<string> EmptySlices { get; init; }

    /// <summary>What occurs more than once.</summary>
    public required DuplicateReport Duplicates { get; init; }

    /// <summary>Samples among the rows that the model was tuned on; null where no training file was read.</summary>
    public LeakReport? Leaks { get; init; }

    /// <summary>The images that samples show; null where they show none.</summary>
    public ImageReport? Images { get; init; }

    /// <summary>Share of rows that are malformed, 0–1.</summary>
    public double MalformedShare => Rows == 0 ? 0 : (double)Malformed / Rows;
}

/// <summary>A name and how often it occurs.</summary>
/// <param name="Name">The name.</param>
/// <param name="Count">How often.</param>
public sealed record NamedCount(string Name, long Count);

/// <summary>A row that is no sample.</summary>
/// <param name="Line">Physical line of its start, from 1.</param>
/// <param name="Column">Character of the line (JSONL) or number of the field (CSV, TSV), from 1; null without a single place.</param>
/// <param name="Reason">One of <see cref="MalformedReasons"/>.</param>
/// <param name="Message">What is wrong, naming fields and types, never the row's text; then the fix.</param>
public sealed record FoundProblem(int Line, int? Column, string Reason, string Message);

/// <summary>A reference that is not among the spec's labels.</summary>
/// <param name="Label">The reference, cut when it is long.</param>
/// <param name="Count">How many rows have it.</param>
/// <param name="FirstLine">The first of them.</param>
/// <param name="Nearest">The label that was probably meant; null when none is near.</param>
public sealed record UnknownLabel(string Label, long Count, int FirstLine, string? Nearest);

/// <summary>A tag.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Samples">How many samples have it.</param>
/// <param name="Values">Its values, the commonest first; at most <see cref="TagCounts.MaxValues"/>.</param>
/// <param name="OtherValues">How many further samples have other values.</param>
public sealed record TagCount(string Name, long Samples, IReadOnlyList<NamedCount> Values, long OtherValues);

/// <summary>What occurs more than once. Of more than a million different samples only the first million are remembered.</summary>
/// <param name="Ids">Samples whose id an earlier one has.</param>
/// <param name="FirstId">Line of the first; null for none.</param>
/// <param name="Contents">Samples that ask and expect what an earlier one does.</param>
/// <param name="FirstContent">Line of the first; null for none.</param>
/// <param name="Conflicts">Samples that ask what an earlier one asks and expect something else.</param>
/// <param name="FirstConflict">Line of the first; null for none.</param>
public sealed record DuplicateReport(long Ids, int? FirstId, long Contents, int? FirstContent, long Conflicts, int? FirstConflict);

/// <summary>Samples among the rows that the model was tuned on.</summary>
/// <param name="Exact">Samples with the words of a training row.</param>
/// <param name="Ngrams">Samples most of whose n-grams occur in training rows.</param>
/// <param name="FirstLine">Line of the first of both; null for none.</param>
public sealed record LeakReport(long Exact, long Ngrams, int? FirstLine);

/// <summary>Images.</summary>
/// <param name="Files">Images that are files beside the dataset, each as often as a sample names it.</param>
/// <param name="Addresses">Images at addresses, which the endpoint loads and not the app.</param>
/// <param name="Data">Images in the rows.</param>
public sealed record ImageReport(long Files, long Addresses, long Data);
