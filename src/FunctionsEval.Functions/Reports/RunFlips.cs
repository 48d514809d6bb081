using System.Runtime.CompilerServices;
using System.Text;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>
/// The samples that are right in one of two runs and wrong in the other, with both answers, from their <c>samples.jsonl</c>.
/// </summary>
internal sealed class RunFlips(RunBlobs blobs, RunComparison comparison)
{
    /// <summary>Samples that are looked at for one page.</summary>
    private const int MaxLookedAt = 200_000;

    /// <summary>Maximum number of bytes of samples that are held until their counterpart is read.</summary>
    private const long MaxWaitingBytes = 64 << 20;

    /// <summary>A page of them; null when one of the runs has no samples (yet).</summary>
    /// <param name="left">The run to compare with.</param>
    /// <param name="right">The run that is compared.</param>
    /// <param name="filter">Which samples to find; its flip compares the right run with the left one.</param>
    /// <param name="offset">How many pairs were looked at before.</param>
    /// <param name="size">Maximum number of samples of the page.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The samples, and the offset of the next page; null behind the last.</returns>
    /// <exception cref="UnpairableException">The samples do not belong together.</exception>
    public async Task<(IReadOnlyList<SampleResult> Samples, long? Next)?> ReadAsync(
        string left,
        string right,
        SampleFilter filter,
        long offset,
        int size,
        CancellationToken cancellationToken
    )
    {
        await using var lefts = await blobs.OpenSamplesForReadAsync(left, offset: 0, cancellationToken);
        await using var rights = await blobs.OpenSamplesForReadAsync(right, offset: 0, cancellationToken);
        if (lefts is null || rights is null)
        {
            return null;
        }

        var (one, other) = (await comparison.ReadAsync(left, cancellationToken), await comparison.ReadAsync(right, cancellationToken));
        var haveSameSamples = RunComparison.ReadSameSamples(one, other);
        var pairs = SamplePairing.PairAsync(
            AnsweredAsync(lefts, cancellationToken),
            AnsweredAsync(rights, cancellationToken),
            line =>
                RunComparison.IdentityOf(
                    haveSameSamples,
                    Scoreboard.SampleKey(line.Sample.RowId, line.Sample.Offset),
                    line.Sample.Turn ?? 0,
                    SampleIdentity.From(line.Sample.Id, line.Sample.Offset, line.Sample.Content, line.Sample.Turn ?? 0)
                ),
            MaxWaitingBytes,
            line => line.Bytes,
            cancellationToken
        );
        return await PageAsync(pairs, filter, offset, size, cancellationToken);
    }

    private static async Task<(IReadOnlyList<SampleResult> Samples, long? Next)> PageAsync(
        IAsyncEnumerable<(AnsweredLine? Left, AnsweredLine? Right)> pairs,
        SampleFilter filter,
        long offset,
        int size,
        CancellationToken cancellationToken
    )
    {
        var samples = new List<SampleResult>();
        var (looked, bytes) = (0L, 0L);
        await foreach (var (left, right) in pairs.WithCancellation(cancellationToken))
        {
            if (left is null || right is null)
            {
                break; // The samples without a counterpart come last.
            }

            if (looked++ < offset)
            {
                continue;
            }

            if (samples.Count == size || looked - offset > MaxLookedAt || bytes > SamplePages.MaxBytes)
            {
                return (samples, looked - 1);
            }

            if (
                Flipped(left.Sample, right.Sample) is not { } flipped
                || (filter.Flip is not null && filter.Flip != flipped.Flip)
                || !(filter with { Flip = null }).Matches(flipped)
            )
            {
                continue;
            }

            samples.Add(
                flipped with
                {
                    Key = SampleKeys.Of(flipped),
                    Correct = new AnswerMarks(flipped.FindCorrect(flipped.Candidate), flipped.FindCorrect(flipped.Baseline)),
                }
            );
            bytes += left.Bytes + right.Bytes;
        }

        return (samples, null);
    }

    /// <summary>
    /// The right run's sample with both answers; null where both are right, both are wrong, or one of them was not answered.
    /// </summary>
    private static SampleResult? Flipped(SampleResult left, SampleResult right)
    {
        if (left.Candidate is not { IsMeasured: true } before || right.Candidate is not { IsMeasured: true } after)
        {
            return null;
        }

        var (wasRight, isRight) = (left.IsRight(before), right.IsRight(after));
        return wasRight == isRight ? null : right with { Against = before, Flip = isRight ? Flip.Gained : Flip.Lost };
    }

    /// <summary>The samples in dataset order; a row that is no sample is left out.</summary>
    private static async IAsyncEnumerable<AnsweredLine> AnsweredAsync(
        Stream samples,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var (line, sample) in SampleLines.ReadAsync(samples, cancellationToken))
        {
            if (sample.Candidate is { Outcome: not Outcome.MalformedSample })
            {
                yield return new AnsweredLine(sample, Encoding.UTF8.GetByteCount(line));
            }
        }
    }

    /// <summary>A sample that was answered, and how many bytes its line has.</summary>
    private sealed record AnsweredLine(SampleResult Sample, int Bytes);
}
