using FunctionsEval.EndToEnd.Tests.Evaluations;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The dashboard of the running app in a real browser, its own content policy in force: its key.</summary>
public sealed class DashboardTests(BrowsedApp shared, ITestOutputHelper output) : IClassFixture<BrowsedApp>
{
    private readonly DashboardPages _pages = new(shared, output);

    [Fact]
    public async Task Key_is_asked_for_once_kept_in_the_tab_and_sent_to_the_app_alone()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await _pages.TwoRunsAsync("key/test.jsonl");
        var page = await chromium.OpenOnlineAsync(390, 844, ColorScheme.Dark);
        await page.RouteAsync(
            "**/api/**",
            route =>
                route.Request.Headers.GetValueOrDefault("x-functions-key") == "right"
                    ? route.ContinueAsync()
                    : route.FulfillAsync(new() { Status = 401 })
        );

        await page.GotoAsync(shared.App.Host.AppUrl.ToString());
        foreach (var key in new[] { "wrong", "right" })
        {
            await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new("unction key") })).ToBeVisibleAsync();
            await page.AssertReadsWellAsync();
            await page.GetByLabel("Key", new() { Exact = true }).FillAsync(key);
            await page.GetByRole(AriaRole.Button, new() { Name = "Use the key" }).ClickAsync();
        }

        await Expect(page.Locator($"tr[data-run='{good}']")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.Locator($"tr[data-run='{good}']")).ToBeVisibleAsync();
        Assert.DoesNotContain("right", await page.ContentAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget key" }).ClickAsync();
        await Expect(page.Locator("#key-dialog")).ToBeVisibleAsync();
    }
}
