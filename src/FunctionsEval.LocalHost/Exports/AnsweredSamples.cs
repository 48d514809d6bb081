using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.LocalHost.Exports;

/// <summary>
/// The samples that the candidate answered or failed at, without those that only the baseline answered before the run was stopped. One
/// passes when the candidate's answer is right, or has nothing to be compared with.
/// </summary>
internal sealed class AnsweredSamples
{
    public AnsweredSamples(IEnumerable<SampleResult> samples)
    {
        All = [.. samples.Where(sample => sample.Candidate is not null).Select(sample => new AnsweredSample(sample, sample.Candidate!))];
        Usage = TokenUsage.From(All);
    }

    public IReadOnlyList<AnsweredSample> All { get; }

    public int Passed => All.Count(sample => sample.IsPassed == true);

    public int Failed => All.Count(sample => sample.IsPassed == false);

    public int Errored => All.Count(sample => sample.IsPassed is null);

    /// <summary>The candidate's tokens over all samples.</summary>
    public TokenUsage Usage { get; }
}

/// <summary>A sample with the candidate's answer.</summary>
internal sealed record AnsweredSample(SampleResult Sample, AnswerResult Candidate)
{
    /// <summary>Whether there is something to compare the answer with.</summary>
    public bool HasReference => Sample.References.Count > 0;

    /// <summary>
    /// Whether the candidate's answer is right, as elsewhere, or has no reference and is usable; null when it was not answered.
    /// </summary>
    public bool? IsPassed =>
        Candidate.Outcome switch
        {
            Outcome.Scored => !HasReference || Sample.IsRight(Candidate),
            Outcome.Unparsable => false,
            _ => null,
        };
}

/// <summary>Tokens, as promptfoo writes them.</summary>
internal sealed record TokenUsage(long Total, long Prompt, long Completion, int Cached, int NumRequests)
{
    public static TokenUsage From(IReadOnlyCollection<AnsweredSample> samples)
    {
        var (prompt, completion) = (
            samples.Sum(sample => (long)sample.Candidate.InputTokens),
            samples.Sum(sample => (long)sample.Candidate.OutputTokens)
        );
        return new TokenUsage(prompt + completion, prompt, completion, Cached: 0, samples.Count);
    }
}
