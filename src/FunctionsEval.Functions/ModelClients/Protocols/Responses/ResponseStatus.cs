using System.Text.Json;
using FunctionsEval.Functions.ModelClients.Answers;

namespace FunctionsEval.Functions.ModelClients.Protocols.Responses;

/// <summary>Reads why a model stopped from a response's <c>status</c> and <c>incomplete_details</c>.</summary>
internal static class ResponseStatus
{
    private const string Incomplete = "incomplete";

    /// <summary>The finish reason in the endpoint's words.</summary>
    /// <param name="response">The response.</param>
    /// <param name="ended">The event that ended it; null for a response in one piece.</param>
    /// <returns>
    /// The reason of an incomplete response where it is one that <see cref="FinishReasons"/> knows; otherwise the status. Null where there
    /// is none.
    /// </returns>
    public static string? FinishOf(JsonElement response, string? ended)
    {
        var reason = response.Get("incomplete_details")?.Get("reason")?.GetText();
        var status = response.Get("status")?.GetText() ?? ended;
        // The event is right where the response in it was not brought up to date.
        if (ended is not null and not "done" && FinishReasons.KindOf(status) != FinishReasons.KindOf(ended))
        {
            status = ended;
        }

        return (status == Incomplete || reason is not null) && FinishReasons.KindOf(reason) != FinishKind.Whole ? reason : status;
    }
}
