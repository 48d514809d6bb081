using System.Net.Http.Headers;
using Azure.Core;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>
/// Sends one request to one model and returns the raw response, whatever its status. It does not repeat requests, follow redirects or
/// buffer.
/// </summary>
/// <param name="model">Where it is.</param>
/// <param name="http">The process-wide pool (see <see cref="ModelTransport"/>).</param>
/// <param name="identity">Gives the managed identity's credential, where a model has no key.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelEndpoint(ModelOptions model, HttpMessageInvoker http, Func<TokenCredential> identity, TimeProvider time)
{
    // Servers without keys ignore the header, and gateways before them may insist on one.
    private const string PlaceholderKey = "none";

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly string UserAgent = $"FunctionsEval/{typeof(ModelEndpoint).Assembly.GetName().Version!.ToString(3)}";

    private readonly Uri _route = model.Provider.RouteFor(model, model.Api.Route);
    private readonly IdentityToken? _token = model is { ApiKey: null, Scope: { } scope } ? new IdentityToken(identity, scope, time) : null;

    /// <summary>
    /// Sends a body and returns when the headers of the response are there. The caller reads the content stream and disposes of the
    /// response.
    /// </summary>
    /// <exception cref="HttpRequestException">No response.</exception>
    /// <exception cref="Azure.Identity.AuthenticationFailedException">The identity has no token.</exception>
    public async Task<HttpResponseMessage> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = Json;
        using var request = new HttpRequestMessage(HttpMethod.Post, _route) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (_token is null)
        {
            model.Provider.AddKey(request, model.ApiKey ?? PlaceholderKey);
        }
        else
        {
            request.Headers.Authorization = await _token.GetAsync(cancellationToken);
        }

        return await http.SendAsync(request, cancellationToken);
    }
}
