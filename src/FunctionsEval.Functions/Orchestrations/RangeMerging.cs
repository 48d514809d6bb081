using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Telemetry;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Orchestrations;

/// <summary>
/// Has the finished shards of a group merged, range by range and in shard order, while others are still evaluated. The lines of a range
/// have absolute numbers, so a range is merged when the shards before it are finished; the run's orchestration says how many lines the
/// groups before have. The last range of a run is left to <c>WriteSummary</c>, which follows at once; so is one whose merging fails.
/// </summary>
internal sealed class RangeMerging
{
    /// <summary>
    /// How long a group whose shards are finished waits for the lines of the groups before it: it takes the place of another one as long,
    /// and <c>WriteSummary</c> merges what is left.
    /// </summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    private readonly TaskOrchestrationContext _context;
    private readonly ShardGroup _group;
    private readonly int[] _left;
    private readonly int[] _lines;
    private readonly List<Task> _underWay = [];
    private readonly TaskCompletionSource _knowsLines = new();
    private long? _linesBefore;
    private long _linesMerged;
    private int _merged;
    private bool _areCalled;

    private RangeMerging(TaskOrchestrationContext context, ShardGroup group, IReadOnlyList<PendingItem> items)
    {
        (_context, _group) = (context, group);
        (_linesBefore, _merged, _areCalled) = (group.LinesBefore, group.MergedShards, group.AreCalled);
        _left = new int[group.Count / group.Roles.Count];
        _lines = [.. group.Lines ?? Enumerable.Repeat(0, _left.Length)];
        _linesMerged = _lines.Take(_merged).Sum(lines => (long)lines);
        foreach (var item in items)
        {
            _left[PlaceOf(item)]++;
        }
    }

    /// <summary>Whether every shard of the group is finished.</summary>
    private bool AreAllFinished => _left.All(left => left == 0);

    private bool IsLastOfRun => _group.First + _group.Count == _group.ItemsOfRun;

    /// <summary>Shards that are merged here.</summary>
    private int ToMerge => IsLastOfRun ? (_left.Length - 1) / _group.ShardsMerged * _group.ShardsMerged : _left.Length;

    /// <summary>The merging of a group; null where ranges are not merged before all shards are finished.</summary>
    public static RangeMerging? Start(TaskOrchestrationContext context, ShardGroup group, IReadOnlyList<PendingItem> items)
    {
        if (group.ShardsMerged == 0)
        {
            return null;
        }

        var merging = new RangeMerging(context, group, items);
        if (merging._linesBefore is null)
        {
            _ = merging.HearLinesAsync();
        }

        return merging;
    }

    /// <summary>An item is finished.</summary>
    /// <param name="item">The item.</param>
    /// <param name="lines">Physical lines of its shard; null where it does not say.</param>
    public void Finish(PendingItem item, int? lines)
    {
        var place = PlaceOf(item);
        _left[place]--;
        if (lines is { } known)
        {
            _lines[place] = known;
        }
        else
        {
            _linesBefore = ShardGroupNote.UnknownLines;
        }

        Advance();
    }

    /// <summary>Waits for what is merged, when nothing is evaluated any longer.</summary>
    /// <param name="isStopped">Whether nothing further is merged.</param>
    /// <param name="cancelled">Ends when the lines of the groups before are not waited for any longer.</param>
    /// <remarks>They may never come: a group before can fail, and its event can have gone to an earlier execution.</remarks>
    public async Task EndAsync(bool isStopped, Task cancelled)
    {
        if (!isStopped && AreAllFinished)
        {
            var lines = _linesBefore == ShardGroupNote.UnknownLines ? ShardGroupNote.UnknownLines : _lines.Sum(lines => (long)lines);
            Tell(new ShardGroupNote(_group.First, Window: 0, lines));
            if (_linesBefore is null && _merged < ToMerge)
            {
                await WaitForLinesAsync(cancelled);
            }
        }

        await Task.WhenAll(_underWay);
    }

    /// <summary>The group as it goes on in another execution.</summary>
    public ShardGroup Keep(ShardGroup group) =>
        group with
        {
            LinesBefore = _linesBefore,
            Lines = _lines,
            MergedShards = _merged,
            AreCalled = _areCalled,
        };

    /// <summary>Each item was called, so that the next group can begin: shards finish about in order, and no instance waits.</summary>
    /// <param name="window">Calls that are under way at once.</param>
    public void TellAllAreCalled(int window)
    {
        // Told once: the run's history must not grow with the executions of its groups.
        if (!_areCalled)
        {
            _areCalled = true;
            Tell(new ShardGroupNote(_group.First, window));
        }
    }

    private async Task WaitForLinesAsync(Task cancelled)
    {
        using var given = new CancellationTokenSource();
        var timer = _context.CreateTimer(_context.CurrentUtcDateTime + MaxWait, given.Token);
        if (await Task.WhenAny(_knowsLines.Task, cancelled, timer) != timer)
        {
            given.Cancel(); // CancelAsync would go on in another thread, which an orchestrator must not.
        }
    }

    /// <summary>Tells the run's orchestration; nothing where that evaluates the items itself, which may have a parent of its own.</summary>
    private void Tell(ShardGroupNote note)
    {
        if (_context.Parent is { Name.Name: OrchestrationNames.EvaluateDataset } run)
        {
            _context.SendEvent(run.InstanceId, OrchestrationNames.NoteEvent(_group.IsSettling), note);
        }
    }

    private async Task HearLinesAsync()
    {
        var lines = await _context.WaitForExternalEvent<long>(OrchestrationNames.LinesEvent);
        _linesBefore ??= lines;
        Advance();
        _knowsLines.TrySetResult();
    }

    private void Advance()
    {
        while (_merged < ToMerge && _linesBefore is >= 0 and var before)
        {
            var count = Math.Min(_group.ShardsMerged, _left.Length - _merged);
            if (_left.AsSpan(_merged, count).IndexOfAnyExcept(0) >= 0)
            {
                return;
            }

            var first = (_group.First / _group.Roles.Count) + _merged;
            _underWay.Add(MergeAsync(new MergeRequest(_group.RunId, _group.Resumption, first, count, before + _linesMerged)));
            _linesMerged += _lines.Skip(_merged).Take(count).Sum(lines => (long)lines);
            _merged += count;
        }
    }

    private async Task MergeAsync(MergeRequest request)
    {
        try
        {
            await _context.CallActivityAsync(nameof(MergeShards), request, RetryPolicies.Infrastructure);
        }
        catch (TaskFailedException fault)
        {
            _context
                .CreateReplaySafeLogger(nameof(RangeMerging))
                .ShardsNotMerged(request.RunId, request.First, request.Count, fault.FailureDetails.ErrorType);
        }
    }

    private int PlaceOf(PendingItem item) => (item.Item - _group.First) / _group.Roles.Count;
}
