using System.Text.Json;
using System.Web;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The lists of the dashboard in a real browser: runs, trends, suites, models.</summary>
public sealed class RunsViewTests(BrowsedApp shared, ITestOutputHelper output) : IClassFixture<BrowsedApp>
{
    private const string Dataset = "listed/test.jsonl";

    private readonly DashboardPages _pages = new(shared, output);

    [Fact]
    public async Task Runs_stand_in_their_suite_with_verdict_headline_and_what_started_them()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, bad) = await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(chromium, "");

        var row = page.Locator($"tbody[data-suite='listed'] tr[data-run='{good}']");
        await Expect(row.Locator(".result")).ToContainTextAsync("pass");
        await Expect(row).ToContainTextAsync("Accuracy 80"); // What ends with 8 does not parse, what ends with 9 is wrong.
        await Expect(row).ToContainTextAsync("recorded against recorded-base");
        await Expect(row).ToContainTextAsync("API request");
        await Expect(page.Locator($"tr[data-run='{bad}'] .result")).ToContainTextAsync("fail");
        await Expect(page.Locator("tbody[data-suite='listed'] .sparkline")).ToBeVisibleAsync();
        await _pages.CheckAsync(page, "runs");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Filters_apply_as_one_types_and_stand_in_the_address()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, bad) = await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(chromium, "");
        await Expect(page.Locator($"tr[data-run='{good}']")).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("recorded listed pass");
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(1);
        await Expect(page.Locator($"tr[data-run='{good}']")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync("listed/");
        await page.GetByRole(AriaRole.Button, new() { Name = $"dataset {Dataset}" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "fail", Exact = true }).ClickAsync();
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(1);
        await Expect(page.Locator($"tr[data-run='{bad}']")).ToBeVisibleAsync();
        Assert.Equal(Dataset, HttpUtility.ParseQueryString(page.Url.Split('?')[1])["dataset"]);
        await page.ReloadAsync();
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = $"Remove the filter dataset {Dataset}" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "fail", Exact = true }).ClickAsync();
        await Expect(page.Locator($"tr[data-run='{good}']")).ToBeVisibleAsync();
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Keys_move_select_and_open_and_selected_runs_are_compared()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, bad) = await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(chromium, $"#/?dataset={Dataset}&status=Completed");
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(2);

        await page.Keyboard.PressAsync("j"); // The latest, then the one before.
        await page.Keyboard.PressAsync("x");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("x");
        await Expect(page.Locator($"tr[data-run='{good}'] input")).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(url => HttpUtility.UrlDecode(url).EndsWith($"#/compare?runs={good},{bad}", StringComparison.Ordinal));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Compare", Exact = true })).ToBeVisibleAsync(); // The rows are gone.
        await page.GoBackAsync();
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => url.EndsWith($"#/runs/{bad}", StringComparison.Ordinal));
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Empty_list_says_how_to_start_a_run()
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await _pages.OpenAsync(
            chromium,
            "",
            page =>
                page.RouteAsync("**/api/evaluations?*", route => route.FulfillAsync(new() { Json = new { runs = Array.Empty<object>() } }))
        );

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "How to start" }).GetByRole(AriaRole.Button)).ToHaveCountAsync(3);
        await Expect(page.GetByText($"curl -X POST {_pages.AppUrl.TrimEnd('/')}/api/evaluations")).ToBeVisibleAsync();
        await _pages.CheckAsync(page, "no-runs");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task A_thousand_runs_are_read_page_by_page_and_filtered()
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await _pages.OpenAsync(
            chromium,
            "",
            page =>
                page.RouteAsync(
                    "**/api/evaluations?*",
                    route => route.FulfillAsync(new() { Body = ManyRuns(route.Request.Url), ContentType = "application/json" })
                )
        );

        for (var shown = 50; shown < 1000; shown += 50)
        {
            await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(shown);
            await page.GetByRole(AriaRole.Button, new() { Name = "Older runs" }).ClickAsync();
        }

        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(1000);
        await page.GetByRole(AriaRole.Searchbox).FillAsync("suite-7 model-999");
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(1);
        await Expect(page.Locator("tr[data-run='ev-999']")).ToContainTextAsync("spec: line 7");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Trends_are_those_of_one_suite_with_a_mark_for_each_run_and_others_on_demand()
    {
        await using var chromium = await Chromium.StartAsync();
        await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(chromium, "#/trends?suite=listed");

        await Expect(page.Locator(".chart")).ToHaveCountAsync(1); // The gate's number alone.
        await Expect(page.Locator(".chart a .mark")).ToHaveCountAsync(2);
        await Expect(page.Locator(".chart")).ToContainTextAsync("gate: at least 70 %");
        await page.GetByText("Other numbers").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "f1_macro", Exact = true }).ClickAsync();
        await Expect(page.Locator(".chart")).ToHaveCountAsync(2);
        await _pages.CheckAsync(page, "trends");
        Assert.Empty(_pages.Errors);
    }

    [Theory]
    [InlineData("suites", "Suites")]
    [InlineData("models", "Models")]
    public async Task Other_lists_read_well(string view, string heading)
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await _pages.OpenAsync(chromium, $"#/{view}");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeVisibleAsync();
        await _pages.CheckAsync(page, view);
        Assert.Empty(_pages.Errors);
    }

    /// <summary>A page of a list of 1,000 runs, the last of which failed.</summary>
    private static string ManyRuns(string address)
    {
        var query = HttpUtility.ParseQueryString(new Uri(address).Query);
        var first = int.Parse(query["continuation"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var runs = Enumerable
            .Range(first, 50)
            .Select(number => new
            {
                runId = $"ev-{number}",
                suite = $"suite-{number % 8}",
                dataset = $"suite-{number % 8}/test.jsonl",
                model = $"model-{number}",
                status = number == 999 ? "Failed" : "Completed",
                verdict = number == 999 ? null : "pass",
                errorMessage = number == 999 ? "spec: line 7" : null,
                started = DateTimeOffset.UnixEpoch.AddHours(-number),
                warnings = Array.Empty<string>(),
            });
        return JsonSerializer.Serialize(new { runs, continuation = first + 50 < 1000 ? $"{first + 50}" : null });
    }
}
