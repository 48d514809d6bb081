using System.Collections.Concurrent;
using FunctionsEval.EndToEnd.Tests.Support;

[assembly: AssemblyFixture(typeof(AppPool))]

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// Apps that are borrowed by one test after the other. A start costs seconds of processor time; what a test does to its app ends with
/// <see cref="RecordingEndpoint.ResetAsync"/>, because tests name their datasets apart. No two have an app at the same time.
/// </summary>
public sealed class AppPool : IAsyncDisposable
{
    /// <summary>By their settings.</summary>
    private readonly ConcurrentDictionary<string, Kind> _kinds = new(StringComparer.Ordinal);

    /// <summary>Waits until another app of a kind may be lent, and takes one that nobody has; null where one is to be started.</summary>
    internal async Task<EvaluationApp?> TakeAsync(string kind)
    {
        var apps = _kinds.GetOrAdd(kind, _ => new Kind());
        await apps.Places.WaitAsync(TestContext.Current.CancellationToken);
        return apps.Idle.TryPop(out var app) ? app : null;
    }

    /// <summary>Keeps an app for the next; null for one that has ended.</summary>
    internal void GiveBack(string kind, EvaluationApp? app)
    {
        if (app is not null)
        {
            _kinds[kind].Idle.Push(app);
        }

        _kinds[kind].Places.Release();
    }

    public async ValueTask DisposeAsync()
    {
        // One that does not end cleanly keeps none of the others.
        await Task.WhenAll(_kinds.Values.SelectMany(kind => kind.Idle).Select(app => app.DisposeAsync().AsTask()));
    }

    private sealed class Kind
    {
        /// <summary>To wait for one of two apps takes less than to start a third.</summary>
        public SemaphoreSlim Places { get; } = new(2);

        public ConcurrentStack<EvaluationApp> Idle { get; } = new();
    }
}
