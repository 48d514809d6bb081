using System.ClientModel.Primitives;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>The wait an endpoint asks for.</summary>
internal static partial class RetryAfter
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
        var requests = Reset(headers, "requests");
        var tokens = Reset(headers, "tokens");
        return requests > tokens || tokens is null ? requests : tokens;
    }

    private static TimeSpan? Reset(PipelineResponseHeaders headers, string limit)
    {
        if (
            !headers.TryGetValue($"x-ratelimit-remaining-{limit}", out var remaining)
            || remaining is not "0"
            || !headers.TryGetValue($"x-ratelimit-reset-{limit}", out var reset)
            || reset is null
        )
        {
            return null;
        }

        if (Seconds(reset, 1) is { } plain)
        {
            return plain;
        }
        // Written as Go writes durations: 1h2m3.5s, 20ms.
        if (!GoDuration().IsMatch(reset))
        {
            return null;
        }

        double seconds = 0;
        foreach (Match part in GoDurationPart().Matches(reset))
        {
            var unit = part.Groups[2].Value switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                _ => 0.001,
            };
            seconds += double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * unit;
        }
        return Sensible(seconds);
    }

    private static TimeSpan? Seconds(string? text, double unit) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Sensible(number * unit) : null;

    private static TimeSpan? Sensible(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds)) : null;

    [GeneratedRegex(@"^(\d{1,9}(\.\d{1,9})?(ms|h|m|s))+\z")]
    private static partial Regex GoDuration();

    [GeneratedRegex(@"(\d{1,9}(?:\.\d{1,9})?)(ms|h|m|s)")]
    private static partial Regex GoDurationPart();
}
