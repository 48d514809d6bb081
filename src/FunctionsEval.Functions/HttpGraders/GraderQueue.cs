using System.Globalization;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.HttpGraders;

/// <summary>
/// The answers that wait for one HTTP grader. A request takes what is waiting when it can be sent, so that batches grow with the load and
/// nothing waits for a batch to fill.
/// </summary>
/// <param name="name">The grader's name.</param>
/// <param name="target">Its settings.</param>
/// <param name="sender">Sends a request.</param>
/// <param name="waits">How long to wait between attempts.</param>
/// <param name="time">The clock.</param>
internal sealed class GraderQueue(
    string name,
    HttpGraderTarget target,
    Func<string, IReadOnlyList<WaitingAnswer>, CancellationToken, Task<GraderReply>> sender,
    CallRetryOptions waits,
    TimeProvider time
)
{
    /// <summary>Bytes of the answers in one request; a single one may have more.</summary>
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<WaitingAnswer> _waiting = new();
    private int _sending;
    private long _served;

    /// <summary>Has an answer graded.</summary>
    public void Add(WaitingAnswer answer)
    {
        lock (_lock)
        {
            _waiting.Enqueue(answer);
            if (_sending == target.MaxConcurrency)
            {
                return;
            }

            _sending++;
        }

        _ = Task.Run(SendWaitingAsync);
    }

    private async Task SendWaitingAsync()
    {
        while (Take() is { } batch)
        {
            try
            {
                await GradeAsync(batch);
            }
            catch (Exception unexpected)
            {
                // Nobody awaits this task; the samples would wait for ever.
                batch.ForEach(answer => answer.End(InternalError(unexpected)));
            }
        }
    }

    /// <summary>The answers of the next request; null where none waits, and then one request fewer is under way.</summary>
    private List<WaitingAnswer>? Take()
    {
        lock (_lock)
        {
            List<WaitingAnswer> batch = [];
            long bytes = 0;
            while (
                batch.Count < target.MaxBatch
                && _waiting.TryPeek(out var next)
                && (batch.Count == 0 || bytes + next.Body.Length <= MaxBatchBytes)
            )
            {
                _waiting.Dequeue();
                if (!next.HasStopped())
                {
                    batch.Add(next);
                    bytes += next.Body.Length;
                }
            }

            if (batch.Count > 0)
            {
                return batch;
            }

            _sending--;
            return null;
        }
    }

    private async Task GradeAsync(List<WaitingAnswer> batch)
    {
        var servedBefore = Interlocked.Read(ref _served);
        switch (await TryAsync(batch, target.MaxAttempts))
        {
            case GraderReply.Refused or GraderReply.Transient { WasReached: true, IsThrottled: false } when batch.Count > 1:
                await GradeEachAsync(batch);
                break;
            case GraderReply.Refused refused:
                batch.ForEach(answer => answer.End(TextGrading.NotGraded(refused.Reason)));
                break;
            case GraderReply.Transient fault:
                Conclude(batch, fault, servedBefore);
                break;
        }
    }

    /// <summary>One answer of a batch may be at fault: each is sent once by itself.</summary>
    private async Task GradeEachAsync(List<WaitingAnswer> batch)
    {
        var servedBefore = Interlocked.Read(ref _served);
        List<(WaitingAnswer Answer, GraderReply.Transient Fault)> failed = [];
        foreach (var answer in batch.Where(answer => !answer.HasStopped()))
        {
            switch (await TryAsync([answer], maxAttempts: 1))
            {
                case GraderReply.Refused refused:
                    answer.End(TextGrading.NotGraded(refused.Reason));
                    break;
                case GraderReply.Transient fault:
                    failed.Add((answer, fault));
                    break;
            }
        }

        foreach (var (answer, fault) in failed)
        {
            Conclude([answer], fault, servedBefore);
        }
    }

    /// <summary>
    /// Takes out of a request the answers that are not sent any more, and those of a shard that may be another executor's by now. That is in
    /// doubt for as long as the storage refuses what the shard's log waits for, and the answers of other shards must not wait so long: it
    /// waits by itself, and comes back.
    /// </summary>
    private void KeepConfirmed(List<WaitingAnswer> batch) =>
        batch.RemoveAll(answer =>
        {
            var confirming = answer.ConfirmAsync();
            if (confirming.IsCompletedSuccessfully)
            {
                return answer.HasStopped();
            }

            _ = AddOnceConfirmedAsync(answer, confirming);
            return true;
        });

    private async Task AddOnceConfirmedAsync(WaitingAnswer answer, Task confirming)
    {
        try
        {
            await confirming;
            if (!answer.HasStopped())
            {
                Add(answer);
            }
        }
        catch (Exception unexpected)
        {
            // Nobody awaits this task; the sample would wait for ever.
            answer.End(InternalError(unexpected));
        }
    }

    private static Grade InternalError(Exception unexpected) =>
        TextGrading.NotGraded($"internal_error: {unexpected.GetType().Name} in the app's client of the HTTP grader.");

    /// <summary>
    /// Sends a request until there is a reply. Answers that got their grade, and those that are not sent any more, have ended; those whose
    /// shard is in doubt are taken out.
    /// </summary>
    /// <returns>The reply; null where no answer is left.</returns>
    private async Task<GraderReply?> TryAsync(List<WaitingAnswer> batch, int maxAttempts)
    {
        var (id, sent) = ("", 0);
        for (var attempt = 1; ; attempt++)
        {
            KeepConfirmed(batch);
            if (batch.Count == 0)
            {
                return null;
            }

            if (batch.Count != sent)
            {
                // A receiver that remembers the id would answer with the grades of other answers at the same places.
                (id, sent) = ($"grade_{Guid.CreateVersion7(time.GetUtcNow()):N}", batch.Count);
            }

            batch.ForEach(answer => answer.Attempts++);
            switch (await sender(id, batch, CancellationToken.None))
            {
                case GraderReply.Scored scored:
                    Interlocked.Increment(ref _served);
                    End(batch, scored);
                    return null;
                case GraderReply.Misconfigured wrong:
                    batch.ForEach(answer =>
                        answer.Stop(new ModelCallResult.Misconfigured(wrong.Message) { Code = "grader_misconfigured" })
                    );
                    return null;
                case GraderReply.Transient fault when attempt < maxAttempts && WaitAfter(fault, attempt) is { } wait:
                    await Task.Delay(wait, time);
                    break;
                case var reply:
                    return reply;
            }
        }
    }

    private static void End(List<WaitingAnswer> batch, GraderReply.Scored scored)
    {
        for (var place = 0; place < batch.Count; place++)
        {
            batch[place].End(GraderGrade.Read(batch[place].Spec, scored.Scores.TryGetValue(place, out var score) ? score : null));
        }
    }

    /// <summary>The wait before the next attempt; null where the grader asks for more than an attempt waits.</summary>
    private TimeSpan? WaitAfter(GraderReply.Transient fault, int attempt)
    {
        if (fault.RetryAfter is { } asked && asked > TimeSpan.Zero)
        {
            return asked <= waits.LongestWait ? asked : null;
        }

        return waits.MaxWaitAfter(attempt);
    }

    /// <summary>
    /// All attempts failed. Where the grader served another request meanwhile, the answers are at fault and have no grade. Where it did
    /// not, it is away, and the answers wait for it.
    /// </summary>
    private void Conclude(List<WaitingAnswer> batch, GraderReply.Transient fault, long servedBefore)
    {
        var parts = fault.Reason.Split(": ", 2);
        foreach (var answer in batch)
        {
            var failed = new ModelCallResult.Failed(Outcome.Exhausted, parts[0], parts[^1], answer.Attempts);
            if (fault.IsThrottled)
            {
                var after = fault.RetryAfter is { } asked && asked > TimeSpan.Zero ? asked : waits.MaxDelay;
                answer.Stop(
                    new ModelCallResult.RetryLater(after < waits.LongestRetryLater ? after : waits.LongestRetryLater, failed)
                    {
                        Code = "grader_unreachable",
                    }
                );
            }
            else if (fault.WasReached && Interlocked.Read(ref _served) > servedBefore)
            {
                answer.End(TextGrading.NotGraded(fault.Reason));
            }
            else
            {
                answer.Stop(
                    new ModelCallResult.Unreachable(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{parts[^1]} {answer.Attempts} attempts failed. Bring the grader {name} back, and resume the run."
                        ),
                        failed
                    )
                    {
                        Code = "grader_unreachable",
                    }
                );
            }
        }
    }
}
