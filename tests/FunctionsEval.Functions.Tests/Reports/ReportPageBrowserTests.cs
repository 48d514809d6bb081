using FunctionsEval.EndToEnd.Tests.Browser;
using FunctionsEval.Functions.Tests.Reports.Pages;
using Microsoft.Playwright;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>The reports that a page has trouble with, in a real browser without a network.</summary>
public sealed class ReportPageBrowserTests(ITestOutputHelper output)
{
    private static readonly int[] Widths = [360, 768, 1280, 1920];

    public static TheoryData<string> Pages => [.. ReportPages.All.Keys];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Report_fits_every_screen_and_reads_well_as_it_opens(string name)
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await chromium.OpenAsync(1280, 900, ColorScheme.Light);
        await page.SetContentAsync(await ReportPages.All[name]());

        foreach (var picture in await page.AssertViewAsync($"report-{name}"))
        {
            output.WriteLine(picture);
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Report_fits_every_screen_with_everything_unfolded(string name)
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await chromium.OpenAsync(1280, 900, ColorScheme.Dark);
        await page.SetContentAsync(await ReportPages.All[name]());
        await page.EvaluateAsync("document.querySelectorAll('details').forEach(fold => fold.open = true)");

        foreach (var width in Widths)
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.AssertFitsAsync();
        }
    }

    /// <summary>
    /// Axe takes seconds on a page of thousands of elements: one page with something of everything stands for the others.
    /// </summary>
    [Fact]
    public async Task Unfolded_report_reads_well()
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await chromium.OpenAsync(1280, 900, ColorScheme.Light);
        await page.SetContentAsync(await ReportPages.All["few-labels"]());
        await page.EvaluateAsync("document.querySelectorAll('details:not(.text)').forEach(fold => fold.open = true)");

        await page.AssertReadsWellAsync();
        output.WriteLine(await page.ShootAsync("report-few-labels-open"));
    }
}
