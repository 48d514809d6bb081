using FunctionsEval.Functions.Telemetry;
using Microsoft.Extensions.Logging;

namespace FunctionsEval.Functions.Webhooks;

/// <summary>
/// Records refused deliveries, one a minute at most, with the number of those between: whoever finds the address can send as many as they
/// like.
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
