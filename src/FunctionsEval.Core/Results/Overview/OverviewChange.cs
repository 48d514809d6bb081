using FunctionsEval.Core.Gates;

namespace FunctionsEval.Core.Results.Overview;

/// <summary>A class or slice that got worse.</summary>
public sealed record OverviewChange
{
    /// <summary>What it is of: <c>class</c>, <c>slice</c>, or <c>average</c> for a number over all samples.</summary>
    public required string Kind { get; init; }

    /// <summary>The metric's part of the name: <c>recall</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>The class or slice; null for a number over all samples.</summary>
    public string? Subject { get; init; }

    /// <summary>Name of the number: <c>recall[card_arrival]</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its slice, "all" for every sample.</summary>
    public required string Slice { get; init; }

    /// <summary>What people read: <c>Recall of card_arrival</c>.</summary>
    public required string Label { get; init; }

    /// <summary>What it was: the baseline's, or the previous run's.</summary>
    public required NumberFigure From { get; init; }

    /// <summary>What it is.</summary>
    public required NumberFigure To { get; init; }

    /// <summary>How much that is.</summary>
    public required DifferenceFigure Difference { get; init; }

    /// <summary>Samples of the class or slice; null where they are not known.</summary>
    public long? Samples { get; init; }

    /// <summary>How many samples were lost by it: the difference × the samples; null where they are not known.</summary>
    public double? Damage { get; init; }

    /// <summary>Whether it is more than chance explains, after the correction within its family.</summary>
    public bool IsClear { get; init; }

    /// <summary>The query of the samples behind it; null where they cannot be asked for.</summary>
    public IReadOnlyDictionary<string, string>? Filter { get; init; }
}

/// <summary>Two classes of which one was taken for the other.</summary>
/// <param name="Reference">The right class.</param>
/// <param name="Prediction">What was answered; <see cref="Other"/> for an answer that is no class.</param>
/// <param name="Samples">How often.</param>
/// <param name="Filter">The query of these samples.</param>
public sealed record ConfusedPair(string Reference, string Prediction, long Samples, IReadOnlyDictionary<string, string> Filter)
{
    /// <summary>What stands for an answer that is no class.</summary>
    public const string Other = "no class";

    /// <summary>Whether the answer is no class.</summary>
    public bool IsOther { get; init; }
}

/// <summary>A slice or class with a low number.</summary>
public sealed record WeakNumber
{
    /// <summary>What it is of: <c>class</c> or <c>slice</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The metric's part of the name: <c>f1</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>The class or slice.</summary>
    public required string Subject { get; init; }

    /// <summary>Name of the number.</summary>
    public required string Name { get; init; }

    /// <summary>Its slice, "all" for every sample.</summary>
    public required string Slice { get; init; }

    /// <summary>What people read: <c>F1 of card_arrival</c>.</summary>
    public required string Label { get; init; }

    /// <summary>The number.</summary>
    public required double Value { get; init; }

    /// <summary>The number as people read it.</summary>
    public required string Text { get; init; }

    /// <summary>Samples of the class or slice; null where they are not known.</summary>
    public long? Samples { get; init; }

    /// <summary>The query of the samples behind it; null where they cannot be asked for.</summary>
    public IReadOnlyDictionary<string, string>? Filter { get; init; }
}

/// <summary>A candidate of a group.</summary>
public sealed record OverviewCandidate
{
    /// <summary>The candidate's name.</summary>
    public required string Model { get; init; }

    /// <summary>Its run.</summary>
    public required string RunId { get; init; }

    /// <summary>How its run ended; null where that is not known.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>What the gate says of it among all candidates; null without a verdict.</summary>
    public VerdictResult? Verdict { get; init; }

    /// <summary>What each rule says of it.</summary>
    public IReadOnlyList<RuleVerdict> Reasons { get; init; } = [];

    /// <summary>Whether it passes and is not shown to be worse than the best one.</summary>
    public bool IsRecommended { get; init; }

    /// <summary>Why its numbers are not compared; null when they are.</summary>
    public string? NotCompared { get; init; }

    /// <summary>Its headline numbers; the axis of a number is the same for all candidates.</summary>
    public IReadOnlyList<HeadlineNumber> Headline { get; init; } = [];
}
