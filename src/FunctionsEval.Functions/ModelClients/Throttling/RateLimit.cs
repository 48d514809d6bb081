using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients.Throttling;

/// <summary>What a response says about a quota (<c>x-ratelimit-…</c>, OpenAI and Azure).</summary>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">When it is whole again.</param>
/// <param name="Limit">What it is in all; null when that is not said.</param>
internal readonly partial record struct RateLimit(long Remaining, TimeSpan Reset, long? Limit)
{
    /// <summary>
    /// Reads the quota of requests; null where the headers say nothing that makes sense (the Responses API of Azure gives −1 and 0).
    /// </summary>
    public static RateLimit? ReadRequests(PipelineResponseHeaders headers) => Read(headers, "requests");

    /// <summary>Reads the quota of tokens.</summary>
    /// <inheritdoc cref="ReadRequests"/>
    public static RateLimit? ReadTokens(PipelineResponseHeaders headers) => Read(headers, "tokens");

    private static RateLimit? Read(PipelineResponseHeaders headers, string quota) =>
        Count(headers, $"x-ratelimit-remaining-{quota}") is { } remaining
        && headers.TryGetValue($"x-ratelimit-reset-{quota}", out var text)
        && text is not null
        && Time(text) is { } reset
            ? new RateLimit(remaining, reset, Count(headers, $"x-ratelimit-limit-{quota}") is > 0 and var limit ? limit : null)
            : null;

    private static long? Count(PipelineResponseHeaders headers, string name) =>
        headers.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : null;

    /// <summary>A time in seconds, or as Go writes durations: <c>1h2m3.5s</c>, <c>20ms</c>.</summary>
    private static TimeSpan? Time(string text)
    {
        if (RetryAfter.Seconds(text, 1) is { } plain)
        {
            return plain;
        }

        if (!GoDuration().IsMatch(text))
        {
            return null;
        }

        double seconds = 0;
        foreach (Match part in GoDurationPart().Matches(text))
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

        return RetryAfter.Sensible(seconds);
    }

    [GeneratedRegex(@"^(\d{1,9}(\.\d{1,9})?(ms|h|m|s))+\z")]
    private static partial Regex GoDuration();

    [GeneratedRegex(@"(\d{1,9}(?:\.\d{1,9})?)(ms|h|m|s)")]
    private static partial Regex GoDurationPart();
}
