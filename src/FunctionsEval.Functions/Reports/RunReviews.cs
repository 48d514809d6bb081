using FunctionsEval.Core.Results.Reviews;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>What people said of a run's samples, beside the samples.</summary>
internal sealed class RunReviews(RunBlobs blobs, SampleBlobs samples, ReviewLog log, SampleIndexes indexes, SampleFinder finder)
{
    /// <summary>Samples that are looked at for one answer.</summary>
    private const int MaxLookedAt = 200_000;

    /// <summary>The next items for a reviewer, in an order that is the same for all; null when the run has no samples (yet).</summary>
    /// <param name="runId">The run.</param>
    /// <param name="reviewer">Who grades.</param>
    /// <param name="kind">What is graded at once.</param>
    /// <param name="isDisputedOnly">Whether only items are meant of which judges, references or models do not say the same.</param>
    /// <param name="filter">Which samples.</param>
    /// <param name="size">Maximum number of items.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="SamplesChangedException">The samples are being written again.</exception>
    public async Task<ReviewPage?> NextAsync(
        string runId,
        string reviewer,
        ReviewKind kind,
        bool isDisputedOnly,
        SampleFilter filter,
        int size,
        CancellationToken cancellationToken
    )
    {
        if (await indexes.FindAsync(runId, cancellationToken) is not { } index)
        {
            return null;
        }

        var found = await finder.FindAsync(index, filter, SampleOrder.Dataset, cancellationToken);
        filter = filter with { Found = found.IsComplete ? found.ToBits(index.Count) : null };
        var done = Review
            .Current(await log.ReadAsync(runId, cancellationToken))
            .Where(review => review.Reviewer == reviewer)
            .Select(review => new ReviewItemKey(review.Sample, review.Role))
            .ToHashSet();
        var opinions = isDisputedOnly ? await OpinionsAsync(runId, cancellationToken) : null;
        var queue = new ReviewQueueBuilder(runId, kind, size, done);
        var looked = 0;
        await foreach (var (_, sample) in SampleLines.ReadAsync(await samples.OpenAsync(index.File, cancellationToken), cancellationToken))
        {
            if (looked == MaxLookedAt)
            {
                return queue.Finish(isCut: true);
            }

            if (filter.MatchesAt(looked++, sample))
            {
                queue.Add(sample, opinions);
            }
        }

        return queue.Finish(isCut: false);
    }

    /// <summary>How far people agree with judges, references and each other; null when the run has no samples (yet).</summary>
    public async Task<ReviewSummary?> SummarizeAsync(string runId, CancellationToken cancellationToken)
    {
        var lines = await log.ReadAsync(runId, cancellationToken);
        var tally = new ReviewTally(Review.Current(lines));
        if (await blobs.OpenSamplesForReadAsync(runId, offset: 0, cancellationToken) is not { } all)
        {
            return null;
        }

        await using var _ = all;
        if (lines.Count > 0)
        {
            var opinions = await OpinionsAsync(runId, cancellationToken);
            await foreach (var (_, sample) in SampleLines.ReadAsync(all, cancellationToken))
            {
                if (SampleKeys.Of(sample) is var key && tally.Needs(key))
                {
                    tally.Add(key, sample, opinions);
                }
            }
        }

        return tally.Finish(runId);
    }

    /// <summary>The reviews that count.</summary>
    public async Task<IReadOnlyList<Review>> ReadAsync(string runId, CancellationToken cancellationToken) =>
        Review.Current(await log.ReadAsync(runId, cancellationToken));

    /// <summary>Whether a run has a sample with what is graded: one answer, or those of both models.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="item">What is graded.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="SamplesChangedException">The samples are being written again.</exception>
    public async Task<bool> HasAsync(string runId, ReviewItemKey item, CancellationToken cancellationToken)
    {
        if (await indexes.FindAsync(runId, cancellationToken) is not { } index)
        {
            return false;
        }

        // Samples behind the end of an index are reviewed too.
        return SampleKeys.FindRow(index, item.Sample) is var row and >= 0
            ? (item.Role == Roles.Baseline || index.CandidateOutcomes[row] != SampleIndex.NoAnswer)
                && (item.Role == Roles.Candidate || index.BaselineOutcomes[row] != SampleIndex.NoAnswer)
            : index.IsCut;
    }

    /// <inheritdoc cref="ReviewLog.TryAppendAsync"/>
    public Task<bool> TryAddAsync(string runId, Review review, CancellationToken cancellationToken) =>
        log.TryAppendAsync(runId, review, cancellationToken);

    private async Task<RunOpinions> OpinionsAsync(string runId, CancellationToken cancellationToken) =>
        new(new RowMeasurer(await blobs.ReadSpecAsync(runId, cancellationToken)).Graders);
}
