using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Graders;
using FunctionsEval.Functions.ModelClients;

namespace FunctionsEval.Functions.HttpGraders;

/// <summary>An answer that waits for its grade.</summary>
/// <param name="spec">What the grade must be.</param>
/// <param name="body">The answer as it is sent, in UTF-8.</param>
/// <param name="confirm">Waited for right before a request with it is sent; null for nothing. It throws where its token is cancelled.</param>
/// <param name="sendNoMore">Stops before an attempt.</param>
/// <param name="cancellationToken">Stops at once.</param>
internal sealed class WaitingAnswer(
    HttpGraderSpec spec,
    byte[] body,
    Func<CancellationToken, Task>? confirm,
    CancellationToken sendNoMore,
    CancellationToken cancellationToken
)
{
    private readonly TaskCompletionSource<(Grade?, ModelCallResult?)> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the grade must be.</summary>
    public HttpGraderSpec Spec => spec;

    /// <summary>The answer as it is sent.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Requests that were sent with it.</summary>
    public int Attempts { get; set; }

    /// <summary>The grade, or why there is none yet.</summary>
    public Task<(Grade? Grade, ModelCallResult? Stopped)> Ended => _end.Task.WaitAsync(cancellationToken);

    /// <summary>Waits until whoever asked surely may have it sent, or it is not sent any more (<see cref="HasStopped"/>).</summary>
    public async Task ConfirmAsync()
    {
        if (confirm is null)
        {
            return;
        }

        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(sendNoMore, cancellationToken);
        try
        {
            await confirm(waiting.Token);
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            // It has stopped.
        }
    }

    /// <summary>Whether it is not sent any more; then it has ended.</summary>
    public bool HasStopped()
    {
        if (cancellationToken.IsCancellationRequested || sendNoMore.IsCancellationRequested)
        {
            _end.TrySetResult((null, new ModelCallResult.NotSent()));
            return true;
        }

        return false;
    }

    /// <summary>It has a grade.</summary>
    public void End(Grade grade) => _end.TrySetResult((grade, null));

    /// <summary>It has none yet.</summary>
    public void Stop(ModelCallResult reason) => _end.TrySetResult((null, reason));
}
