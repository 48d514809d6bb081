using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>Passes HTTP requests on to a worker that serves them itself.</summary>
internal sealed class HttpProxy : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    private readonly HttpMessageInvoker _client = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
        }
    );

    // A function may think for long before it writes anything.
    private readonly ForwarderRequestConfig _request = new() { ActivityTimeout = TimeSpan.FromMinutes(10) };

    /// <summary>Sends the request to <paramref name="address"/> and copies the response; a failure becomes a 5xx status.</summary>
    public async Task ForwardAsync(HttpContext context, string address, string invocationId, CancellationToken cancellationToken)
    {
        context.Request.Headers[InvocationHeader] = invocationId;
        var forwarder = context.RequestServices.GetRequiredService<IHttpForwarder>();
        await forwarder.SendAsync(context, address, _client, _request, HttpTransformer.Default, cancellationToken);
    }

    public void Dispose() => _client.Dispose();
}
