using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Core;
using OpenAI;
using OpenAI.Chat;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// Sends one request to one model and returns the raw response, whatever its status. Never repeats, follows redirects or buffers.
/// </summary>
/// <remarks>
/// Uses the SDKs for routes, credentials and headers, and their protocol methods for the bodies: the typed ones of 2.1.0 send
/// <c>max_tokens</c> in one form only,
/// throw on answers with pieces missing, and have no completions API at all.
/// </remarks>
internal sealed class ModelEndpoint
{
    // OpenAI's client insists on a key; servers without keys ignore the header.
    private const string PlaceholderKey = "none";

    private readonly ChatClient _client;
    private readonly Func<string, Uri> _route;

    /// <summary>Creates the endpoint; nothing is sent yet.</summary>
    /// <param name="model">Where it is.</param>
    /// <param name="http">The process-wide client (see <see cref="ModelTransport"/>).</param>
    /// <param name="identity">Gives the managed identity's credential, where a model has no key.</param>
    public ModelEndpoint(ModelOptions model, HttpClient http, Func<TokenCredential> identity)
    {
        if (model.Provider == ModelProvider.AzureOpenAI)
        {
            var options = Configure(new AzureOpenAIClientOptions(), http);
            options.AddPolicy(new ApiVersionPolicy(model.ApiVersion), PipelinePosition.PerCall);
            var client = model.ApiKey is { } key
                ? new AzureOpenAIClient(model.Endpoint, new ApiKeyCredential(key), options)
                : new AzureOpenAIClient(model.Endpoint, identity(), options);
            _client = client.GetChatClient(model.Deployment);
            _route = name => new Uri(
                $"{model.Endpoint.AbsoluteUri.TrimEnd('/')}/openai/deployments/{Uri.EscapeDataString(model.Deployment)}/{name}?api-version={model.ApiVersion}"
            );
        }
        else
        {
            var options = Configure(new OpenAIClientOptions { Endpoint = model.Endpoint }, http);
            _client = new ChatClient(model.Deployment, new ApiKeyCredential(model.ApiKey ?? PlaceholderKey), options);
            _route = name => new Uri($"{model.Endpoint.AbsoluteUri.TrimEnd('/')}/{name}");
        }
    }

    /// <summary>
    /// Sends a body and returns when the headers of the response are there. The caller reads the content stream and disposes of the
    /// response.
    /// </summary>
    /// <exception cref="ClientResultException">No response (the inner exception says why).</exception>
    public async Task<PipelineResponse> SendAsync(ModelApi api, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var options = new RequestOptions
        {
            BufferResponse = false,
            ErrorOptions = ClientErrorBehaviors.NoThrow,
            CancellationToken = cancellationToken,
        };
        using var content = BinaryContent.Create(BinaryData.FromBytes(body));
        if (api == ModelApi.Chat)
        {
            return (await _client.CompleteChatAsync(content, options)).GetRawResponse();
        }

        using var message = _client.Pipeline.CreateMessage();
        message.Request.Method = "POST";
        message.Request.Uri = _route(api == ModelApi.Embeddings ? "embeddings" : "completions");
        message.Request.Headers.Set("Content-Type", "application/json");
        message.Request.Headers.Set("Accept", "application/json");
        message.Request.Content = content;
        message.Apply(options);
        await _client.Pipeline.SendAsync(message);
        return message.ExtractResponse() ?? throw new InvalidOperationException("The pipeline returned without a response.");
    }

    private static T Configure<T>(T options, HttpClient http)
        where T : ClientPipelineOptions
    {
        options.Transport = new HttpClientPipelineTransport(http);
        // The SDK's own retries wait out any Retry-After inside the call, hours if it says so; CallRetryPolicy does not.
        options.RetryPolicy = new ClientRetryPolicy(0);
        options.NetworkTimeout = Timeout.InfiniteTimeSpan;
        return options;
    }

    /// <summary>Sends the configured api-version: the SDK knows only those that existed when it was built.</summary>
    private sealed class ApiVersionPolicy(string version) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            SetVersion(message.Request);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            SetVersion(message.Request);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void SetVersion(PipelineRequest request) =>
            request.Uri = new UriBuilder(request.Uri!) { Query = "api-version=" + version }.Uri;
    }
}
