using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Gates.Rules;

/// <summary>A rule on one value of a metric.</summary>
public abstract record MetricRule : GateRule
{
    /// <summary>Name of a metric value, for example <c>f1_macro</c>; only for rules on a metric.</summary>
    [TextField(Missing = "give the name of a metric value, for example accuracy")]
    public required string Metric { get; init; }

    /// <summary>The slice that is looked at, <c>tag=value</c>, of a tag in <c>slices</c>; the whole dataset when absent.</summary>
    [TextField(Written = Written.UnlessDefault)]
    public string? Slice { get; init; }

    internal sealed override string Subject => MetricWords.Find(Metric).In(slice: null);

    /// <summary>The value as reasons name it.</summary>
    private protected string Name => MetricWords.Find(Metric).In(Slice);

    /// <summary>The value's key among the facts.</summary>
    private protected (string Name, string Slice) Key => (Metric, Slice ?? SliceNames.All);

    internal override OptionProblem? FindProblem(GateContext context) =>
        Slice is null || context.Slices.Concat(SliceNames.Reserved).Contains(Slice.Split('=', 2)[0])
            ? null
            : new OptionProblem("slice", "must be tag=value for a tag that is listed in $.slices, for example language=de.");

    /// <summary>The value as reasons speak of it.</summary>
    private protected RuleSubject SubjectIn(GateFacts facts) => RuleSubject.From(Metric, Slice, facts.Currency);

    private protected RuleVerdict NotComputed() => RuleVerdict.Inconclusive($"{Name} was not computed");
}
