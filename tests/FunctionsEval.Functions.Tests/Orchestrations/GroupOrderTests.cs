using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Orchestrations;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>When the groups of a run begin, and what they are told of the groups before them.</summary>
public sealed class GroupOrderTests
{
    private static readonly RunFailure Away = new("model_unreachable", "No answer.");

    private readonly GroupRun _run = new();

    [Fact]
    public void Group_begins_when_each_item_of_the_one_before_was_called()
    {
        _run.Start(groups: 3);
        Assert.Equal([0], _run.Begun);

        _run.Tell(new ShardGroupNote(0, Window: 40));
        Assert.Equal([0, 1], _run.Begun);
        Assert.Equal(20, _run.Groups[1].Window);

        _run.Tell(new ShardGroupNote(100, Window: 9));
        Assert.Equal([0, 1, 2], _run.Begun);
        Assert.Equal(PlanReport.InitialWindow, _run.Groups[2].Window);

        _run.EndAll();
        Assert.Null(_run.Result);
    }

    [Fact]
    public void Group_is_told_the_lines_of_all_groups_before_it()
    {
        _run.Start(groups: 4);
        Assert.Equal(0, _run.Groups[0].LinesBefore);
        _run.Tell(new ShardGroupNote(0, 8));
        _run.Tell(new ShardGroupNote(100, 8));
        Assert.Null(_run.Groups[2].LinesBefore);

        _run.Tell(new ShardGroupNote(100, 0, Lines: 20));
        Assert.Empty(_run.Sent);

        _run.Tell(new ShardGroupNote(0, 0, Lines: 10));
        Assert.Equal([("run:evaluate1", 10L), ("run:evaluate2", 30L)], _run.Sent);

        _run.Tell(new ShardGroupNote(200, 0, Lines: 5));
        _run.End(2, null);
        Assert.Equal(35, _run.Groups[3].LinesBefore);
    }

    [Fact]
    public void Lines_that_are_not_known_stay_so_for_all_groups_behind()
    {
        _run.Start(groups: 3);
        _run.Tell(new ShardGroupNote(0, 8));
        _run.Tell(new ShardGroupNote(0, 0, ShardGroupNote.UnknownLines));
        Assert.Equal([("run:evaluate1", ShardGroupNote.UnknownLines)], _run.Sent);

        _run.Tell(new ShardGroupNote(100, 0, Lines: 5));
        _run.End(1, null);
        Assert.Equal(ShardGroupNote.UnknownLines, _run.Groups[2].LinesBefore);
    }

    [Fact]
    public void No_group_begins_behind_one_that_failed()
    {
        _run.Start(groups: 3);

        _run.End(0, Away);

        Assert.Equal([0], _run.Begun);
        Assert.Equal(Away, _run.Result);
    }

    [Fact]
    public void Groups_that_settle_begin_behind_one_that_failed_and_wait_for_no_lines()
    {
        _run.Start(groups: 3, isSettling: true);

        _run.End(0, Away);
        Assert.Equal(0, _run.Groups[1].ShardsMerged);
        _run.End(1, null);
        _run.End(2, null);

        Assert.Equal(Away, _run.Result);
    }

    [Fact]
    public void Groups_of_a_run_that_merges_at_its_end_begin_at_once()
    {
        _run.Start(groups: 10, shardsMerged: 0);

        Assert.Equal(Enumerable.Range(0, 8), _run.Begun);
    }

    /// <summary>The root of a run whose groups do what a test says.</summary>
    private sealed class GroupRun : TaskOrchestrationContext
    {
        private readonly List<TaskCompletionSource<RunFailure?>> _calls = [];
        private readonly Queue<TaskCompletionSource<ShardGroupNote>> _waits = new();
        private Task<RunFailure?>? _running;

        /// <summary>The groups that began, with their inputs.</summary>
        public List<ShardGroup> Groups { get; } = [];

        public IEnumerable<int> Begun => Groups.Select(group => group.First / EvaluateDataset.GroupSize);

        public List<(string Instance, long Lines)> Sent { get; } = [];

        public override TaskName Name => "run";

        public override string InstanceId => "run";

        public override ParentOrchestrationInstance? Parent => null;

        public override DateTime CurrentUtcDateTime => DateTime.UnixEpoch;

        public override bool IsReplaying => false;

        protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

        /// <summary>How the run ended; it must have.</summary>
        public RunFailure? Result
        {
            get
            {
                Assert.True(_running!.IsCompleted);
                return _running.GetAwaiter().GetResult();
            }
        }

        public void Start(int groups, bool isSettling = false, int shardsMerged = 10)
        {
            SynchronizationContext.SetSynchronizationContext(null); // An orchestrator goes on at once.
            var all = Enumerable
                .Range(0, groups)
                .Select(group => new ShardGroup("run", [Roles.Candidate], group * 100, 100, DateTime.MaxValue, 0, isSettling)
                {
                    Window = PlanReport.InitialWindow,
                    ShardsMerged = shardsMerged,
                    ItemsOfRun = groups * 100,
                    LinesBefore = group == 0 && shardsMerged > 0 ? 0 : null,
                });
            _running = ShardGroups.EvaluateAsync(this, all, new TaskCompletionSource().Task);
        }

        public void Tell(ShardGroupNote note) => _waits.Dequeue().SetResult(note);

        public void End(int group, RunFailure? failure) => _calls[group].SetResult(failure);

        public void EndAll()
        {
            foreach (var call in _calls.ToList())
            {
                call.TrySetResult(null);
            }
        }

        public override Task<TResult> CallSubOrchestratorAsync<TResult>(
            TaskName orchestratorName,
            object? input = null,
            TaskOptions? options = null
        )
        {
            Groups.Add((ShardGroup)input!);
            _calls.Add(new TaskCompletionSource<RunFailure?>());
            return (Task<TResult>)(object)_calls[^1].Task;
        }

        public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
        {
            _waits.Enqueue(new TaskCompletionSource<ShardGroupNote>());
            return (Task<T>)(object)_waits.Peek().Task;
        }

        public override void SendEvent(string instanceId, string eventName, object payload)
        {
            if (eventName == OrchestrationNames.LinesEvent)
            {
                Sent.Add((instanceId, (long)payload));
            }
        }

        public override T GetInput<T>() => throw new NotSupportedException();

        public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
            throw new NotSupportedException();

        public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

        public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
            throw new NotSupportedException();

        public override Guid NewGuid() => throw new NotSupportedException();
    }
}
