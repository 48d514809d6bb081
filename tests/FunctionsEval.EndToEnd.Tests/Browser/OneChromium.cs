using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(FunctionsEval.EndToEnd.Tests.Browser.OneChromium))]

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The one browser of a test project: it is started when a test first asks for it, and ends with the project's tests.</summary>
public sealed class OneChromium : IAsyncDisposable
{
    private static readonly SemaphoreSlim Starting = new(1);
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    /// <summary>The browser; another one where it has crashed.</summary>
    internal static async Task<IBrowser> GetAsync(string path)
    {
        await Starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            if (_browser is not { IsConnected: true })
            {
                _browser = await _playwright.Chromium.LaunchAsync(
                    new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] }
                );
            }

            return _browser;
        }
        finally
        {
            Starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
