using FunctionsEval.Functions.Messages;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// Has the groups of a run begin one after the other, so that their shards finish about in order and can be merged: a group begins when
/// each item of the one before has been called. It tells each group how many lines the groups before it have. Where nothing is merged
/// before all shards are finished, groups begin at once.
/// </summary>
internal sealed class GroupOrder
{
    private readonly TaskOrchestrationContext _context;
    private readonly ShardGroup[] _groups;
    private readonly Func<ShardGroup, string> _instanceOf;
    private readonly TaskCompletionSource[] _called;
    private readonly long?[] _lines;
    private readonly bool[] _began;
    private int _window;
    private int _known;

    /// <summary>Creates the order.</summary>
    /// <param name="context">The run's orchestration.</param>
    /// <param name="groups">The groups, in shard order.</param>
    /// <param name="instanceOf">A group's instance.</param>
    public GroupOrder(TaskOrchestrationContext context, ShardGroup[] groups, Func<ShardGroup, string> instanceOf)
    {
        (_context, _groups, _instanceOf) = (context, groups, instanceOf);
        _called = [.. groups.Select(_ => new TaskCompletionSource())];
        _lines = new long?[groups.Length];
        _began = new bool[groups.Length];
        _window = groups[0].Window;
    }

    private bool Merges => _groups[0].ShardsMerged > 0;

    /// <summary>Begins to listen to groups.</summary>
    public void Start()
    {
        if (Merges)
        {
            _ = ListenAsync();
        }
    }

    /// <summary>Waits until a group may begin.</summary>
    public Task TurnAsync(ShardGroup group) =>
        Merges && PlaceOf(group.First) is > 0 and var place ? _called[place - 1].Task : Task.CompletedTask;

    /// <summary>A group begins.</summary>
    /// <param name="group">The group.</param>
    /// <param name="isStopped">Whether the run cannot continue, so that a group before may never be finished.</param>
    /// <returns>The group with what is known by now.</returns>
    public ShardGroup Begin(ShardGroup group, bool isStopped)
    {
        if (!Merges)
        {
            return group;
        }

        var place = PlaceOf(group.First);
        _began[place] = true;
        return group with
        {
            ShardsMerged = isStopped ? 0 : group.ShardsMerged,
            Window = _window,
            LinesBefore = group.LinesBefore ?? LinesBefore(place),
        };
    }

    /// <summary>A group has ended.</summary>
    public void End(ShardGroup group)
    {
        if (Merges)
        {
            _called[PlaceOf(group.First)].TrySetResult();
        }
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            Hear(await _context.WaitForExternalEvent<ShardGroupNote>(OrchestrationNames.NoteEvent(_groups[0].IsSettling)));
        }
    }

    private void Hear(ShardGroupNote note)
    {
        var place = PlaceOf(note.First);
        if (note.Lines is null)
        {
            // The calls of the group before are still under way, so the next one begins with fewer.
            _window = Math.Max(_groups[0].Window, note.Window / 2);
            _called[place].TrySetResult();
            return;
        }

        _lines[place] = note.Lines;
        while (_known < _groups.Length && _lines[_known] is not null)
        {
            _known++;
            if (_known < _groups.Length && _began[_known])
            {
                _context.SendEvent(_instanceOf(_groups[_known]), OrchestrationNames.LinesEvent, LinesBefore(_known)!.Value);
            }
        }
    }

    /// <summary>The lines of the groups before one; null as long as one of them is not finished.</summary>
    private long? LinesBefore(int place) =>
        place > _known ? null
        : _lines.AsSpan(0, place).Contains(ShardGroupNote.UnknownLines) ? ShardGroupNote.UnknownLines
        : _lines.Take(place).Sum(lines => lines!.Value);

    private static int PlaceOf(int first) => first / EvaluateDataset.GroupSize;
}
