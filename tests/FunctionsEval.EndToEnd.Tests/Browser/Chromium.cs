using Microsoft.Playwright;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>
/// A test's part of the Chromium that is installed on the machine, driven by Playwright; none is downloaded. The browser is one for all
/// tests of a project, and is started by the first; what a test opens is its own, without the cookies and the storage of others.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    /// <summary>How long an action or an expectation may take before a test has failed; much more than any takes.</summary>
    private const int PatienceMilliseconds = 180_000;

    private const string PathVariable = "FUNCTIONSEVAL_CHROMIUM";

    /// <summary>
    /// The shell first: the same engine without the browser's own windows, which cost as much processor time as the pages.
    /// </summary>
    private static readonly string[] UsualPaths =
    [
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    private readonly IBrowser _browser;
    private readonly List<IBrowserContext> _contexts = [];

    private Chromium(IBrowser browser) => _browser = browser;

    /// <summary>Starts it where it does not run yet; the test is skipped, and says so, where there is none.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable) ?? UsualPaths.FirstOrDefault(File.Exists);
        Assert.SkipWhen(
            path is null,
            $"There is no Chromium: install it (apt-get install chromium), or say where it is by {PathVariable}."
        );
        Assertions.SetDefaultExpectTimeout(PatienceMilliseconds);
        return new Chromium(await OneChromium.GetAsync(path));
    }

    /// <summary>A page without a network, that may be looked into by scripts of the test whatever its own policy forbids.</summary>
    public Task<IPage> OpenAsync(int width, int height, ColorScheme colours) => OpenAsync(width, height, colours, isOffline: true);

    /// <summary>A page that the app serves, with its own policy in force.</summary>
    public Task<IPage> OpenOnlineAsync(int width, int height, ColorScheme colours) => OpenAsync(width, height, colours, isOffline: false);

    private async Task<IPage> OpenAsync(int width, int height, ColorScheme colours, bool isOffline)
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = colours,
                BypassCSP = isOffline,
                Offline = isOffline,
            }
        );
        _contexts.Add(context);
        context.SetDefaultTimeout(PatienceMilliseconds);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.DisposeAsync();
        }
    }
}
