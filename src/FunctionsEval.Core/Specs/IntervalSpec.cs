using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs;

/// <summary>Options of the bootstrap intervals.</summary>
public sealed record IntervalSpec
{
    /// <summary>Confidence level, 0.5–0.999. Default 0.95.</summary>
    [NumberField(Minimum = 0.5, Maximum = 0.999)]
    [Example(0.95)]
    public double Level { get; init; } = 0.95;

    /// <summary>Bootstrap replicates, 0 (none) to 10,000. Default 1000.</summary>
    [IntegerField(Minimum = 0, Maximum = 10_000)]
    [Example(2000)]
    public int Replicates { get; init; } = 1000;
}
