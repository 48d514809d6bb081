using FunctionsEval.Core.Metrics.Classification;
using FunctionsEval.Core.Metrics.Repeats;
using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics;

/// <summary>What a metric may know of a spec besides its own options.</summary>
internal sealed class MetricContext
{
    private IReadOnlyList<RightAnswer>? _rightAnswers;

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

    /// <summary>The spec's metrics, as it asks for them.</summary>
    public IReadOnlyList<MetricSpec> Specs { get; init; } = [];

    /// <summary>What a metric of the spec's answers can call right: the shares of samples among the spec's numbers.</summary>
    public IReadOnlyList<RightAnswer> RightAnswers => _rightAnswers ??= [.. MetricCatalog.RightAnswersOf(this)];

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
