using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>
/// Runs an orchestrator on a clock of its own: activities and timers take the time that a test says and no time of the machine. Calls of
/// sub-orchestrations are answered by the test as well.
/// </summary>
internal sealed class VirtualOrchestration(object input) : TaskOrchestrationContext
{
    private readonly PriorityQueue<Action, (DateTime At, int Order)> _due = new();
    private readonly Dictionary<string, TaskCompletionSource<object>> _events = new(StringComparer.Ordinal);
    private DateTime _now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private int _order;

    /// <summary>
    /// How an activity or a sub-orchestration answers: its result, or the exception with which every attempt failed, after a time.
    /// </summary>
    public required Func<string, object, (object? Result, TimeSpan Took)> Answer { get; init; }

    /// <summary>How long after the clock's beginning the execution begins: what earlier ones took.</summary>
    public TimeSpan BeganAfter
    {
        init => _now += value;
    }

    /// <summary>The calls that were made, with their time.</summary>
    public List<(string Name, object Input, DateTime At)> Calls { get; } = [];

    /// <summary>Events that were sent to other instances.</summary>
    public List<(string Instance, string Name)> Sent { get; } = [];

    /// <summary>The orchestration that called this one; null for none.</summary>
    public ParentOrchestrationInstance? Caller { get; init; }

    /// <summary>The input of the next execution; null when this one is the last.</summary>
    public object? Next { get; private set; }

    /// <summary>Most calls that were under way at once.</summary>
    public int MaxUnderWay { get; private set; }

    private int UnderWay { get; set; }

    public override TaskName Name => "virtual";

    public override string InstanceId => "ev-virtual";

    public override ParentOrchestrationInstance? Parent => Caller;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Does something at a time after the start.</summary>
    public VirtualOrchestration At(TimeSpan after, Action<VirtualOrchestration> action)
    {
        Schedule(after, () => action(this));
        return this;
    }

    /// <summary>Raises an event for this orchestration.</summary>
    public void Raise(string name, object? payload = null) => EventOf(name).TrySetResult(payload ?? true);

    /// <summary>Runs until the orchestrator has ended.</summary>
    public T Run<T>(Func<TaskOrchestrationContext, Task<T>> orchestrator)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var running = orchestrator(this);
            while (!running.IsCompleted && _due.TryDequeue(out var next, out var when))
            {
                _now = when.At > _now ? when.At : _now;
                next();
            }

            Assert.True(running.IsCompleted, "The orchestrator waits for something that never comes.");
            return running.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public override T GetInput<T>() => (T)input;

    public override Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null) =>
        CallAsync<object?>(name, input!);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        CallAsync<TResult>(name, input!);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName,
        object? input = null,
        TaskOptions? options = null
    ) => CallAsync<TResult>(orchestratorName, input!);

    public override async Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var timer = new TaskCompletionSource();
        await using var registration = cancellationToken.UnsafeRegister(_ => timer.TrySetCanceled(cancellationToken), null);
        Schedule(fireAt - _now, () => timer.TrySetResult());
        await timer.Task;
    }

    public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        (T)await EventOf(eventName).Task;

    public override void SendEvent(string instanceId, string eventName, object payload) => Sent.Add((instanceId, eventName));

    public override void SetCustomStatus(object? customStatus) { }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => Next = newInput;

    public override Guid NewGuid() => new(_order++, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    private async Task<TResult> CallAsync<TResult>(TaskName name, object input)
    {
        Calls.Add((name.Name, input, _now));
        MaxUnderWay = Math.Max(MaxUnderWay, ++UnderWay);
        var (result, took) = Answer(name.Name, input);
        var call = new TaskCompletionSource<TResult>();
        Schedule(
            took,
            () =>
            {
                UnderWay--;
                if (result is Exception fault)
                {
                    call.SetException(fault);
                }
                else
                {
                    call.SetResult((TResult)result!);
                }
            }
        );
        return await call.Task;
    }

    private TaskCompletionSource<object> EventOf(string name)
    {
        if (!_events.TryGetValue(name, out var source))
        {
            _events[name] = source = new TaskCompletionSource<object>();
        }

        return source;
    }

    private void Schedule(TimeSpan after, Action action) =>
        _due.Enqueue(action, (_now + (after > TimeSpan.Zero ? after : TimeSpan.Zero), _order++));
}
