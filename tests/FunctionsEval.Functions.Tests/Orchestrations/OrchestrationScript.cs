using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.Functions.Tests.Orchestrations;

/// <summary>Runs an orchestrator whose activities answer as a test says, on a clock that timers move: a month passes in no time.</summary>
internal sealed class OrchestrationScript(object input) : TaskOrchestrationContext
{
    private object _input = input;
    private object? _next;
    private DateTime _now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private int _callsInHistory;

    /// <summary>What each activity answers to its input.</summary>
    public Dictionary<string, Func<object?, object?>> Answers { get; } = [];

    /// <summary>Activities that were called, over all histories.</summary>
    public List<(string Activity, object? Input)> Calls { get; } = [];

    public int MaxCallsInOneHistory { get; private set; }

    public override TaskName Name => "scripted";

    public override string InstanceId => "scripted";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => _now;

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    /// <summary>Runs it until it ends without going on as new.</summary>
    public async Task RunToEndAsync(Func<TaskOrchestrationContext, Task> orchestrator)
    {
        do
        {
            (_input, _next, _callsInHistory) = (_next ?? _input, null, 0);
            await orchestrator(this);
        } while (_next is not null);
    }

    /// <summary>What an activity that failed in every attempt throws.</summary>
    public static TaskFailedException Fault(string activity) => new(activity, 0, new InvalidOperationException("The storage is away."));

    public override T GetInput<T>() => (T)_input;

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        Calls.Add((name.Name, input));
        MaxCallsInOneHistory = Math.Max(MaxCallsInOneHistory, ++_callsInHistory);
        return Task.FromResult((TResult)Answers[name.Name](input)!);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        _now = fireAt;
        return Task.CompletedTask;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => _next = newInput;

    public override Guid NewGuid() => throw new NotSupportedException();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

    /// <summary>The external event of type bool, which is a cancellation; a test makes it happen.</summary>
    public TaskCompletionSource<bool> Cancellation { get; } = new();

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        Cancellation.Task as Task<T> ?? throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName,
        object? input = null,
        TaskOptions? options = null
    ) => throw new NotSupportedException();
}
