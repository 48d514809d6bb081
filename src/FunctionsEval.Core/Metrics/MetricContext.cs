using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics;

/// <summary>What a metric may know of a spec besides its own options.</summary>
internal sealed class MetricContext
{
    /// <summary>Creates the context.</summary>
    /// <param name="task">The task.</param>
    /// <param name="settings">What else of the spec the metrics depend on.</param>
    /// <exception cref="OptionException">A label is listed twice, or the positive label is none of them.</exception>
    public MetricContext(IMeasuredTask task, MetricSettings settings)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(settings);
        var (labels, positiveLabel) = (settings.Labels, settings.PositiveLabel);
        if (labels.GroupBy(label => label, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } duplicate)
        {
            throw new OptionException("labels", $"'{duplicate.Key}' is listed twice.");
        }

        if (positiveLabel is not null && !labels.Contains(positiveLabel, StringComparer.Ordinal))
        {
            throw new OptionException("positiveLabel", NearestName.Unknown("label", positiveLabel, labels));
        }

        Task = task;
        Settings = settings;
        Labels = new LabelIndex(labels);
    }

    /// <summary>The task.</summary>
    public IMeasuredTask Task { get; }

    /// <summary>What else of the spec the metrics depend on.</summary>
    public MetricSettings Settings { get; }

    /// <summary>The label that counts as positive; null for none.</summary>
    public string? PositiveLabel => Settings.PositiveLabel;

    /// <summary>The closed list of labels.</summary>
    public LabelIndex Labels { get; }

    /// <summary>Index of the positive label; <see cref="LabelIndex.Outside"/> without one.</summary>
    public int PositiveIndex => Labels.IndexOf(PositiveLabel);
}
