using System.Threading.RateLimiting;
using FunctionsEval.Core.Datasets;

namespace FunctionsEval.Functions.Evaluation;

/// <summary>Bounds the bytes of images that the process holds at once, however many samples are evaluated.</summary>
internal sealed class ImageBudget : IDisposable
{
    /// <summary>Bytes of the images of all samples together. As text of a request they take up to five times as much.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const int Unit = 1024;

    private readonly ConcurrencyLimiter _units = new(
        new ConcurrencyLimiterOptions
        {
            PermitLimit = MaxBytes / Unit,
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }
    );

    /// <summary>Waits for room; the lease gives it back.</summary>
    /// <param name="bytes">Bytes of a sample's images, at most <see cref="ImageFiles.MaxSampleBytes"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public ValueTask<RateLimitLease> AcquireAsync(int bytes, CancellationToken cancellationToken) =>
        _units.AcquireAsync((bytes + Unit - 1) / Unit, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _units.Dispose();
}
