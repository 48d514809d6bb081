namespace FunctionsEval.Core.Specs;

/// <summary>The fields that each object of a spec may have; docs/evaluation.schema.json states the same.</summary>
internal static class SpecFields
{
    public static readonly string[] Root =
    [
        "$schema",
        "name",
        "task",
        "model",
        "baseline",
        "trainingFile",
        "repeats",
        "prompt",
        "labels",
        "positiveLabel",
        "labelProbabilities",
        "parsing",
        "sampling",
        "columns",
        "metrics",
        "slices",
        "intervals",
        "gate",
        "limits",
        "notify",
        "onFineTune",
    ];

    public static readonly string[] Prompt = ["system", "user", "fewShot"];

    public static readonly string[] FewShot = ["count", "seed"];

    /// <summary>Slices that the app makes itself.</summary>
    public static readonly string[] OwnSlices = ["leaked", "repeat"];

    public static readonly string[] Parsing = ["method", "ignoreCase", "stripQuotes", "field", "pattern", "aliases", "scoreTruncated"];

    public static readonly string[] Sampling = ["maxOutputTokens", "temperature", "topP", "seed", "stop", "stream", "logProbabilities"];

    public static readonly string[] Columns = ["input", "reference", "id", "tags"];

    public static readonly string[] Intervals = ["level", "replicates"];

    public static readonly string[] Gate = ["rules"];

    public static readonly string[] Conditions =
    [
        "minimum",
        "maximum",
        "lowerBoundAtLeast",
        "notWorseThanBaselineBy",
        "equivalentToBaselineWithin",
        "betterThanBaselineAtAlpha",
        "notWorseThanPrevious",
        "minimumCoverage",
        "maximumCost",
    ];

    /// <summary>Conditions on the run rather than on a metric.</summary>
    public static readonly string[] RunConditions = ["minimumCoverage", "maximumCost"];

    /// <summary>Conditions that compare with the baseline.</summary>
    public static readonly string[] Comparisons = ["notWorseThanBaselineBy", "equivalentToBaselineWithin", "betterThanBaselineAtAlpha"];

    public static readonly string[] Rule = ["metric", "slice", .. Conditions];

    public static readonly string[] Notify = ["webhook", "queue"];

    public static readonly string[] FineTune = ["baseModel", "suffix", "trainingFile"];

    public static readonly string[] Limits = ["maxMalformedShare", "deadline", "maxRows", "sampleFraction", "maxCost"];
}
