using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Evaluation;
using FunctionsEval.Functions.Messages;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.Functions.Tests.Evaluation;

/// <summary>Which shards of a process hand out samples.</summary>
public sealed class ShardTurnsTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly ShardTurns _turns;

    public ShardTurnsTests() => _turns = new ShardTurns(_time);

    [Fact]
    public async Task Second_shard_of_a_run_has_its_turn_when_the_first_has_handed_out_all()
    {
        var first = _turns.Enter(Work("a", 0));
        using var second = _turns.Enter(Work("a", 1));

        Assert.True(await WaitAsync(first));
        var waiting = WaitAsync(second);
        Assert.False(waiting.IsCompleted);
        first.Dispose();

        Assert.True(await waiting);
    }

    [Fact]
    public async Task Shards_of_different_runs_do_not_wait_for_each_other()
    {
        using var large = _turns.Enter(Work("large", 0));
        using var small = _turns.Enter(Work("small", 0));

        Assert.True(await WaitAsync(large));
        Assert.True(await WaitAsync(small));
    }

    [Fact]
    public async Task Shard_goes_on_out_of_turn_when_slots_are_free()
    {
        using var first = _turns.Enter(Work("a", 0));
        using var second = _turns.Enter(Work("a", 1));
        var areFree = false;

        var waiting = WaitAsync(second, () => Volatile.Read(ref areFree));
        Assert.False(waiting.IsCompleted);
        Volatile.Write(ref areFree, true);
        _time.Advance(MaxWait / 10);

        Assert.True(await waiting);
    }

    [Fact]
    public async Task Shard_that_waits_for_too_long_gives_up_and_lets_others_pass()
    {
        var first = _turns.Enter(Work("a", 0));
        var second = _turns.Enter(Work("a", 1));
        using var third = _turns.Enter(Work("a", 2));

        var waiting = WaitAsync(second);
        _time.Advance(MaxWait);
        Assert.False(await waiting);

        second.Dispose();
        first.Dispose();
        Assert.True(await WaitAsync(third));
    }

    [Fact]
    public async Task Wait_ends_when_nothing_more_is_sent()
    {
        using var first = _turns.Enter(Work("a", 0));
        using var second = _turns.Enter(Work("a", 1));
        using var stop = new CancellationTokenSource();

        var waiting = second.WaitAsync(() => false, MaxWait, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static ShardWork Work(string run, int shard) =>
        new(run, Roles.Candidate, shard, DateTime.MaxValue, Resumption: 0, IsSettling: false);

    private static Task<bool> WaitAsync(ShardTurns.Place place, Func<bool>? areSlotsFree = null) =>
        place.WaitAsync(areSlotsFree ?? (() => false), MaxWait, TestContext.Current.CancellationToken);
}
