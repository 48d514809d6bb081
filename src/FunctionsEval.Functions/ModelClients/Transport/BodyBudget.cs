using System.Threading.RateLimiting;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>
/// Bounds the bytes of responses that the process holds at once, whatever endpoints send and however many requests are under way. The first
/// <see cref="BodyStream.FreeBytes"/> that it holds of each are free; for more, a response waits until its whole bound is, and the
/// connection holds back the server meanwhile.
/// </summary>
internal sealed class BodyBudget : IDisposable
{
    /// <summary>Bytes of all long responses together. Parsed, they take up to eight times as much.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const int Unit = 1024;

    private readonly System.Threading.RateLimiting.ConcurrencyLimiter _units = new(
        new ConcurrencyLimiterOptions
        {
            PermitLimit = MaxBytes / Unit,
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }
    );

    /// <summary>Bytes that are available.</summary>
    public long AvailableBytes => _units.GetStatistics()!.CurrentAvailablePermits * Unit;

    /// <summary>Waits for room; the lease gives it back.</summary>
    /// <param name="bytes">Maximum number of bytes of the response, at most <see cref="ResponseBody.MaxBytes"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public ValueTask<RateLimitLease> AcquireAsync(int bytes, CancellationToken cancellationToken) =>
        _units.AcquireAsync((bytes + Unit - 1) / Unit, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _units.Dispose();
}
