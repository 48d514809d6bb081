using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Functions.Reports;

/// <summary>Which samples to find; a part that is null matches every sample.</summary>
/// <param name="Outcome">Of the candidate or the baseline.</param>
/// <param name="Label">One of the sample's references.</param>
/// <param name="Prediction">Of the candidate.</param>
/// <param name="Flip">Which model alone got it right.</param>
internal sealed record SampleFilter(Outcome? Outcome, string? Label, string? Prediction, Flip? Flip)
{
    public bool Matches(SampleResult sample) =>
        (Outcome is null || sample.Candidate?.Outcome == Outcome || sample.Baseline?.Outcome == Outcome)
        && (Label is null || sample.References.Contains(Label, StringComparer.Ordinal))
        && (Prediction is null || sample.Candidate?.Prediction == Prediction)
        && (Flip is null || sample.FindFlip() == Flip);
}
