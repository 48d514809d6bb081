namespace FunctionsEval.Core.OptionReading;

/// <summary>
/// The limits of a spec; docs/spec.md states the same. The work of reading, checking and measuring grows with these numbers, some of it
/// with their products.
/// </summary>
public static class SpecLimits
{
    /// <summary>The largest spec: 1 MiB.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The largest spec in the form that the app keeps it in, which escapes what is not ASCII.</summary>
    public const int MaxCanonicalBytes = 8 * MaxBytes;

    /// <summary>Answers to one sample.</summary>
    public const int MaxRepeats = 32;

    /// <summary>Labels of a classification.</summary>
    public const int MaxLabels = 2_000;

    /// <summary>Labels up to which a metric may count each label against each other.</summary>
    public const int MaxLabelsSquared = 500;

    /// <summary>Other spellings of labels.</summary>
    public const int MaxAliases = 10_000;

    /// <summary>Rules of a gate.</summary>
    public const int MaxRules = 1_000;

    /// <summary>Datasets of a suite with one verdict.</summary>
    public const int MaxSuiteDatasets = 200;

    /// <summary>Elements of the other lists: metrics, slices, tags, stop texts, a judge's labels, types of ROUGE.</summary>
    public const int MaxElements = 100;

    /// <summary>Characters of a text that is no template and no pattern: a label, a field, a model.</summary>
    public const int MaxText = 1_000;

    /// <summary>Characters of a regular expression.</summary>
    public const int MaxPattern = 2_000;

    /// <summary>Characters of the JSON schema of answers.</summary>
    public const int MaxSchema = 100_000;
}
