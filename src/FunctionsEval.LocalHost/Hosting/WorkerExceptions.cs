namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// The worker process ended while an invocation was running in it. The Durable extension recognises the failure by
/// this type's name and runs the orchestrator again instead of failing the orchestration.
/// </summary>
internal sealed class WorkerProcessExitException(string message) : Exception(message);

/// <summary>The worker was gone before the invocation reached it: nothing has run, another worker may take it.</summary>
internal sealed class WorkerUnavailableException() : Exception("The worker process is not connected.");

/// <summary>The function itself failed. The Durable extension parses the message, so its form is fixed.</summary>
internal sealed class FunctionFailedException(Rpc.StatusResult result)
    : Exception($"Result: {result.Status}\nException: {result.Exception?.Message}\nStack: {result.Exception?.StackTrace}");
