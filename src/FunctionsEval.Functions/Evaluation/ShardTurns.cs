using FunctionsEval.Functions.Messages;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>
/// The order in which the shards of a run hand out their samples in this process: one after the other, because each hands out more than the
/// model's slots take. A shard that waits adds nothing, so it can be left to another instance.
/// </summary>
internal sealed class ShardTurns(TimeProvider time)
{
    /// <summary>The interval at which a waiting shard looks whether slots are free although it is not its turn.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time = time;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string RunId, string Role, int Resumption), LinkedList<TaskCompletionSource>> _lines = [];

    /// <summary>Takes a place behind the shards of the same run and role that have samples to hand out.</summary>
    public Place Enter(ShardWork work)
    {
        var key = (work.RunId, work.Role, work.Resumption);
        lock (_lock)
        {
            if (!_lines.TryGetValue(key, out var line))
            {
                _lines.Add(key, line = []);
            }

            var node = line.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (line.Count == 1)
            {
                node.Value.SetResult();
            }

            return new Place(this, key, node);
        }
    }

    private void Leave((string, string, int) key, LinkedListNode<TaskCompletionSource> node)
    {
        lock (_lock)
        {
            if (node.List is not { } line)
            {
                return;
            }

            line.Remove(node);
            if (line.First is { } next)
            {
                next.Value.TrySetResult();
            }
            else
            {
                _lines.Remove(key);
            }
        }
    }

    /// <summary>A shard's place.</summary>
    public sealed class Place(ShardTurns turns, (string, string, int) key, LinkedListNode<TaskCompletionSource> node) : IDisposable
    {
        /// <summary>Waits until it is the shard's turn, or others leave slots free.</summary>
        /// <param name="areSlotsFree">Whether no request waits for a slot.</param>
        /// <param name="maxWait">The maximum wait.</param>
        /// <param name="cancellationToken">Ends the wait.</param>
        /// <returns>False after the maximum wait.</returns>
        /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
        public async Task<bool> WaitAsync(Func<bool> areSlotsFree, TimeSpan maxWait, CancellationToken cancellationToken)
        {
            var started = turns._time.GetTimestamp();
            while (!node.Value.Task.IsCompleted && !areSlotsFree())
            {
                if (turns._time.GetElapsedTime(started) >= maxWait)
                {
                    return false;
                }

                await node
                    .Value.Task.WaitAsync(LookInterval, turns._time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }

            return true;
        }

        /// <summary>Lets the next shard have its turn: this one has handed out all that it had.</summary>
        public void Dispose() => turns.Leave(key, node);
    }
}
