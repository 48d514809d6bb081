using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.Core;

namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>
/// Sends one request to one model and returns the raw response, whatever its status. It does not repeat requests, follow redirects or
/// buffer.
/// </summary>
/// <remarks>
/// Uses the SDKs for credentials and headers, and writes routes and bodies itself: the typed methods of 2.1.0 send <c>max_tokens</c> in one
/// form only, throw on answers with pieces missing, know only the api-versions that existed when they were built, and have no completions
/// API at all.
/// </remarks>
/// <param name="model">Where it is.</param>
/// <param name="http">The process-wide client (see <see cref="ModelTransport"/>).</param>
/// <param name="identity">Gives the managed identity's credential, where a model has no key.</param>
internal sealed class ModelEndpoint(ModelOptions model, HttpClient http, Func<TokenCredential> identity)
{
    private readonly ClientPipeline _pipeline = model.Provider.CreatePipeline(model, http, identity);
    private readonly Uri _route = model.Provider.RouteFor(model, model.Api.Route);

    /// <summary>
    /// Sends a body and returns when the headers of the response are there. The caller reads the content stream and disposes of the
    /// response.
    /// </summary>
    /// <exception cref="ClientResultException">No response (the inner exception says why).</exception>
    public async Task<PipelineResponse> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var content = BinaryContent.Create(BinaryData.FromBytes(body));
        using var message = _pipeline.CreateMessage();
        message.Request.Method = "POST";
        message.Request.Uri = _route;
        message.Request.Headers.Set("Content-Type", "application/json");
        message.Request.Headers.Set("Accept", "application/json");
        message.Request.Content = content;
        message.Apply(
            new RequestOptions
            {
                BufferResponse = false,
                ErrorOptions = ClientErrorBehaviors.NoThrow,
                CancellationToken = cancellationToken,
            }
        );
        await _pipeline.SendAsync(message);
        return message.ExtractResponse() ?? throw new InvalidOperationException("The pipeline returned without a response.");
    }
}
