using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>What a storage request meets.</summary>
internal enum StorageFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is refused with 503 and does nothing.</summary>
    Refused,

    /// <summary>It is carried out, and answered with 503 all the same.</summary>
    RefusedAfterCommit,

    /// <summary>It is carried out, and the connection breaks before the answer.</summary>
    Broken,
}

/// <summary>One request to a storage service.</summary>
/// <param name="Service">blob, queue or table.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path after the account's name, with its query.</param>
internal sealed record StorageCall(string Service, string Method, string Path)
{
    /// <summary>
    /// Whether it is of the app's own blobs and tables; those of the Durable extension and the host have clients and retries of their own.
    /// </summary>
    public bool IsOfTheApp =>
        (
            Service == "blob"
            && (Path.StartsWith("runs/", StringComparison.Ordinal) || Path.StartsWith("datasets/", StringComparison.Ordinal))
        ) || (Service == "table" && Path.StartsWith("Evaluation", StringComparison.Ordinal));
}

/// <summary>Stands before a storage account's three services: counts the requests, and lets chosen ones fail.</summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private static readonly string[] Services = ["blob", "queue", "table"];

    private readonly ConcurrentDictionary<string, Uri> _targets = new(StringComparer.Ordinal);
    private readonly List<WebApplication> _apps = [];
    private readonly HttpMessageInvoker _client = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
        }
    );

    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    private StorageProxy() { }

    /// <summary>How to reach the account through the proxy.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Requests by service and method.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>All requests.</summary>
    public int Total => _counts.Values.Sum();

    /// <summary>Which requests fail, and how; null for none.</summary>
    public Func<StorageCall, StorageFault>? Fault { get; set; }

    /// <summary>Starts the proxy.</summary>
    /// <param name="connectionString">How to reach the account.</param>
    public static async Task<StorageProxy> StartAsync(string connectionString)
    {
        var parts = Parse(connectionString);
        var proxy = new StorageProxy();
        proxy.SendTo(connectionString);
        foreach (var service in Services)
        {
            var app = await proxy.StartServiceAsync(service);
            parts[KeyOf(service)] = new Uri(new Uri(app.Urls.First()), new Uri(parts[KeyOf(service)]).AbsolutePath).ToString();
        }

        proxy.ConnectionString = string.Join(';', parts.Select(part => $"{part.Key}={part.Value}"));
        return proxy;
    }

    /// <summary>Sends requests to another address of the account from now on.</summary>
    public void SendTo(string connectionString)
    {
        var parts = Parse(connectionString);
        foreach (var service in Services)
        {
            _targets[service] = new Uri(new Uri(parts[KeyOf(service)]).GetLeftPart(UriPartial.Authority));
        }
    }

    public void ResetCounts() => _counts.Clear();

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        _client.Dispose();
    }

    private static Dictionary<string, string> Parse(string connectionString) =>
        connectionString
            .Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part[1]);

    private static string KeyOf(string service) => $"{char.ToUpperInvariant(service[0])}{service[1..]}Endpoint";

    private async Task<WebApplication> StartServiceAsync(string service)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.AddHttpForwarder();
        var app = builder.Build();
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        app.Run(async context =>
        {
            var path = context.Request.Path.Value ?? "/";
            var call = new StorageCall(service, context.Request.Method, path[(path.IndexOf('/', 1) + 1)..] + context.Request.QueryString);
            _counts.AddOrUpdate($"{service} {call.Method}", 1, (_, count) => count + 1);
            if (Fault is not null)
            {
                await KeepAsync(context);
            }

            var fault = Fault?.Invoke(call) ?? StorageFault.None;
            if (fault == StorageFault.Refused)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            var target = _targets[service];
            await forwarder.SendAsync(context, target.ToString(), _client, ForwarderRequestConfig.Empty, new AsItCame(target, fault));
        });
        await app.StartAsync();
        _apps.Add(app);
        return app;
    }

    /// <summary>
    /// Keeps a request and its body apart from its sender: what a fault lets through is carried out even if the fault killed the sender.
    /// </summary>
    private static async Task KeepAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        await context.Request.Body.DrainAsync(context.RequestAborted);
        context.Request.Body.Position = 0;
        context.RequestAborted = CancellationToken.None;
    }

    /// <summary>
    /// Sends a request on with its target as it came, which its signature is about, and swallows the answer where a fault says so.
    /// </summary>
    private sealed class AsItCame(Uri target, StorageFault fault) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext,
            HttpRequestMessage proxyRequest,
            string destinationPrefix,
            CancellationToken cancellationToken
        )
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = new Uri(
                target.GetLeftPart(UriPartial.Authority) + httpContext.Features.Get<IHttpRequestFeature>()!.RawTarget,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
            );
            proxyRequest.Headers.Host = null;
        }

        public override ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext,
            HttpResponseMessage? proxyResponse,
            CancellationToken cancellationToken
        )
        {
            switch (fault)
            {
                case StorageFault.Broken:
                    httpContext.Abort();
                    return ValueTask.FromResult(false);
                case StorageFault.RefusedAfterCommit:
                    httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                    return ValueTask.FromResult(false);
                default:
                    return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
            }
        }
    }
}
