using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>What every page must hold to.</summary>
internal static class PageChecks
{
    /// <summary>Nothing is wider than the screen but what scrolls by itself, and axe finds nothing serious.</summary>
    public static async Task AssertReadsWellAsync(this IPage page)
    {
        var tooWide = await page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest('.scroll, pre')).map(e => e.outerHTML.slice(0, 120))"
        );
        Assert.True(tooWide.Length == 0, $"Wider than a screen of {page.ViewportSize!.Width}: {string.Join("\n", tooWide.Take(5))}");
        var violations = (await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical").ToList();
        Assert.True(
            violations.Count == 0,
            string.Join(
                "\n",
                violations.Select(violation =>
                    $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Take(3).Select(node => node.Html))}"
                )
            )
        );
    }

    /// <summary>Keeps a picture of the whole page in <c>screenshots</c> beside the tests.</summary>
    /// <returns>Its path.</returns>
    public static async Task<string> ShootAsync(this IPage page, string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName, name + ".png");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = true });
        return path;
    }
}
