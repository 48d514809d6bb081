using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics;

/// <summary>What a metric may know of a spec besides its own options.</summary>
internal sealed class MetricContext
{
    /// <summary>Creates the context.</summary>
    /// <param name="task">The task.</param>
    /// <param name="labels">The closed list of labels; empty for none.</param>
    /// <param name="positiveLabel">The label that counts as positive for binary numbers; null for none.</param>
    /// <param name="probabilities">How the probabilities of labels are obtained.</param>
    /// <exception cref="OptionException">A label is listed twice, or the positive label is none of them.</exception>
    public MetricContext(IMeasuredTask task, IReadOnlyList<string> labels, string? positiveLabel, LabelProbabilityMethod probabilities)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } duplicate)
        {
            throw new OptionException("labels", $"'{duplicate.Key}' is listed twice.");
        }

        if (positiveLabel is not null && !labels.Contains(positiveLabel, StringComparer.Ordinal))
        {
            throw new OptionException("positiveLabel", NearestName.Unknown("label", positiveLabel, labels));
        }

        Task = task;
        Labels = new LabelIndex(labels);
        PositiveLabel = positiveLabel;
        Probabilities = probabilities;
    }

    /// <summary>The task.</summary>
    public IMeasuredTask Task { get; }

    /// <summary>The label that counts as positive; null for none.</summary>
    public string? PositiveLabel { get; }

    /// <summary>How the probabilities of labels are obtained.</summary>
    public LabelProbabilityMethod Probabilities { get; }

    /// <summary>The closed list of labels.</summary>
    public LabelIndex Labels { get; }

    /// <summary>Index of the positive label; <see cref="LabelIndex.Outside"/> without one.</summary>
    public int PositiveIndex => Labels.IndexOf(PositiveLabel);
}
