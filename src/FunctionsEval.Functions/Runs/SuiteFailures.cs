using FunctionsEval.Core.Results;

namespace FunctionsEval.Functions.Runs;

/// <summary>Why a suite run did not complete.</summary>
internal static class SuiteFailures
{
    /// <summary>Somebody cancelled it.</summary>
    public static RunFailure Cancelled { get; } =
        RunFailure.Cancelled with
        {
            Message = "The suite run was cancelled, and with it the runs that it started. Resume it to go on with them.",
        };

    /// <summary>It reached its deadline.</summary>
    public static RunFailure DeadlineReached { get; } =
        RunFailure.DeadlineReached with
        {
            Message = "The suite run reached its deadline before every run had ended. Resume it to wait for them once more.",
        };

    /// <summary>It cannot go on.</summary>
    public static RunFailure Internal(string cause) =>
        new("internal_error", $"{cause} Resume the suite run; runs that are complete are used again.");
}
