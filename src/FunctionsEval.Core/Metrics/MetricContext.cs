using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Parsing;

namespace FunctionsEval.Core.Metrics;

/// <summary>What a metric may know of a spec besides its own options.</summary>
public sealed class MetricContext
{
    /// <summary>Creates the context.</summary>
    /// <param name="task">The task's name, for messages.</param>
    /// <param name="content">What the task's samples hold.</param>
    /// <param name="labels">The closed list of labels; empty for none.</param>
    /// <param name="positiveLabel">The label that counts as positive for binary numbers; null for none.</param>
    /// <param name="probabilities">How the probabilities of labels are had.</param>
    /// <exception cref="MetricSpecException">A label is listed twice, or the positive label is none of them.</exception>
    public MetricContext(
        string task,
        SampleContent content,
        IReadOnlyList<string> labels,
        string? positiveLabel,
        LabelProbabilityMethod probabilities = LabelProbabilityMethod.Alternatives
    )
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } duplicate)
        {
            throw new MetricSpecException("labels", $"'{duplicate.Key}' is listed twice.");
        }

        if (positiveLabel is not null && !labels.Contains(positiveLabel, StringComparer.Ordinal))
        {
            throw new MetricSpecException("positiveLabel", MetricOptionReader.Unknown("label", positiveLabel, labels));
        }

        Task = task;
        Content = content;
        Labels = new LabelIndex(labels);
        PositiveLabel = positiveLabel;
        Probabilities = probabilities;
    }

    /// <summary>The task's name.</summary>
    public string Task { get; }

    /// <summary>What the task's samples hold.</summary>
    public SampleContent Content { get; }

    /// <summary>The label that counts as positive; null for none.</summary>
    public string? PositiveLabel { get; }

    /// <summary>How the probabilities of labels are had.</summary>
    public LabelProbabilityMethod Probabilities { get; }

    /// <summary>The closed list of labels.</summary>
    internal LabelIndex Labels { get; }

    /// <summary>Index of the positive label; <see cref="LabelIndex.Outside"/> without one.</summary>
    internal int PositiveIndex => Labels.IndexOf(PositiveLabel);
}
