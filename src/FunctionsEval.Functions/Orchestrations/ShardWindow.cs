namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// Bounds the calls of <c>EvaluateShard</c> that an orchestration has under way, so that the queue which all runs share stays short and the
/// last steps of a small run do not wait behind the shards of large ones. The bound follows the time that calls wait in that queue: it
/// grows by one with each call that an instance took at once, and shrinks by one with each that had to wait, or that was taken and got no
/// slot of its model: more instances would serve nothing more. For use in an orchestrator: it decides by what is reported alone.
/// </summary>
/// <param name="size">The first bound; 0 for none.</param>
internal sealed class ShardWindow(int size)
{
    private const int MinSize = 4;

    /// <summary>A queue in which calls wait for less is short. The pause between two polls of an idle queue is 2 s.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(5);

    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _underWay;

    /// <summary>The bound at this moment.</summary>
    public int Size { get; private set; } = size > 0 ? size : int.MaxValue;

    /// <summary>Waits until a call may be scheduled, first come, first served.</summary>
    public Task EnterAsync()
    {
        if (_waiting.Count == 0 && _underWay < Size)
        {
            _underWay++;
            return Task.CompletedTask;
        }

        var turn = new TaskCompletionSource();
        _waiting.Enqueue(turn);
        return turn.Task;
    }

    /// <summary>A call has ended, or its turn was not used.</summary>
    /// <param name="waited">How long it waited for an instance; null where there was no call.</param>
    /// <param name="gotNoSlot">Whether it got no slot of its model.</param>
    public void Leave(TimeSpan? waited, bool gotNoSlot = false)
    {
        _underWay--;
        if (Size != int.MaxValue && waited is { } time)
        {
            Size = time < Prompt && !gotNoSlot ? Size + 1 : Math.Max(MinSize, Size - 1);
        }

        while (_underWay < Size && _waiting.TryDequeue(out var next))
        {
            _underWay++;
            next.SetResult();
        }
    }
}
