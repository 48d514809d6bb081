using FunctionsEval.Core.Metrics.Words;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>The number that a rule is on, as reasons speak of it.</summary>
/// <param name="Name">What a sentence calls it.</param>
/// <param name="Text">How its values are written.</param>
/// <param name="Lower">Lower bound of its interval; null without one.</param>
/// <param name="Upper">Upper bound of its interval; null without one.</param>
internal sealed record RuleSubject(string Name, NumberText Text, double? Lower = null, double? Upper = null)
{
    /// <summary>A share of samples.</summary>
    /// <param name="name">What a sentence calls it.</param>
    public static RuleSubject Share(string name) => new(name, new NumberText(MetricUnit.Share));

    /// <summary>A number of a metric.</summary>
    /// <param name="metric">The number's name.</param>
    /// <param name="slice">Its slice; null for the whole dataset.</param>
    /// <param name="currency">The currency of money; null where it is not known.</param>
    public static RuleSubject From(string metric, string? slice, string? currency)
    {
        var words = MetricWords.Find(metric);
        return new RuleSubject(words.In(slice), new NumberText(words.Unit, currency));
    }

    /// <summary>The number with its interval, whose width says how many digits it has.</summary>
    /// <param name="metric">The value.</param>
    public RuleSubject With(GateMetric metric) => this with { Lower = metric.Lower, Upper = metric.Upper };
}
