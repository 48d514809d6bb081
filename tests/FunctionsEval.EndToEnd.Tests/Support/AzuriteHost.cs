using FunctionsEval.LocalHost.Azurite;
using FunctionsEval.LocalHost.Machine;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>An Azurite of its own, so that what works on it can be stopped and started.</summary>
internal sealed class AzuriteHost : IAsyncDisposable
{
    private readonly string _directory;
    private AzuriteServer _server;

    private AzuriteHost(string directory, AzuriteServer server) => (_directory, _server) = (directory, server);

    public int ProcessId => _server.ProcessId;

    /// <summary>How to reach it.</summary>
    public string ConnectionString => _server.ConnectionString;

    public static async Task<AzuriteHost> StartAsync(string directory)
    {
        await AzuriteInstallation.EnsureAsync(RepositoryLayout.AzuriteDirectory, _ => { }, CancellationToken.None);
        return new AzuriteHost(directory, await StartServerAsync(directory));
    }

    /// <summary>Stops it in order, and starts it again on the same data.</summary>
    public async Task RestartAsync(Action whileAway)
    {
        await _server.DisposeAsync();
        whileAway();
        _server = await StartServerAsync(_directory);
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

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
