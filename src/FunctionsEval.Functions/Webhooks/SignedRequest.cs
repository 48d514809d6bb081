using System.Globalization;
using System.Net.Http.Headers;

namespace FunctionsEval.Functions.Webhooks;

/// <summary>Requests that the app signs, and the settings of the endpoints that get them.</summary>
internal static class SignedRequest
{
    /// <summary>What is wrong with the settings of an endpoint, each with the fix.</summary>
    /// <param name="setting">What the settings' names begin with.</param>
    /// <param name="url">The setting <c>Url</c>.</param>
    /// <param name="secret">The setting <c>Secret</c>.</param>
    public static IEnumerable<string> FindProblems(string setting, Uri? url, string? secret)
    {
        if (!SecureAddress.IsAllowed(url))
        {
            yield return $"{setting}Url: write an https address (http is allowed for this machine only).";
        }

        if (secret is null || WebhookSignature.TryCreate(secret) is null)
        {
            yield return $"{setting}Secret: write whsec_ and the base64 of 24 to 64 random bytes, or two of these, separated by a space. "
                + "(Its value is not shown.)";
        }
    }

    /// <summary>A request with a JSON body and its signature.</summary>
    /// <param name="url">Where it goes.</param>
    /// <param name="signature">Signs it.</param>
    /// <param name="id">Its id, the same in each attempt.</param>
    /// <param name="now">When it is sent.</param>
    /// <param name="body">The JSON.</param>
    public static HttpRequestMessage Create(Uri url, WebhookSignature signature, string id, DateTimeOffset now, byte[] body)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.Add(WebhookSignature.IdHeader, id);
        message.Headers.Add(WebhookSignature.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        message.Headers.Add(WebhookSignature.SignatureHeader, signature.Sign(id, now, body));
        return message;
    }
}
