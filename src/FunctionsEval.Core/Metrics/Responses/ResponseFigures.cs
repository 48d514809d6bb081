namespace FunctionsEval.Core.Metrics.Responses;

/// <summary>
/// What an answer took, logged where a metric asks for it: these differ from run to run, and the lines of samples are the same otherwise.
/// </summary>
public sealed record ResponseFigures
{
    /// <summary>
    /// From sending the request to the last byte of the answer, ms, of the attempt that succeeded; null unless a metric asks for it.
    /// </summary>
    public double? LatencyMs { get; init; }

    /// <summary>
    /// What the model's tokens cost at its prices, those of repeated attempts included and graders' not, in the prices' currency; null
    /// unless a metric asks for it.
    /// </summary>
    public decimal? Cost { get; init; }
}
