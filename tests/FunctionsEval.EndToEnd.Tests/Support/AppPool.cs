using FunctionsEval.EndToEnd.Tests.Support;

[assembly: AssemblyFixture(typeof(AppPool))]

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// Apps that wait to be borrowed again. A start costs seconds of processor time; what a test does to its app ends with
/// <see cref="RecordingEndpoint.ResetAsync"/>, because tests name their datasets apart. No two have an app at the same time.
/// </summary>
public sealed class AppPool : IAsyncDisposable
{
    /// <summary>Apps of a kind that wait: more of them would cost memory and save little.</summary>
    private const int MaxIdle = 2;

    /// <summary>By their kind: those of one have the same settings.</summary>
    private readonly Dictionary<string, Stack<EvaluationApp>> _idle = new(StringComparer.Ordinal);

    /// <summary>Takes an app that waits; null where none does.</summary>
    internal EvaluationApp? TryTake(string kind)
    {
        lock (_idle)
        {
            return _idle.TryGetValue(kind, out var idle) && idle.TryPop(out var app) ? app : null;
        }
    }

    /// <summary>Keeps an app for the next; false where enough wait.</summary>
    internal bool TryKeep(string kind, EvaluationApp app)
    {
        lock (_idle)
        {
            if (!_idle.TryGetValue(kind, out var idle))
            {
                _idle[kind] = idle = new Stack<EvaluationApp>();
            }

            if (idle.Count == MaxIdle)
            {
                return false;
            }

            idle.Push(app);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // One that does not end cleanly keeps none of the others.
        await Task.WhenAll(_idle.Values.SelectMany(idle => idle).Select(app => app.DisposeAsync().AsTask()));
    }
}
