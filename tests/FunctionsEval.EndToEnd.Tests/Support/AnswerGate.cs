using FunctionsEval.EndToEnd.Tests.Hosting;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// Lets a number of answers go and holds the later ones until it is opened: "half way" is a state that a test can look at, not a moment
/// that it has to catch.
/// </summary>
internal sealed class AnswerGate(int answers, Func<string, bool> isMeant) : IDisposable
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passed;
    private int _held;

    /// <summary>Requests that are held now.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Waits until a request is held, so that all answers that may go have gone.</summary>
    public Task ReachedAsync() => Eventually.TrueAsync(() => Held > 0, "a request is held");

    /// <summary>Lets all go.</summary>
    public void Open() => _opened.TrySetResult();

    public void Dispose() => Open();

    /// <summary>Returns when the answer to a prompt may go.</summary>
    /// <exception cref="OperationCanceledException">Its client has gone.</exception>
    public async Task PassAsync(string prompt, CancellationToken aborted)
    {
        if (_opened.Task.IsCompleted || !isMeant(prompt) || Interlocked.Increment(ref _passed) <= answers)
        {
            return;
        }

        Interlocked.Increment(ref _held);
        try
        {
            await _opened.Task.WaitAsync(aborted);
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
    }
}
