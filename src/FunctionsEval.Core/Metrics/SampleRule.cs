namespace FunctionsEval.Core.Metrics;

/// <summary>
/// How numbers follow from the samples, for a metric whose numbers are no function of a sum over samples: of their order, or of the answers
/// that belong together. What they follow from is kept for each sample.
/// </summary>
public abstract record SampleRule
{
    private protected SampleRule() { }
}
