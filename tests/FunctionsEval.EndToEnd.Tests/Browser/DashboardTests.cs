using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using Microsoft.Playwright;
using Parquet;
using static Microsoft.Playwright.Assertions;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The dashboard of the running app in a real browser, its own content policy in force: samples, and the key.</summary>
public sealed class DashboardTests(SharedApp shared, ITestOutputHelper output) : IClassFixture<SharedApp>
{
    private const string Dataset = "dashboard/test.jsonl";

    private readonly DashboardPages _pages = new(shared, output);

    [Fact]
    public async Task Samples_of_an_outcome_are_looked_into_and_their_text_is_text()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/samples?outcome=unparsable");

        await Expect(page.GetByRole(AriaRole.Rowheader)).ToHaveTextAsync(["n8", "n18", "n28", "n38", "n48", "n58"]);
        await Expect(page.GetByText("<script>alert(8)</script>")).ToBeVisibleAsync(); // Row text is text.
        await _pages.CheckAsync(page, "samples");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Samples_are_filtered_and_downloaded_in_every_format()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/samples?outcome=unparsable");

        await Expect(page.GetByRole(AriaRole.Rowheader)).ToHaveCountAsync(6); // The page of samples is there, and the run's is not.
        await page.GetByLabel("Outcome").SelectOptionAsync("");
        await page.GetByLabel("Flip").SelectOptionAsync("gained");
        await page.GetByLabel("Reference").FillAsync("odd");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Rowheader)).ToHaveCountAsync(12); // The baseline misses what ends with 1 or 3.
        var csv = await DownloadAsync(page, "csv");
        Assert.Equal(13, File.ReadAllLines(csv).Length);
        await AssertParquetAsync(await DownloadAsync(page, "parquet"));
        Assert.All(
            await File.ReadAllLinesAsync(await DownloadAsync(page, "jsonl")),
            line => Assert.Equal("odd", (string?)JsonNode.Parse(line)!["candidate"]!["prediction"])
        );
        Assert.Empty(_pages.Errors);
    }

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

    private static async Task<string> DownloadAsync(IPage page, string format)
    {
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Button, new() { Name = format, Exact = true }).ClickAsync()
        );
        Assert.EndsWith($"-samples.{format}", download.SuggestedFilename, StringComparison.Ordinal);
        return await download.PathAsync();
    }

    private static async Task AssertParquetAsync(string path)
    {
        await using var file = File.OpenRead(path);
        await using var reader = await ParquetReader.CreateAsync(file);
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(12, group.RowCount);
    }
}
