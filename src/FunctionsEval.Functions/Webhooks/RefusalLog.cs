using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Webhooks;

/// <summary>
/// Logs refused deliveries, at most one per minute, with the number of those since the last record, because anyone who finds the address
/// can send any number of them.
/// </summary>
internal sealed class RefusalLog(TimeProvider time, ILogger<RefusalLog> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private long _unsaid;

    /// <param name="reason">Why it was refused, and the fix; nothing of the delivery.</param>
    public void Add(string reason)
    {
        long unsaid;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now < _next)
            {
                _unsaid++;
                return;
            }

            (_next, unsaid, _unsaid) = (now + Interval, _unsaid, 0);
        }

        logger.WebhookRefused(reason, unsaid);
    }
}
