using System.Text.Json;
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
        foreach (var (name, width, height) in new[] { ("desktop", 1280, 900), ("phone", 390, 844) })
        {
            foreach (var colours in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                var page = await chromium.OpenAsync(width, height, colours);
                await page.SetContentAsync(html);
                foreach (var closed in await page.QuerySelectorAllAsync("details:not([open]) > summary"))
                {
                    await closed.ClickAsync();
                }

                Assert.True(await page.Locator(".verdict").IsVisibleAsync());
                await page.AssertReadsWellAsync();
                output.WriteLine(await page.ShootAsync($"report-{name}-{colours.ToString().ToLowerInvariant()}"));
                await page.Context.CloseAsync();
            }
        }
    }

    private async Task<string> ReportAsync()
    {
        const string Spec = """
            { "name": "Even or odd", "task": "classification", "model": "recorded", "baseline": "recorded-base", "labels": ["even", "odd"], "slices": ["size"],
              "metrics": ["accuracy", "f1", "confusion_matrix", "calibration"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.7 }, { "metric": "f1_macro", "notWorseThanBaselineBy": 0.01 } ] } }
            """;
        shared.App.Endpoint.AnswerOf["recorded-base"] = prompt =>
            (200, prompt.EndsWith('1') || prompt.EndsWith('3') ? "even" : Parity.Answer(prompt).Text);
        shared.App.Endpoint.Probabilities = prompt =>
            Parity.Answer(prompt).Text is "odd"
                ? new Dictionary<string, double> { ["odd"] = 0.8, ["even"] = 0.2 }
                : new Dictionary<string, double>
                {
                    ["even"] = 0.7,
                    ["odd"] = 0.3,
                    ["I believe it is even"] = 0.1,
                };
        var rows = Enumerable
            .Range(0, 80)
            .Select(number =>
                JsonSerializer.Serialize(
                    new
                    {
                        id = $"n{number}",
                        input = $"A <b>long</b> question that goes on & on, as they do when people explain what happened before they ask: browser {number}",
                        expected = number % 2 == 0 ? "even" : "odd",
                        tags = new { size = number < 20 ? "small" : "large" },
                    }
                )
            );
        var run = await shared.App.EvaluateAsync("browser/test.jsonl", Spec, rows);
        shared.App.Endpoint.Probabilities = null;
        Assert.Equal("Completed", run.GetString("Status"));
        using var http = shared.App.Http;
        return await http.GetStringAsync($"/api/evaluations/{run.PartitionKey}/report");
    }
}
