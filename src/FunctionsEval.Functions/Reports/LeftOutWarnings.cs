using System.Globalization;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Reports;

/// <summary>The effect on the numbers when an endpoint does not take every part of the spec.</summary>
internal static class LeftOutWarnings
{
    /// <summary>The warning about one model's answers; null where they were given as asked.</summary>
    /// <param name="caller">Whose answers they are: a role, or a role and a grader.</param>
    /// <param name="leftOut">What was left out.</param>
    public static string? From(string caller, LeftOutCounts leftOut)
    {
        if (leftOut.Parameters.Count == 0)
        {
            return null;
        }

        var parts = leftOut.Parameters.Select(part =>
            string.Create(CultureInfo.InvariantCulture, $"{part.Key} ({Effect(part.Key)}; {part.Value:N0} of {leftOut.Answers:N0} answers)")
        );
        return $"{caller}: the endpoint does not take {string.Join(", ", parts)}. "
            + "Compare with runs that were asked the same way, or take it out of the spec.";
    }

    private static string Effect(string name) =>
        name switch
        {
            "temperature" or "top_p" => "left out: the model samples by its default",
            "seed" => "left out: answers need not repeat",
            "stop" => "applied by the app: the model writes on, and is paid, after it",
            "logprobs" => "left out: metrics of probabilities have no numbers",
            "stream" => "left out: no time to the first token",
            "stream_options" => "left out: token counts of streamed answers may be missing",
            "system role" => "sent as developer, or in front of the user turn",
            _ => "left out",
        };
}
