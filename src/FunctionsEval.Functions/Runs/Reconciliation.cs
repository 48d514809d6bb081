using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Runs;

/// <summary>A step of a pass of a reconciler.</summary>
internal static class Reconciliation
{
    /// <summary>Does a step, and logs why it failed: one subject must not delay the others, and the next pass tries it again.</summary>
    /// <param name="logger">The log.</param>
    /// <param name="subject">What the step is about, for the log.</param>
    /// <param name="reconcile">The step.</param>
    /// <exception cref="OperationCanceledException">The pass ends.</exception>
    public static async Task TryReconcileAsync(this ILogger logger, string subject, Func<Task> reconcile)
    {
        try
        {
            await reconcile();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.NotReconciled(fault, subject);
        }
    }
}
