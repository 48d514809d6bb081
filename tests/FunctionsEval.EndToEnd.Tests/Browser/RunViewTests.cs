using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The view of a run and of a group in a real browser: its first screen, and what one can do with it.</summary>
public sealed class RunViewTests(BrowsedApp shared, ITestOutputHelper output) : IClassFixture<BrowsedApp>
{
    private const string Dataset = "run-view/test.jsonl";

    /// <summary>Hundreds of answers beside other apps on a busy machine; a page that never shows the end fails all the same.</summary>
    private const float ResumptionMilliseconds = 600_000;

    private readonly DashboardPages _pages = new(shared, output);

    [Fact]
    public async Task First_screen_has_verdict_reasons_headline_and_its_samples()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}");

        await Expect(page.Locator(".badge.large")).ToContainTextAsync("PASS");
        await Expect(page.GetByText("1 of 1 rule holds")).ToBeVisibleAsync();
        await Expect(page.Locator(".headline").First).ToContainTextAsync("80");
        await Expect(page.Locator(".headline svg").First)
            .ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("^Accuracy: recorded 80.*recorded-base 60"));
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Wrong 12", Exact = true }))
            .ToHaveAttributeAsync("href", $"#/runs/{good}/samples?correct=false");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Unreadable 6", Exact = true }))
            .ToHaveAttributeAsync("href", $"#/runs/{good}/samples?outcome=unparsable&role=candidate");
        // There is no calibration.
        await Expect(page.Locator("nav.tabs a")).ToHaveTextAsync(["Overview", "Samples", "Confusion", "Review"]);
        await page.GetByText("All metrics").ClickAsync();
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search in all metrics" }).FillAsync("recall even");
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "recall[even]" }).First).ToBeVisibleAsync();
        await page.GetByText("Outcomes and use").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "unreadable answer" })).ToContainTextAsync("6");
        await page.GetByText("Spec, run id, code version").ClickAsync();
        await page.GetByText("Spec as it was evaluated").ClickAsync();
        await Expect(page.Locator("pre")).ToContainTextAsync("\"minimum\": 0.7");
        await _pages.CheckAsync(page, "run");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Report_is_opened_and_what_is_exported_is_kept()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await _pages.TwoRunsAsync(Dataset);
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}");

        var report = await page.RunAndWaitForPopupAsync(() =>
            page.GetByRole(AriaRole.Button, new() { Name = "Open the report" }).ClickAsync()
        );
        await Expect(report.GetByText("pass", new() { Exact = false }).First).ToBeVisibleAsync();
        await report.CloseAsync();
        await page.GetByText("Export").ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Button, new() { Name = "Summary (JSON)" }).ClickAsync()
        );
        Assert.Equal($"{good}-summary.json", download.SuggestedFilename);
        Assert.Equal(good, (string?)JsonNode.Parse(await File.ReadAllTextAsync(await download.PathAsync()))!["runId"]);
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Candidates_of_a_group_stand_beside_each_other()
    {
        await using var chromium = await Chromium.StartAsync();
        shared.App.Endpoint.AnswerOf["recorded-base"] = DashboardPages.WeakAnswer;
        shared.App.Endpoint.AnswerOf["recorded-judge"] = prompt => (200, prompt.EndsWith('7') ? "even" : Parity.Answer(prompt).Text);
        await shared.App.DropAsync("group-view/test.jsonl", null, DashboardPages.Rows(60));
        var group = await _pages.StartAsync("group-view/test.jsonl", DashboardPages.Spec("recorded", "recorded-base", "recorded-judge"));
        await shared.App.EndedAsync("group-view/test.jsonl", row => row.PartitionKey == group);
        var page = await _pages.OpenAsync(chromium, $"#/runs/{group}");

        await Expect(page.GetByText("Recommended:").First).ToBeVisibleAsync();
        await Expect(page.Locator(".named-plot").First).ToContainTextAsync("recorded-judge");
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "recorded-judge" }).First).ToContainTextAsync("70");
        await _pages.CheckAsync(page, "group");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Failed_run_says_why_once_and_offers_no_resumption_that_cannot_help()
    {
        await using var chromium = await Chromium.StartAsync();
        await shared.App.DropAsync(
            "failed-view/test.jsonl",
            null,
            Enumerable.Range(0, 40).Select(number => number < 20 ? "{" : Parity.Row("failed-view", number))
        );
        var run = await _pages.StartAsync("failed-view/test.jsonl", DashboardPages.Spec("recorded", null));
        await shared.App.EndedAsync("failed-view/test.jsonl", row => row.PartitionKey == run);
        var page = await _pages.OpenAsync(chromium, $"#/runs/{run}");

        await Expect(page.Locator(".badge.large")).ToContainTextAsync("FAILED");
        await Expect(page.GetByText("spreads a JSON object over several lines")).ToHaveCountAsync(1);
        await Expect(page.GetByText("a run keeps its dataset")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Resume the run" })).ToHaveCountAsync(0);
        await _pages.CheckAsync(page, "run-failed");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Pending_run_says_how_many_are_before_it()
    {
        await using var chromium = await Chromium.StartAsync();
        var pending = new
        {
            runId = "ev-1",
            status = "Pending",
            model = "recorded",
            dataset = "a/test.jsonl",
            suite = "a",
            started = DateTimeOffset.UtcNow,
            warnings = Array.Empty<string>(),
            before = new { running = 2, waiting = 1 },
        };
        var page = await _pages.OpenAsync(
            chromium,
            "#/runs/ev-1",
            page => page.RouteAsync("**/api/evaluations/ev-1", route => route.FulfillAsync(new() { Json = pending }))
        );

        await Expect(page.GetByText("2 runs under way and 1 run waiting are before it.")).ToBeVisibleAsync();
        await _pages.CheckAsync(page, "run-pending");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Run_under_way_is_followed_to_its_end()
    {
        await using var chromium = await Chromium.StartAsync();
        shared.App.Endpoint.AnswerOf["recorded-judge"] = Parity.Answer;
        using var gate = shared.App.Endpoint.HoldAfter(0, prompt => prompt.EndsWith('9'));
        await shared.App.DropAsync("live/test.jsonl", null, Parity.Rows("live", 30));
        var runId = await _pages.StartAsync("live/test.jsonl", DashboardPages.Spec("recorded-judge", null));
        var page = await _pages.OpenAsync(chromium, $"#/runs/{runId}");

        await Expect(page.Locator(".under-way")).ToContainTextAsync("27 of 30 answers");
        await Expect(page.Locator(".under-way")).ToContainTextAsync("90 %");
        await _pages.CheckAsync(page, "run-under-way");
        gate.Open();
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("PASS");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Run_is_cancelled_and_resumed_and_no_answer_is_paid_twice()
    {
        await using var chromium = await Chromium.StartAsync();
        shared.App.Endpoint.AnswerOf["recorded-judge"] = Parity.Answer;
        using var gate = shared.App.Endpoint.HoldAfter(100);
        await shared.App.DropAsync("stop/test.jsonl", null, Parity.Rows("stop", 600));
        var runId = await _pages.StartAsync("stop/test.jsonl", DashboardPages.Spec("recorded-judge", null));
        var page = await _pages.OpenAsync(chromium, $"#/runs/{runId}");
        var questions = new List<string>();
        page.Dialog += (_, dialog) =>
        {
            questions.Add(dialog.Message);
            _ = dialog.AcceptAsync();
        };
        await page.RunAndWaitForResponseAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync(),
            "**/cancel"
        );
        // What is left would take 15 rounds, two seconds each; executors look for a cancellation every two seconds.
        shared.App.Endpoint.Latency = TimeSpan.FromSeconds(2);
        gate.Open();
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("CANCELLED");
        await Expect(page.GetByText("The run was cancelled.")).ToHaveCountAsync(1);
        shared.App.Endpoint.Latency = TimeSpan.Zero;
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume the run" }).ClickAsync();
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("PASS", new() { Timeout = ResumptionMilliseconds });

        Assert.Equal(2, questions.Count);
        Assert.All(
            Enumerable.Range(0, 600),
            number => Assert.Equal(1, shared.App.Endpoint.RequestsOf[("recorded-judge", $"stop {number}")])
        );
    }
}
