using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Http.Headers;

namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>The wait an endpoint asks for.</summary>
internal static class RetryAfter
{
    private const double MaxSeconds = 365 * 24 * 3600;

    /// <summary>
    /// Reads, in this order, <c>retry-after-ms</c> (Azure OpenAI), <c>Retry-After</c> in seconds or as an HTTP date (RFC 9110, 10.2.3), and
    /// the <c>x-ratelimit-reset-*</c> of the limits with nothing remaining (OpenAI).
    /// </summary>
    /// <param name="headers">The response's headers.</param>
    /// <param name="now">This machine's time, used for an HTTP date only when the response has no <c>Date</c> of its own.</param>
    /// <returns>Null when there is none, or when it is invalid, past, zero or negative. At most a year.</returns>
    public static TimeSpan? Read(PipelineResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.TryGetValue("retry-after-ms", out var milliseconds) && Seconds(milliseconds, 0.001) is { } precise)
        {
            return precise;
        }

        if (headers.TryGetValue("Retry-After", out var value) && value is not null)
        {
            if (Seconds(value, 1) is { } seconds)
            {
                return seconds;
            }

            if (RetryConditionHeaderValue.TryParse(value, out var condition) && condition.Date is { } date)
            {
                // Compares two times of the server's clock, because this machine's clock may be off by minutes.
                var sent =
                    headers.TryGetValue("Date", out var text) && RetryConditionHeaderValue.TryParse(text, out var own) && own.Date is { } d
                        ? d
                        : now;
                return Sensible((date - sent).TotalSeconds);
            }
        }

        var requests = RateLimit.ReadRequests(headers) is { Remaining: 0, Reset: var first } ? first : (TimeSpan?)null;
        var tokens = RateLimit.ReadTokens(headers) is { Remaining: 0, Reset: var second } ? second : (TimeSpan?)null;
        return requests > tokens || tokens is null ? requests : tokens;
    }

    /// <summary>A number as a time; null when it is none, zero or negative.</summary>
    internal static TimeSpan? Seconds(string? text, double unit) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Sensible(number * unit) : null;

    /// <summary>A time of so many seconds, at most a year; null when it is zero or negative.</summary>
    internal static TimeSpan? Sensible(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds)) : null;
}
