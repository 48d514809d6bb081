using FunctionsEval.LocalHost;
using FunctionsEval.LocalHost.Azurite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>An Azurite of its own, so that what works on it can be stopped and started, with a proxy before it if one is wanted.</summary>
internal sealed class AzuriteHost : IAsyncDisposable
{
    private readonly AzuriteServer _server;

    private AzuriteHost(AzuriteServer server, StorageProxy? proxy)
    {
        _server = server;
        Proxy = proxy;
    }

    public StorageProxy? Proxy { get; }

    public int ProcessId => _server.ProcessId;

    /// <summary>How to reach it, through the proxy where there is one.</summary>
    public string ConnectionString => Proxy?.ConnectionString ?? _server.ConnectionString;

    /// <summary>How to reach it without the proxy.</summary>
    public string DirectConnectionString => _server.ConnectionString;

    public static async Task<AzuriteHost> StartAsync(string directory, bool withProxy)
    {
        await AzuriteInstallation.EnsureAsync(RepositoryLayout.AzuriteDirectory, _ => { }, CancellationToken.None);
        var server = await AzuriteServer.StartAsync(
            RepositoryLayout.AzuriteDirectory, Path.Combine(directory, "azurite"), 0, NullLogger.Instance, _ => { }, CancellationToken.None);
        return new AzuriteHost(server, withProxy ? await StorageProxy.StartAsync(server.ConnectionString) : null);
    }

    public async ValueTask DisposeAsync()
    {
        if (Proxy is not null)
            await Proxy.DisposeAsync();
        await _server.DisposeAsync();
    }
}
