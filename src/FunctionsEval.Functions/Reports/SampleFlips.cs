using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// The first samples that only one of the two models got right: whose prediction equals a reference, or that chose a right choice.
/// </summary>
/// <param name="Gained">Only the candidate did.</param>
/// <param name="Lost">Only the baseline did.</param>
/// <param name="IsCut">Whether there were more samples than are looked at.</param>
internal sealed record SampleFlips(IReadOnlyList<SampleResult> Gained, IReadOnlyList<SampleResult> Lost, bool IsCut)
{
    /// <summary>The samples of a run without a baseline, and of a group.</summary>
    public static readonly SampleFlips None = new([], [], IsCut: false);

    public const int MaxShown = 50;
    public const int MaxLookedAt = 200_000;

    /// <summary>Reads them from <c>samples.jsonl</c>, no further than it takes.</summary>
    public static async Task<SampleFlips> ReadAsync(Stream samples, CancellationToken cancellationToken)
    {
        var (gained, lost) = (new List<SampleResult>(), new List<SampleResult>());
        var looked = 0;
        await foreach (var (_, sample) in SampleLines.ReadAsync(samples, cancellationToken))
        {
            if (gained.Count == MaxShown && lost.Count == MaxShown)
            {
                break;
            }

            if (looked++ == MaxLookedAt)
            {
                return new SampleFlips(gained, lost, IsCut: true);
            }

            if (sample.FindFlip() is not { } flip)
            {
                continue;
            }

            var flipped = flip == Flip.Gained ? gained : lost;
            if (flipped.Count < MaxShown)
            {
                flipped.Add(sample);
            }
        }

        return new SampleFlips(gained, lost, IsCut: false);
    }
}
