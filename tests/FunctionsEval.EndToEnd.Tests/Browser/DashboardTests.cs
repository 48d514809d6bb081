using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using Parquet;
using static Microsoft.Playwright.Assertions;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The dashboard of the running app in a real browser, its own content policy in force.</summary>
public sealed class DashboardTests(SharedApp shared, ITestOutputHelper output) : IClassFixture<SharedApp>
{
    private const string Dataset = "dashboard/test.jsonl";

    [Fact]
    public async Task Runs_are_filtered_by_dataset_and_verdict()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, bad) = await TwoRunsAsync(Dataset);
        var (page, errors) = await OpenAsync(chromium);

        await page.GotoAsync(shared.App.Host.AppUrl.ToString());
        await Expect(page.Locator($"tr[data-run='{good}'] .result")).ToContainTextAsync("pass");
        await CheckAsync(page, "runs");
        await page.GetByLabel("Dataset").FillAsync(Dataset);
        await page.GetByLabel("Verdict").SelectOptionAsync("fail");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(1);
        await Expect(page.Locator($"tr[data-run='{bad}']")).ToBeVisibleAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Two_chosen_runs_are_compared()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, bad) = await TwoRunsAsync(Dataset);
        var (page, errors) = await OpenAsync(chromium);

        // The older of the two is what the other is compared with.
        await page.GotoAsync($"{shared.App.Host.AppUrl}#/?dataset={Dataset}&status=Completed");
        await Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(2);
        await page.Locator($"tr[data-run='{bad}'] input").CheckAsync();
        await page.Locator($"tr[data-run='{good}'] input").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare the two chosen" }).ClickAsync();
        await Expect(page.Locator("strong.worse")).ToContainTextAsync("accuracy");
        await CheckAsync(page, "compare");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Run_shows_its_verdict_its_numbers_and_its_report()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync(Dataset);
        var (page, errors) = await OpenAsync(chromium);

        await page.GotoAsync($"{shared.App.Host.AppUrl}#/runs/{good}");
        await Expect(page.Locator(".verdict")).ToHaveTextAsync("pass");
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "accuracy", Exact = false }).First).ToContainTextAsync("0.8");
        await CheckAsync(page, "run");
        var report = await page.RunAndWaitForPopupAsync(() =>
            page.GetByRole(AriaRole.Button, new() { Name = "Open the report" }).ClickAsync()
        );
        await Expect(report.Locator("p.verdict, .verdict").First).ToContainTextAsync("pass", new() { IgnoreCase = true });
        await report.CloseAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Samples_of_an_outcome_are_looked_into_and_their_text_is_text()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync(Dataset);
        var (page, errors) = await OpenAsync(chromium);

        await page.GotoAsync($"{shared.App.Host.AppUrl}#/runs/{good}");
        await page.GetByRole(AriaRole.Link, new() { Name = "unparsable" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Rowheader)).ToHaveTextAsync(["n8", "n18", "n28", "n38", "n48", "n58"]);
        await Expect(page.GetByText("<script>alert(8)</script>")).ToBeVisibleAsync(); // Row text is text.
        await CheckAsync(page, "samples");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Samples_are_filtered_and_downloaded_in_every_format()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync(Dataset);
        var (page, errors) = await OpenAsync(chromium);

        await page.GotoAsync($"{shared.App.Host.AppUrl}#/runs/{good}");
        await page.GetByRole(AriaRole.Link, new() { Name = "unparsable" }).ClickAsync();
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
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Trend_of_a_metric_has_a_mark_for_each_run()
    {
        await using var chromium = await Chromium.StartAsync();
        await TwoRunsAsync(Dataset);
        var (page, errors) = await OpenAsync(chromium);

        await page.GotoAsync(shared.App.Host.AppUrl.ToString());
        await page.GetByRole(AriaRole.Link, new() { Name = "Trends" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Trends" })).ToBeVisibleAsync();
        await page.GetByLabel("Dataset").FillAsync(Dataset);
        await page.GetByLabel("Metric").SelectOptionAsync("accuracy");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(page.Locator(".chart")).ToHaveCountAsync(1);
        await Expect(page.Locator(".chart .mark")).ToHaveCountAsync(2);
        await CheckAsync(page, "trends");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Run_under_way_is_followed_to_its_end()
    {
        await using var chromium = await Chromium.StartAsync();
        shared.App.Endpoint.AnswerOf["recorded-judge"] = Parity.Answer;
        using var gate = shared.App.Endpoint.HoldAfter(0, prompt => prompt.EndsWith('9'));
        var spec = Spec("recorded-judge", null);
        await shared.App.DropAsync("live/test.jsonl", null, Parity.Rows("live", 30));
        var runId = await StartAsync("live/test.jsonl", spec);
        var page = await chromium.OpenOnlineAsync(1280, 900, ColorScheme.Light);
        await page.GotoAsync($"{shared.App.Host.AppUrl}#/runs/{runId}");

        await Expect(page.Locator("dl")).ToContainTextAsync("27");
        gate.Open();
        await Expect(page.Locator(".verdict")).ToHaveTextAsync("pass");
    }

    [Fact]
    public async Task Run_is_cancelled_and_resumed_and_no_answer_is_paid_twice()
    {
        await using var chromium = await Chromium.StartAsync();
        shared.App.Endpoint.AnswerOf["recorded-judge"] = Parity.Answer;
        using var gate = shared.App.Endpoint.HoldAfter(100);
        await shared.App.DropAsync("stop/test.jsonl", null, Parity.Rows("stop", 600));
        var runId = await StartAsync("stop/test.jsonl", Spec("recorded-judge", null));
        var page = await chromium.OpenOnlineAsync(1280, 900, ColorScheme.Light);
        var questions = new List<string>();
        page.Dialog += (_, dialog) =>
        {
            questions.Add(dialog.Message);
            _ = dialog.AcceptAsync();
        };
        await page.GotoAsync($"{shared.App.Host.AppUrl}#/runs/{runId}");
        await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync(),
            "**/cancel"
        );
        // What is left would take 15 rounds, two seconds each; executors look for a cancellation every two seconds.
        shared.App.Endpoint.Latency = TimeSpan.FromSeconds(2);
        gate.Open();
        await Expect(page.Locator("dl")).ToContainTextAsync("Cancelled");
        shared.App.Endpoint.Latency = TimeSpan.Zero;
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume the run" }).ClickAsync();
        await Expect(page.Locator(".verdict")).ToHaveTextAsync("pass");

        Assert.Equal(2, questions.Count);
        Assert.All(
            Enumerable.Range(0, 600),
            number => Assert.Equal(1, shared.App.Endpoint.RequestsOf[("recorded-judge", $"stop {number}")])
        );
    }

    [Fact]
    public async Task Key_is_asked_for_once_kept_in_the_tab_and_sent_to_the_app_alone()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync("key/test.jsonl");
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

    private Task<(string Good, string Bad)> TwoRunsAsync(string dataset) =>
        shared.TwoRunsOnceAsync(dataset, () => StartTwoRunsAsync(dataset));

    private async Task<(string Good, string Bad)> StartTwoRunsAsync(string dataset)
    {
        shared.App.Endpoint.AnswerOf["recorded-base"] = prompt =>
            (200, prompt.EndsWith('1') || prompt.EndsWith('3') ? "even" : Parity.Answer(prompt).Text);
        await shared.App.DropAsync(
            dataset,
            null,
            Enumerable
                .Range(0, 60)
                .Select(number =>
                    JsonSerializer.Serialize(
                        new
                        {
                            id = $"n{number}",
                            input = $"<script>alert({number})</script> =1+1 {number}",
                            expected = number % 2 == 0 ? "even" : "odd",
                        }
                    )
                )
        );
        var good = await StartAsync(dataset, Spec("recorded", "recorded-base"));
        await shared.App.EndedAsync(dataset, row => row.PartitionKey == good);
        var bad = await StartAsync(dataset, Spec("recorded-base", null));
        await shared.App.EndedAsync(dataset, row => row.PartitionKey == bad);
        return (good, bad);
    }

    private static object Spec(string model, string? baseline) =>
        new
        {
            name = $"{model} on parity",
            task = "classification",
            model,
            baseline,
            labels = new[] { "even", "odd" },
            metrics = new[] { "accuracy", "f1" },
            gate = new { rules = new[] { new { metric = "accuracy", minimum = 0.7 } } },
        };

    private async Task<string> StartAsync(string dataset, object spec)
    {
        using var http = shared.App.Http;
        using var answer = await http.PostAsJsonAsync(
            "/api/evaluations",
            new { dataset, spec },
            new JsonSerializerOptions { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull }
        );
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["runId"]!;
    }

    /// <summary>A page on a desktop, and the errors that its scripts report.</summary>
    private static async Task<(IPage Page, List<string> Errors)> OpenAsync(Chromium chromium)
    {
        var page = await chromium.OpenOnlineAsync(1280, 900, ColorScheme.Light);
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        return (page, errors);
    }

    /// <summary>Looks at a view at every width, in light and dark, and keeps its pictures.</summary>
    private async Task CheckAsync(IPage page, string view)
    {
        foreach (var picture in await page.AssertViewAsync($"dashboard-{view}"))
        {
            output.WriteLine(picture);
        }
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
