namespace FunctionsEval.EndToEnd.Tests.Support;

/// <summary>
/// The storage of an app: an account of the Azurite that all share, or an Azurite of its own, with a proxy before it if wanted.
/// </summary>
internal sealed class AppStorage : IAsyncDisposable
{
    private readonly AzuriteAccount? _account;
    private readonly AzuriteHost? _own;

    private AppStorage(AzuriteAccount? account, AzuriteHost? own, StorageProxy? proxy) => (_account, _own, Proxy) = (account, own, proxy);

    public StorageProxy? Proxy { get; }

    /// <summary>How to reach it, through the proxy where there is one.</summary>
    public string ConnectionString => Proxy?.ConnectionString ?? DirectConnectionString;

    /// <summary>How to reach it without the proxy.</summary>
    public string DirectConnectionString => _account?.ConnectionString ?? _own!.ConnectionString;

    /// <summary>Takes whom to tell of uploads; null where nobody tells of them.</summary>
    public Action<Action<string>>? WatchUploads => _account is null ? null : _account.Watch;

    /// <summary>An account of its own of the Azurite that all share.</summary>
    public static async Task<AppStorage> OpenAsync(bool withProxy)
    {
        var account = await SharedAzurite.OpenAccountAsync();
        return new AppStorage(account, own: null, withProxy ? await StorageProxy.StartAsync(account.ConnectionString) : null);
    }

    /// <summary>An Azurite of its own behind a proxy.</summary>
    /// <param name="directory">Where it keeps its data.</param>
    public static async Task<AppStorage> StartAsync(string directory)
    {
        var own = await AzuriteHost.StartAsync(directory);
        return new AppStorage(account: null, own, await StorageProxy.StartAsync(own.ConnectionString));
    }

    /// <summary>Stops the Azurite of its own in order, and starts it again on the same data behind the same proxy.</summary>
    public async Task RestartAsync(Action whileAway)
    {
        await _own!.RestartAsync(whileAway);
        Proxy!.SendTo(_own.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (Proxy is not null)
        {
            await Proxy.DisposeAsync();
        }

        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }
}
