using FunctionsEval.Core.OptionReading;

namespace FunctionsEval.Core.Metrics.Classification;

/// <summary>The option <c>labels</c>: some of the spec's labels, by which a metric narrows what it looks at.</summary>
internal static class LabelOption
{
    /// <summary>The labels to look at: all of the spec's, unless the option names some.</summary>
    public static LabelIndex Read(OptionReader options, MetricContext context)
    {
        if (options.Texts("labels", maxCount: SpecLimits.MaxLabels) is not { } labels)
        {
            return context.Labels;
        }

        if (labels.Count == 0 || labels.Distinct(StringComparer.Ordinal).Count() < labels.Count)
        {
            throw options.Wrong("labels", "must name at least one label, each once");
        }

        foreach (var label in labels.Where(label => context.Labels.IndexOf(label) == LabelIndex.Outside))
        {
            throw new OptionException($"{options.Path}.labels", NearestName.Unknown("label", label, context.Labels.Labels));
        }

        return new LabelIndex(labels);
    }
}
