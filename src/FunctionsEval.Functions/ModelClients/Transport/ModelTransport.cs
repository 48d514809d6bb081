namespace FunctionsEval.Functions.ModelClients.Transport;

/// <summary>The connection pool that all models share.</summary>
internal sealed class ModelTransport : IDisposable
{
    /// <summary>The client over the pool. Its timeout is infinite: each attempt brings its own.</summary>
    public HttpClient Client { get; } =
        new(
            new StaleConnectionHandler(
                // Long enough to reuse connections, short enough to follow a change of DNS.
                CreateSockets(lifetime: TimeSpan.FromMinutes(5)),
                CreateSockets(lifetime: TimeSpan.Zero)
            )
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    private static SocketsHttpHandler CreateSockets(TimeSpan lifetime) =>
        new()
        {
            // A redirect would carry prompts and keys to an address that nobody configured.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = lifetime,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            // The limiters bound connections; a second bound here would queue where no one sees it.
            MaxConnectionsPerServer = int.MaxValue,
        };
}
