using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>The order of a run whose candidate's answers are compared with the baseline's. The clock is virtual.</summary>
public sealed class BaselineFirstTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly RunFailure Wrong = new("model_misconfigured", "Models__0__ApiKey: refused.");

    private readonly List<ShardWork> _finished = [];
    private readonly List<ShardWork> _works = [];

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Shard_of_the_candidate_is_called_once_that_of_the_baseline_is_finished(int shards)
    {
        var failure = Evaluate(
            shards,
            work => work.Shard % 3 >= _works.Count(other => (other.Role, other.Shard) == (work.Role, work.Shard))
        );

        Assert.Null(failure);
        Assert.Equal(2 * shards, _finished.Select(work => (work.Role, work.Shard)).Distinct().Count());
        foreach (var work in _works.Where(work => work.Role == Roles.Candidate))
        {
            Assert.Contains(
                _finished,
                other => other.Role == Roles.Baseline && other.Shard == work.Shard && other.Scheduled < work.Scheduled
            );
        }
    }

    /// <summary>The first execution makes 64 calls, so that a hundred items go into others.</summary>
    [Fact]
    public void Order_holds_over_executions()
    {
        Assert.Null(Evaluate(shards: 50, isLate: _ => _works.Count < 150));

        Assert.Equal(100, _finished.Select(work => (work.Role, work.Shard)).Distinct().Count());
        Assert.All(Enumerable.Range(0, 50), shard => Assert.True(Index(Roles.Baseline, shard) < Index(Roles.Candidate, shard)));

        int Index(string role, int shard) => _finished.FindIndex(work => work.Role == role && work.Shard == shard);
    }

    [Fact]
    public void Candidate_is_not_called_where_the_baseline_cannot_go_on()
    {
        Assert.Equal(Wrong, Evaluate(shards: 4, isLate: _ => false, fails: work => work.Role == Roles.Baseline));

        Assert.DoesNotContain(_works, work => work.Role == Roles.Candidate);
    }

    [Fact]
    public void Stopped_run_is_summed_up_in_any_order()
    {
        Assert.Null(Evaluate(shards: 3, isLate: _ => false, isSettling: true));

        Assert.Equal(6, _works.Count);
        Assert.Equal(Roles.Candidate, _works[0].Role);
    }

    private RunFailure? Evaluate(int shards, Func<ShardWork, bool> isLate, Func<ShardWork, bool>? fails = null, bool isSettling = false)
    {
        var group = new ShardGroup(
            "ev-virtual",
            [Roles.Candidate, Roles.Baseline],
            0,
            2 * shards,
            Start + TimeSpan.FromDays(1),
            IsSettling: isSettling
        )
        {
            Window = PlanReport.InitialWindow,
            BaselineFirst = true,
        };
        var orchestration = new VirtualOrchestration(group)
        {
            Answer = (_, input) => (Answer((ShardWork)input, isLate, fails), TimeSpan.FromSeconds(1)),
        };
        while (true)
        {
            var end = orchestration.Run(context => ShardLoop.EvaluateAsync(context, group, new TaskCompletionSource().Task));
            if (end.Failure is not null || end.Unfinished.Count == 0)
            {
                return end.Failure;
            }

            group = group with { Pending = end.Unfinished };
        }
    }

    private ShardReport Answer(ShardWork work, Func<ShardWork, bool> isLate, Func<ShardWork, bool>? fails)
    {
        _works.Add(work);
        if (fails?.Invoke(work) == true)
        {
            return new ShardReport(ShardStatus.Failed, Wrong);
        }

        if (isLate(work))
        {
            return ShardReport.Incomplete();
        }

        _finished.Add(work);
        return ShardReport.Completed;
    }
}
