using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>What every page must hold to: dashboard and report alike.</summary>
internal static class PageChecks
{
    /// <summary>The widths at which nothing may be wider than the page: a narrow phone, a tablet, a laptop, a large screen.</summary>
    private static readonly int[] Widths = [360, 768, 1280, 1920];

    /// <summary>
    /// Elements that reach beyond the screen, unless they scroll in their own box (<c>.scroll</c>, <c>pre</c>) or are there for screen
    /// readers only (<c>.unseen</c>, a skip link).
    /// </summary>
    private const string TooWide = """
        () => {
          const width = document.documentElement.clientWidth;
          return [...document.querySelectorAll('body *')].filter(e => {
            const box = e.getBoundingClientRect();
            return box.width > 1 && box.right > width + 1 && !e.parentElement.closest('.scroll, pre') && !e.closest('.unseen, .skip, dialog:not([open])');
          }).map(e => e.outerHTML.slice(0, 160));
        }
        """;

    /// <summary>
    /// All that is asked of a view: nothing too wide at any width, axe content in light and dark, and pictures of it on a desktop, on a
    /// phone, in the dark and on paper. The page is left as a desktop shows it, in light.
    /// </summary>
    /// <returns>The paths of the pictures.</returns>
    public static async Task<IReadOnlyList<string>> AssertViewAsync(this IPage page, string name)
    {
        List<string> pictures = [];
        foreach (var width in Widths)
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.AssertFitsAsync();
        }

        foreach (
            var (look, width, height, colours) in new[]
            {
                ("desktop", 1280, 900, ColorScheme.Light),
                ("desktop-dark", 1280, 900, ColorScheme.Dark),
                ("phone", 390, 844, ColorScheme.Light),
                ("phone-dark", 390, 844, ColorScheme.Dark),
            }
        )
        {
            await page.SetViewportSizeAsync(width, height);
            await page.EmulateMediaAsync(new() { ColorScheme = colours });
            await page.AssertReadsWellAsync();
            pictures.Add(await page.ShootAsync($"{name}-{look}"));
        }

        await page.SetViewportSizeAsync(1280, 900);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, Media = Media.Print });
        pictures.Add(await page.ShootAsync($"{name}-print"));
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, Media = Media.Screen });
        return pictures;
    }

    /// <summary>Nothing is wider than the screen but what scrolls by itself, and axe finds nothing serious.</summary>
    public static async Task AssertReadsWellAsync(this IPage page)
    {
        await page.AssertNothingTooWideAsync();
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

    /// <summary>The page does not scroll sideways, and nothing is wider than the screen but what scrolls by itself.</summary>
    public static async Task AssertFitsAsync(this IPage page)
    {
        await page.AssertNothingTooWideAsync();
        var beyond = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(beyond <= 1, $"The page scrolls sideways by {beyond} pixels on a screen of {page.ViewportSize!.Width}.");
    }

    private static async Task AssertNothingTooWideAsync(this IPage page)
    {
        var tooWide = await page.EvaluateAsync<string[]>(TooWide);
        Assert.True(tooWide.Length == 0, $"Wider than a screen of {page.ViewportSize!.Width}: {string.Join("\n", tooWide.Take(5))}");
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
