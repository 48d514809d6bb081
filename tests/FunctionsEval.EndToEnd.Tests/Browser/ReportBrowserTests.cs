using System.Text.Json;
using Deque.AxeCore.Playwright;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The report of a real run in a real browser, without a network.</summary>
public sealed class ReportBrowserTests(SharedApp shared, ITestOutputHelper output) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Report_reads_well_on_desktop_and_phone_in_light_and_dark()
    {
        await using var chromium = await Chromium.StartAsync();
        var html = await ReportAsync();
        var shots = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots"));
        foreach (var (name, width, height) in new[] { ("desktop", 1280, 900), ("phone", 390, 844) })
        {
            foreach (var colours in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                var page = await chromium.OpenAsync(width, height, colours);
                await page.SetContentAsync(html);
                foreach (var closed in await page.QuerySelectorAllAsync("details:not([open]) > summary"))
                    await closed.ClickAsync();

                Assert.True(await page.Locator(".verdict").IsVisibleAsync());
                var tooWide = await page.EvaluateAsync<string[]>(
                    "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest('.scroll, pre')).map(e => e.outerHTML.slice(0, 120))");
                Assert.True(tooWide.Length == 0, $"Wider than the {name}'s screen: {string.Join("\n", tooWide.Take(5))}");
                var violations = (await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical").ToList();
                Assert.True(violations.Count == 0, string.Join("\n", violations.Select(violation => $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Take(3).Select(node => node.Html))}")));
                var shot = Path.Combine(shots.FullName, $"report-{name}-{colours.ToString().ToLowerInvariant()}.png");
                await page.ScreenshotAsync(new PageScreenshotOptions { Path = shot, FullPage = true });
                output.WriteLine(shot);
                await page.Context.CloseAsync();
            }
        }
    }

    private async Task<string> ReportAsync()
    {
        const string spec = """
            { "name": "Even or odd", "task": "classification", "model": "recorded", "baseline": "recorded-base", "labels": ["even", "odd"], "slices": ["size"],
              "metrics": ["accuracy", "f1", "confusion_matrix", "calibration"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.7 }, { "metric": "f1_macro", "notWorseThanBaselineBy": 0.01 } ] } }
            """;
        shared.App.Endpoint.AnswerOf["recorded-base"] = prompt => (200, prompt.EndsWith('1') || prompt.EndsWith('3') ? "even" : Parity.Answer(prompt).Text);
        shared.App.Endpoint.Probabilities = prompt => Parity.Answer(prompt).Text is "odd"
            ? new Dictionary<string, double> { ["odd"] = 0.8, ["even"] = 0.2 }
            : new Dictionary<string, double> { ["even"] = 0.7, ["odd"] = 0.3, ["I believe it is even"] = 0.1 };
        var rows = Enumerable.Range(0, 80).Select(number => JsonSerializer.Serialize(new
        {
            id = $"n{number}",
            input = $"A <b>long</b> question that goes on & on, as they do when people explain what happened before they ask: browser {number}",
            expected = number % 2 == 0 ? "even" : "odd",
            tags = new { size = number < 20 ? "small" : "large" },
        }));
        var etag = await shared.App.DropAsync("browser/test.jsonl", spec, rows);
        var run = await shared.App.EndedAsync("browser/test.jsonl", etag);
        shared.App.Endpoint.Probabilities = null;
        Assert.Equal("Completed", run.GetString("Status"));
        using var http = shared.App.Http;
        return await http.GetStringAsync($"/api/evaluations/{run.PartitionKey}/report");
    }
}
