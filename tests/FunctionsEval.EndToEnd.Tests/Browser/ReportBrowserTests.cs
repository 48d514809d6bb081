using System.Text.Json;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The report of a real run in a real browser, without a network.</summary>
public sealed class ReportBrowserTests(BrowsedApp shared, ITestOutputHelper output) : IClassFixture<BrowsedApp>
{
    [Fact]
    public async Task Report_reads_well_on_desktop_phone_and_paper_in_light_and_dark()
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await chromium.OpenAsync(1280, 900, ColorScheme.Light);
        await page.SetContentAsync(await ReportAsync());

        Assert.Matches(@"^✓\s*pass$", (await page.Locator(".badge").First.InnerTextAsync()).Trim());
        foreach (var picture in await page.AssertViewAsync("report"))
        {
            output.WriteLine(picture);
        }

        await page.EvaluateAsync("document.querySelectorAll('details').forEach(fold => fold.open = true)");
        await page.AssertReadsWellAsync();
        output.WriteLine(await page.ShootAsync("report-open"));
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
