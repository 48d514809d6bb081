using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using Microsoft.Playwright;
using Parquet;
using static Microsoft.Playwright.Assertions;

namespace FunctionsEval.EndToEnd.Tests.Browser;

/// <summary>The views in which one reads: samples, one sample, two runs, confusion, calibration.</summary>
public sealed class ReadingViewsTests(BrowsedApp shared, ITestOutputHelper output) : IClassFixture<BrowsedApp>
{
    private const string Dataset = "reading/test.jsonl";

    private readonly DashboardPages _pages = new(shared, output);

    [Fact]
    public async Task Wrong_samples_are_listed_with_their_number_and_their_text_is_text()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/samples?correct=false");

        await Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("1–12 of 12 wrong, of 60");
        await Expect(page.Locator(".sample-row .open"))
            .ToHaveTextAsync([
                .. Enumerable
                    .Range(0, 6)
                    .SelectMany(ten => new[] { $"n{ten}8", $"n{ten}9" })
                    .Select(id => id.Replace("n0", "n", StringComparison.Ordinal)),
            ]);
        await Expect(page.GetByText("<script>alert(8)</script>")).ToBeVisibleAsync(); // Row text is text.
        await _pages.CheckAsync(page, "samples");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Samples_are_searched_as_one_types_filtered_by_chips_and_opened_by_keys()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/samples");
        var status = page.GetByRole(AriaRole.Status).First;

        await Expect(status).ToHaveTextAsync("1–50 of 60 samples");
        await page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Expect(status).ToHaveTextAsync("51–60 of 60 samples");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("Gained") }).ClickAsync();
        await Expect(status).ToHaveTextAsync("1–12 of 12 gained, of 60"); // The baseline misses what ends with 1 or 3.
        await page.Locator("label", new() { HasText = "size" }).Locator("select").SelectOptionAsync("size=small");
        await Expect(status).ToHaveTextAsync("1–4 of 4 gained, of 60");
        await page.GetByRole(AriaRole.Searchbox).FillAsync("1 13");
        await Expect(status).ToHaveTextAsync("1–1 of 1 gained, of 60");
        Assert.Contains("text=1+13", page.Url, StringComparison.Ordinal);
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToContainTextAsync("Sample n13");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Typo_in_a_label_is_told_with_the_label_that_was_meant()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/samples?label=evne");

        await Expect(page.Locator(".notes")).ToContainTextAsync("The closest is 'even'");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("evne") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("1–50 of 60 samples");
    }

    [Fact]
    public async Task Samples_that_match_are_kept_in_every_format()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/samples?flip=gained&label=odd");

        await Expect(page.Locator(".sample-row")).ToHaveCountAsync(12);
        Assert.Equal(13, File.ReadAllLines(await DownloadAsync(page, "csv")).Length);
        Assert.All(
            await File.ReadAllLinesAsync(await DownloadAsync(page, "jsonl")),
            line => Assert.Equal("odd", (string?)JsonNode.Parse(line)!["candidate"]!["prediction"])
        );
        await using var file = File.OpenRead(await DownloadAsync(page, "parquet"));
        await using var reader = await ParquetReader.CreateAsync(file);
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(12, group.RowCount);
    }

    [Fact]
    public async Task Sample_shows_prompt_answers_and_scores_and_keys_go_to_its_neighbours_and_back()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/samples?correct=false");
        await page.Locator(".sample-row .open").First.ClickAsync();

        await Expect(page.Locator("h1")).ToContainTextAsync("Sample n8");
        await Expect(page.GetByText("1 of 12", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.Locator(".answers .card")).ToHaveCountAsync(3); // The reference and two answers.
        await Expect(page.Locator(".answer.is-wrong").First).ToBeVisibleAsync();
        await page.GetByText("Prompt as sent").ClickAsync();
        await Expect(page.Locator(".turn").Last).ToContainTextAsync("<script>alert(8)</script>");
        await Expect(page.GetByRole(AriaRole.Rowheader, new() { Name = "accuracy" })).ToBeVisibleAsync();
        await _pages.CheckAsync(page, "sample");
        await page.Keyboard.PressAsync("n");
        await Expect(page.Locator("h1")).ToContainTextAsync("Sample n9");
        await page.Keyboard.PressAsync("p");
        await Expect(page.Locator("h1")).ToContainTextAsync("Sample n8 ");
        await page.Keyboard.PressAsync("u");
        await Expect(page.Locator("a.open[href*='/samples/']:focus")).ToHaveTextAsync("n8"); // Back at its place.
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Request_of_a_sample_is_copied_as_curl_without_a_key()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/samples?correct=false");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Locator(".sample-row .open").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("Copy as curl") }).ClickAsync();
        await Expect(page.GetByText("✓ Copied")).ToBeVisibleAsync();

        var command = await page.EvaluateAsync<string>("navigator.clipboard.readText()");

        Assert.StartsWith("curl ", command, StringComparison.Ordinal);
        Assert.Contains("$API_KEY", command, StringComparison.Ordinal);
        Assert.Contains("<script>alert(8)</script>", command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_is_compared_with_the_one_before_it_with_flips_and_settings_that_differ()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, bad) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/compare?runs={bad}");

        await Expect(page.Locator(".decision")).ToContainTextAsync("Worse now: Accuracy");
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("Lost") })).ToContainTextAsync("12");
        await Expect(page.Locator("table", new() { HasText = "lost ones before gained ones" }).Locator("tbody tr")).ToHaveCountAsync(10);
        var spec = page.Locator("section", new() { HasText = "Settings and prompts that differ" })
            .Locator("tbody tr", new() { HasText = "baseline" });
        await Expect(spec).ToContainTextAsync("not set");
        await _pages.CheckAsync(page, "compare");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("Lost") }).ClickAsync();
        await Expect(page.Locator(".sample-row")).ToHaveCountAsync(12);
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"runs/{bad}/samples.*against={good}"));
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Several_runs_stand_against_the_first_and_one_that_is_not_there_is_told()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, bad) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/compare?runs={good},{bad},{good}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The answer" })).ToBeVisibleAsync();

        await page.GotoAsync($"{shared.App.Host.AppUrl}#/compare?runs={good},ev-nope");
        await Expect(page.Locator(".card .fail")).ToContainTextAsync("There is no run 'ev-nope'");
    }

    [Fact]
    public async Task Confused_pairs_lead_to_their_samples_and_arrows_walk_through_the_matrix()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/confusion?show=baseline");

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "odd → even" })).ToBeVisibleAsync();
        await _pages.CheckAsync(page, "confusion");
        await page.Locator(".matrix td a").First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator(".matrix a:focus")).ToHaveAttributeAsync("aria-label", "odd, read as even: 18 samples");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("of 18 that match");
        Assert.Empty(_pages.Errors);
    }

    [Fact]
    public async Task Calibration_is_a_curve_with_its_numbers()
    {
        await using var chromium = await Chromium.StartAsync();
        var (good, _) = await TwoRunsAsync();
        var page = await _pages.OpenAsync(chromium, $"#/runs/{good}/curves");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Reliability" })).ToBeVisibleAsync();
        await Expect(page.Locator(".curve .mark").First).ToBeVisibleAsync();
        await _pages.CheckAsync(page, "curves");
        Assert.Empty(_pages.Errors);
    }

    /// <summary>
    /// Of texts of few words, so that they share some: what both have and what one has make up both, and nothing is lost.
    /// </summary>
    [Fact]
    public async Task Difference_of_two_texts_has_all_of_both()
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await _pages.OpenAsync(chromium, "#/models");
        var wrong = await page.EvaluateAsync<string?>(
            """
            async () => {
              const { difference, lines, words } = await import('/dashboard/parts/diff.js');
              let state = 20;
              const next = (most) => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % most; };
              const pieces = ['one', 'two', ' ', '\n', 'ä', '😀', '.', '{"a": 1}', 'one two'];
              const text = () => Array.from({ length: next(15) }, () => pieces[next(pieces.length)]).join('');
              for (let round = 0; round < 3000; round++) {
                const [first, second] = [text(), text()];
                for (const split of [words, lines]) {
                  const found = difference(first, second, split);
                  const of = (kind) => found.filter((piece) => piece.kind !== kind).map((piece) => piece.text).join('');
                  if (of('added') !== first || of('removed') !== second) return JSON.stringify([first, second, found]);
                  if (first === second && found.some((piece) => piece.kind !== 'same')) return JSON.stringify([first, found]);
                }
              }
              return difference('x '.repeat(9000), 'y '.repeat(9000)) === null ? null : 'texts that share nothing are marked';
            }
            """
        );

        Assert.Null(wrong);
    }

    [Fact]
    public async Task Share_reads_as_all_or_nothing_only_where_it_is()
    {
        await using var chromium = await Chromium.StartAsync();
        var page = await _pages.OpenAsync(chromium, "#/models");
        var texts = await page.EvaluateAsync<string[]>(
            """
            async () => {
              const { percentDigits, percentText } = await import('/dashboard/dom.js');
              const { progressTexts } = await import('/dashboard/parts/progress.js');
              return [...[0.9997, 0.0003, 1, 0, 1 - 1e-12, 0.5].map((share) => percentText(share)), percentDigits(0.997, 0), percentDigits(-0.004, 0), percentDigits(0.42, 0),
                ...[[0, 1000], [1, 1000], [999, 1000], [1000, 1000]].map(([done, total]) => progressTexts({ done, total }, null)[0])];
            }
            """
        );

        Assert.Equal(
            ["99.97 %", "0.03 %", "100.0 %", "0.0 %", "100.0 %", "50.0 %", "99.7", "−0.4", "42", "0 %", "< 1 %", "99 %", "100 %"],
            texts
        );
    }

    private Task<(string Good, string Bad)> TwoRunsAsync() => shared.TwoRunsOnceAsync(Dataset, StartTwoRunsAsync);

    private async Task<(string Good, string Bad)> StartTwoRunsAsync()
    {
        shared.App.Endpoint.AnswerOf["recorded-base"] = DashboardPages.WeakAnswer;
        shared.App.Endpoint.Probabilities = prompt =>
        {
            var even = prompt.Sum(letter => letter) % 9 / 10.0 + 0.1;
            return new Dictionary<string, double>
            {
                ["even"] = even,
                ["odd"] = 1 - even - 0.001,
                ["I believe it is even"] = 0.001,
            };
        };
        await shared.App.DropAsync(Dataset, null, DashboardPages.Rows(60));
        var good = await StartAsync(Spec("recorded", "recorded-base"));
        var bad = await StartAsync(Spec("recorded-base", null));
        shared.App.Endpoint.Probabilities = null;
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
            slices = new[] { "size" },
            metrics = new[] { "accuracy", "f1", "confusion_matrix", "calibration" },
            gate = new { rules = new[] { new { metric = "accuracy", minimum = 0.7 } } },
        };

    private async Task<string> StartAsync(object spec)
    {
        var runId = await _pages.StartAsync(Dataset, spec);
        await shared.App.EndedAsync(Dataset, row => row.PartitionKey == runId);
        return runId;
    }

    private static async Task<string> DownloadAsync(IPage page, string format)
    {
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Button, new() { Name = format, Exact = true }).ClickAsync()
        );
        Assert.EndsWith($"-samples.{format}", download.SuggestedFilename, StringComparison.Ordinal);
        return await download.PathAsync();
    }
}
