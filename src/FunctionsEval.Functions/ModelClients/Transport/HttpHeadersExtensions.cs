using System.Net.Http.Headers;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>Reads headers as they came, without the cost of parsing them.</summary>
internal static class HttpHeadersExtensions
{
    /// <summary>The value of a header, several of one name with commas between them; null for none.</summary>
    public static string? Find(this HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
