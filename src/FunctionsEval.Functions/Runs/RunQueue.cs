using FunctionsEval.Core.Results;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Runs;

/// <summary>Why a run that has not begun waits: the open runs that were started before it.</summary>
internal sealed class RunQueue(OpenRuns openRuns, RunTables tables)
{
    /// <summary>How many open runs are looked at; each is a read of one row.</summary>
    private const int MaxOpenRuns = 200;

    private const int ReadsAtOnce = 20;

    /// <summary>What is before a run; null for one that has begun, and for one that waits for a model.</summary>
    public async Task<RunsBefore?> CountBeforeAsync(Run run, CancellationToken cancellationToken)
    {
        if (run.Status != RunStatus.Pending)
        {
            return null;
        }

        var (running, waiting, read) = (0, 0, 0);
        await foreach (var open in openRuns.ReadAsync(cancellationToken).Chunk(ReadsAtOnce).WithCancellation(cancellationToken))
        {
            var rows = await Task.WhenAll(open.Select(one => tables.FindRunAsync(one.RunId, cancellationToken)));
            foreach (var other in rows.OfType<StoredRun>().Select(stored => stored.Run).Where(other => IsBefore(other, run)))
            {
                _ = other.Status == RunStatus.Running ? running++ : waiting++;
            }

            read += open.Length;
            if (read >= MaxOpenRuns)
            {
                return new RunsBefore(running, waiting, IsMore: true);
            }
        }

        return new RunsBefore(running, waiting);
    }

    /// <summary>A group counts once: its members are runs of the group.</summary>
    private static bool IsBefore(Run other, Run run) =>
        other.RunId != run.RunId
        && other.Group is null
        && (other.Status is RunStatus.Running or RunStatus.Pending)
        && other.Began < run.Began;
}
