using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Hosting;
using FunctionsEval.EndToEnd.Tests.Support;

namespace FunctionsEval.EndToEnd.Tests.FineTuning;

/// <summary>
/// Holds each job at a moment of its own: what is under way at it waits for the host's end, as a request of a host that was killed does. A
/// job is known by the deployments that it has; the first that is seen takes the first moment, and so on.
/// </summary>
internal sealed class HeldJobs : IDisposable
{
    /// <summary>The moment at which the tuned model is asked.</summary>
    private const string Call = "call";

    private readonly Lock _lock = new();
    private readonly Queue<string> _free;
    private readonly Dictionary<string, string> _moments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _reached = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = new();
    private readonly AnswerGate _gate;
    private readonly int _jobs;
    private string? _heldPrompt;

    /// <param name="account">Where jobs have their deployments.</param>
    /// <param name="endpoint">What answers for their models.</param>
    /// <param name="moments">The moments.</param>
    public HeldJobs(ArmAccount account, RecordingEndpoint endpoint, IReadOnlyCollection<string> moments)
    {
        (_free, _jobs) = (new Queue<string>(moments), moments.Count);
        account.Seen = HoldAsync;
        endpoint.Seen = See;
        // One answer: the calls that are held count as calls of all jobs' models.
        _gate = endpoint.HoldAfter(0, prompt => prompt == Volatile.Read(ref _heldPrompt));
    }

    /// <summary>Waits until each job is held.</summary>
    public Task ReachedAsync() =>
        Eventually.TrueAsync(
            () => Task.FromResult(_reached.Count == _jobs - 1 && _gate.Held > 0),
            () => $"each job is held; those that are: {string.Join(", ", _reached.Keys)}, and {_gate.Held} at a call",
            TimeSpan.FromMinutes(5)
        );

    /// <summary>Lets all go, and holds none from now on.</summary>
    public void LetGo()
    {
        _ended.Cancel();
        _gate.Open();
    }

    public void Dispose()
    {
        LetGo();
        _ended.Dispose();
    }

    private async Task HoldAsync(string step, string name)
    {
        if (
            _ended.IsCancellationRequested
            || !name.StartsWith(DeployedApp.Prefix, StringComparison.Ordinal)
            || DeployedApp.Foreign.Contains(name)
            || MomentOf(name) is not { } moment
        )
        {
            return;
        }

        var isFirst = step == moment && _reached.TryAdd(moment, true);
        if (!isFirst && !_reached.ContainsKey(moment))
        {
            return;
        }

        await Task.Delay(Timeout.Infinite, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!isFirst)
        {
            // The app waits half a minute for an answer: what it sends again meanwhile ends with the host.
            throw new OperationCanceledException();
        }
    }

    private void See(JsonObject body)
    {
        var model = (string)body["model"]!;
        if (model.StartsWith(DeployedApp.Prefix, StringComparison.Ordinal) && MomentOf(model) == Call)
        {
            Interlocked.CompareExchange(ref _heldPrompt, (string)body["messages"]!.AsArray()[^1]!["content"]!, null);
        }
    }

    /// <summary>The moment of the job that a deployment belongs to.</summary>
    private string? MomentOf(string deployment)
    {
        var job = deployment[..(DeployedApp.Prefix.Length + 16)];
        lock (_lock)
        {
            if (!_moments.TryGetValue(job, out var moment) && _free.TryDequeue(out moment))
            {
                _moments[job] = moment;
            }

            return moment;
        }
    }
}
