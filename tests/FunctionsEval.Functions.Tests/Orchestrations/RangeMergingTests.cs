using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Activities;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;
using Microsoft.DurableTask;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>When ranges of shards are merged. The clock is virtual; shard s has s + 1 lines.</summary>
public sealed class RangeMergingTests
{
    private const int Size = 10;

    private readonly List<(MergeRequest Request, DateTime At)> _merged = [];
    private readonly List<(ShardWork Work, DateTime At)> _works = [];
    private readonly List<(string Instance, string Name)> _told = [];
    private ParentOrchestrationInstance _caller = new(nameof(EvaluateDataset), "ev-run");

    [Theory]
    [InlineData(1, 8)]
    [InlineData(1, 10)]
    [InlineData(1, 35)]
    [InlineData(2, 35)]
    [InlineData(1, 100)]
    public void Ranges_of_a_run_are_merged_in_order_but_the_last(int roles, int shards)
    {
        Assert.Empty(Evaluate(Group(roles, shards), Took).Unfinished);

        var ranges = (shards - 1) / Size;
        Assert.Equal(
            Enumerable.Range(0, ranges).Select(range => new MergeRequest("ev-virtual", 0, range * Size, Size, LinesOf(range * Size))),
            _merged.Select(merged => merged.Request)
        );
    }

    [Fact]
    public void Ranges_are_merged_while_others_are_evaluated()
    {
        Evaluate(Group(roles: 1, shards: 100), Took);

        Assert.True(_merged[0].At < _works[^1].At);
    }

    [Fact]
    public void Range_waits_for_each_shard_before_it()
    {
        Evaluate(Group(roles: 1, shards: 40), work => work.Shard == 3 ? TimeSpan.FromHours(1) : Took(work));

        Assert.All(_merged, merged => Assert.True(merged.At >= new DateTime(2026, 1, 1, 1, 0, 0, DateTimeKind.Utc)));
        Assert.Equal(3, _merged.Count);
    }

    [Fact]
    public void Nothing_is_merged_twice_over_executions()
    {
        var calls = new Dictionary<int, int>();
        var group = Group(roles: 1, shards: 100);
        while (true)
        {
            var end = Evaluate(group, Took, isLate: work => (calls[work.Shard] = calls.GetValueOrDefault(work.Shard) + 1) < 3);
            if (end.Unfinished.Count == 0)
            {
                break;
            }

            group = end.Rest;
        }

        Assert.Equal(Enumerable.Range(0, 9).Select(range => range * Size), _merged.Select(merged => merged.Request.First).Order());
        Assert.All(_merged, merged => Assert.Equal(LinesOf(merged.Request.First), merged.Request.LinesBefore));
    }

    [Fact]
    public void Range_whose_merging_fails_does_not_end_the_run()
    {
        var end = Evaluate(Group(roles: 1, shards: 40), Took, failsToMerge: true);

        Assert.Null(end.Failure);
        Assert.Equal(3, _merged.Count);
    }

    [Fact]
    public void Nothing_is_merged_behind_a_shard_whose_lines_are_not_known()
    {
        var end = Evaluate(Group(roles: 1, shards: 40), Took, knowsLines: work => work.Shard != 15);

        Assert.Null(end.Failure);
        Assert.True(_merged.Count <= 1);
    }

    [Fact]
    public void Nothing_is_merged_for_a_run_of_a_version_that_merges_at_the_end()
    {
        Evaluate(Group(roles: 1, shards: 40) with { ShardsMerged = 0 }, Took);

        Assert.Empty(_merged);
    }

    [Fact]
    public void Group_whose_shards_are_finished_merges_when_it_is_told_the_lines_before_it()
    {
        Evaluate(SecondGroup, Took, at: (TimeSpan.FromMinutes(5), run => run.Raise(OrchestrationNames.LinesEvent, 1_000L)));
        Assert.Empty(_merged);

        Evaluate(
            SecondGroup,
            _ => TimeSpan.FromMinutes(1),
            at: (TimeSpan.FromMinutes(2), run => run.Raise(OrchestrationNames.LinesEvent, 1_000L))
        );
        Assert.Equal(10, _merged.Count);
        Assert.Equal(1_000 + LinesOf(110) - LinesOf(100), _merged[1].Request.LinesBefore);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Group_that_is_never_told_the_lines_before_it_ends_all_the_same(bool isSettling)
    {
        var end = Evaluate(SecondGroup with { IsSettling = isSettling }, Took);

        Assert.Null(end.Failure);
        Assert.Empty(end.Unfinished);
        Assert.Empty(_merged);
    }

    [Fact]
    public void Run_is_told_once_that_each_item_was_called_however_many_executions_a_group_takes()
    {
        var (calls, group, executions) = (new Dictionary<int, int>(), SecondGroup, 0);
        for (var isOver = false; !isOver; executions++)
        {
            var end = Evaluate(group, Took, isLate: work => (calls[work.Shard] = calls.GetValueOrDefault(work.Shard) + 1) < 9);
            (group, isOver) = (end.Rest, end.Unfinished.Count == 0);
        }

        Assert.True(executions > 3);
        Assert.Equal(Enumerable.Repeat(("ev-run", OrchestrationNames.NoteEvent(isSettling: false)), 2), _told); // That, and the lines.
    }

    [Fact]
    public void Orchestration_that_called_a_run_is_told_nothing_of_its_shards()
    {
        _caller = new ParentOrchestrationInstance(nameof(FineTuneFinished), "fine-tune-job");

        Evaluate(Group(roles: 1, shards: 40), Took);

        Assert.Empty(_told);
    }

    private static ShardGroup SecondGroup => Group(roles: 1, shards: 300) with { First = 100, Count = 100, LinesBefore = null };

    private static TimeSpan Took(ShardWork work) => TimeSpan.FromSeconds(5 + (work.Shard * 7 % 5));

    private static long LinesOf(int shards) => shards * (shards + 1L) / 2;

    private static ShardGroup Group(int roles, int shards) =>
        new("ev-virtual", roles == 1 ? [Roles.Candidate] : [Roles.Candidate, Roles.Baseline], 0, shards * roles, DateTime.MaxValue)
        {
            Window = PlanReport.InitialWindow,
            ShardsMerged = Size,
            ItemsOfRun = shards * roles,
            LinesBefore = 0,
        };

    private ShardLoopEnd Evaluate(
        ShardGroup group,
        Func<ShardWork, TimeSpan> took,
        Func<ShardWork, bool>? isLate = null,
        Func<ShardWork, bool>? knowsLines = null,
        bool failsToMerge = false,
        (TimeSpan After, Action<VirtualOrchestration> Action)? at = null
    )
    {
        VirtualOrchestration? orchestration = null;
        orchestration = new VirtualOrchestration(group)
        {
            Caller = _caller,
            Answer = (name, input) =>
            {
                if (name == nameof(MergeShards))
                {
                    _merged.Add(((MergeRequest)input, orchestration!.CurrentUtcDateTime));
                    return (failsToMerge ? OrchestrationScript.Fault(name) : null, TimeSpan.FromSeconds(1));
                }

                var work = (ShardWork)input;
                _works.Add((work, orchestration!.CurrentUtcDateTime));
                return (
                    isLate?.Invoke(work) == true
                        ? ShardReport.Incomplete()
                        : ShardReport.Completed with
                        {
                            Lines = knowsLines?.Invoke(work) == false ? null : work.Shard + 1,
                        },
                    took(work)
                );
            },
        };
        if (at is { } moment)
        {
            orchestration.At(moment.After, moment.Action);
        }

        var end = orchestration.Run(context => ShardLoop.EvaluateAsync(context, group, new TaskCompletionSource().Task));
        _told.AddRange(orchestration.Sent);
        return end;
    }
}
