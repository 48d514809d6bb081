using Azure;
using Azure.Identity;
using Azure.Storage.Blobs.Models;

namespace FunctionsEval.Functions.Storage;

/// <summary>What the storage's refusals mean for a log that is written under a lease.</summary>
internal static class LogFaults
{
    /// <summary>
    /// Whether the service refuses for a lease: with 409, or with 412, where it depends on the operation and the lease's state which.
    /// </summary>
    public static bool IsAboutLease(Exception fault) =>
        fault is RequestFailedException { Status: 409 or 412, ErrorCode: { } code } && code.StartsWith("Lease", StringComparison.Ordinal);

    public static bool IsMoved(Exception? fault) =>
        fault is RequestFailedException { ErrorCode: { } code } && code == BlobErrorCode.AppendPositionConditionNotMet;

    /// <summary>
    /// Whether a repetition may succeed. After its own retries, the client throws several kinds of exceptions for a request without an
    /// answer.
    /// </summary>
    public static bool IsTransient(Exception fault) =>
        fault switch
        {
            RequestFailedException refused => refused.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
            AggregateException all => all.InnerExceptions.All(IsTransient),
            _ => fault is IOException or HttpRequestException or OperationCanceledException or AuthenticationFailedException,
        };
}
