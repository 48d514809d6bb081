using FunctionsEval.LocalHost.Azurite;
using FunctionsEval.LocalHost.Machine;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>An Azurite of its own, so that what works on it can be stopped and started, with a proxy before it if one is wanted.</summary>
internal sealed class AzuriteHost : IAsyncDisposable
{
    private readonly string _directory;
    private AzuriteServer _server;

    private AzuriteHost(string directory, AzuriteServer server, StorageProxy? proxy)
    {
        _directory = directory;
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
        var server = await StartServerAsync(directory);
        return new AzuriteHost(directory, server, withProxy ? await StorageProxy.StartAsync(server.ConnectionString) : null);
    }

    /// <summary>Stops it in order, and starts it again on the same data behind the same proxy.</summary>
    public async Task RestartAsync(Action whileAway)
    {
        await _server.DisposeAsync();
        whileAway();
        _server = await StartServerAsync(_directory);
        Proxy!.SendTo(_server.ConnectionString);
    }

    private static Task<AzuriteServer> StartServerAsync(string directory) =>
        AzuriteServer.StartAsync(
            RepositoryLayout.AzuriteDirectory,
            Path.Combine(directory, "azurite"),
            0,
            NullLogger.Instance,
            _ => { },
            CancellationToken.None
        );

    public async ValueTask DisposeAsync()
    {
        if (Proxy is not null)
        {
            await Proxy.DisposeAsync();
        }

        await _server.DisposeAsync();
    }
}
