using System.Text;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.Reports.Page;
using FunctionsEval.Functions.Reports.Page.Charts;
using FunctionsEval.Functions.Tests.Reports.Pages;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>The page as a browser's parser reads it (AngleSharp, which follows the HTML standard).</summary>
public sealed class HtmlReportTests
{
    /// <summary>Where a page may end, whatever was evaluated. A browser opens it in less than two seconds.</summary>
    private const int MaxBytes = 5_000_000;

    public static TheoryData<string> Pages => [.. ReportPages.All.Keys];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_fetches_nothing_runs_nothing_and_names_what_it_shows(string name)
    {
        var page = await ParseAsync(name);

        Assert.Empty(page.QuerySelectorAll("[src], script, img, iframe, object, link, form"));
        Assert.All(
            page.QuerySelectorAll("a"),
            link =>
            {
                var href = link.GetAttribute("href")!;
                Assert.True(
                    href.StartsWith("/api/evaluations/", StringComparison.Ordinal) || page.GetElementById(href[1..]) is not null,
                    href
                );
            }
        );
        Assert.DoesNotContain(
            page.All.SelectMany(element => element.Attributes),
            attribute => attribute!.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
        );
        Assert.DoesNotContain("url(", page.QuerySelector("style")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.All(page.QuerySelectorAll("th"), header => Assert.NotNull(header.GetAttribute("scope")));
        Assert.All(
            page.QuerySelectorAll("svg"),
            chart => Assert.True(chart.HasAttribute("aria-label") || chart.Closest("[aria-hidden=true]") is not null)
        );
        Assert.Single(page.QuerySelectorAll("h1"));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_section_has_an_id_of_its_own_and_is_in_the_contents(string name)
    {
        var page = await ParseAsync(name);

        var ids = page.QuerySelectorAll("[id]").Select(element => element.Id!).ToList();
        Assert.Equal(ids.Distinct().Count(), ids.Count);
        Assert.Equal(
            page.QuerySelectorAll("section").Select(section => "#" + section.Id),
            page.QuerySelectorAll("nav a").Select(link => link.GetAttribute("href"))
        );
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Coordinates_are_numbers_within_their_chart(string name)
    {
        var page = await ParseAsync(name);

        Assert.DoesNotContain("NaN", page.Body!.InnerHtml, StringComparison.Ordinal);
        Assert.All(
            page.QuerySelectorAll("svg.track line, svg.track circle").SelectMany(mark => mark.Attributes).Where(IsPlace),
            place => Assert.InRange(double.Parse(place!.Value.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture), 0, 100)
        );
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_same_data_gives_the_same_bytes(string name) =>
        Assert.Equal(await ReportPages.All[name](), await ReportPages.All[name]());

    [Fact]
    public async Task First_screen_says_verdict_reasons_models_date_duration_and_cost()
    {
        var page = await ParseAsync("labels");

        Assert.Equal("Tickets: pass", page.Title);
        Assert.Equal("✓ pass", page.QuerySelector(".badge")!.TextContent.Trim());
        Assert.Contains("2 of 2 rules hold", page.QuerySelector(".verdict")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(2, page.QuerySelectorAll(".notices")[0].QuerySelectorAll("li").Length);
        Assert.Equal(
            ["tuned vs base", "3,080 samples of tickets/test.jsonl", "classification", "27 Nov 2026 13:04 UTC", "2 min 14 s", "0.21 USD"],
            page.QuerySelectorAll(".head .legend li").Take(6).Select(fact => fact.TextContent)
        );
    }

    [Fact]
    public async Task Headline_numbers_are_intervals_on_one_axis_with_the_gates_bound()
    {
        var page = await ParseAsync("labels");

        var plots = page.QuerySelectorAll("#headline .intervals");
        Assert.Equal(["Accuracy", "F1 (macro)"], plots.Select(plot => plot.QuerySelector("figcaption .strong")!.TextContent));
        Assert.Equal(3, plots[0].QuerySelectorAll("svg.track").Length); // Candidate, baseline and previous run.
        Assert.All(plots[0].QuerySelectorAll("svg.track"), track => Assert.Single(track.QuerySelectorAll(".bound")));
        Assert.InRange(plots[0].QuerySelectorAll("svg.ticks text").Length, 3, 7);
        Assert.Contains("at least 80 %", plots[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_got_worse_and_who_is_taken_for_whom_are_on_the_first_screen_with_samples()
    {
        var page = await ParseAsync("labels");

        var worse = page.QuerySelector("#worse-previous")!;
        Assert.Contains("85.0 %", worse.QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("clear change", worse.QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        var pairs = page.QuerySelectorAll("#confused details:not(.text) > summary");
        Assert.InRange(pairs.Length, 5, 30);
        Assert.All(pairs.Take(5), pair => Assert.InRange(pair.ParentElement!.QuerySelectorAll(".samples > li").Length, 1, 3));
    }

    [Fact]
    public async Task Confusion_of_77_labels_is_squares_that_are_not_empty_and_a_list()
    {
        var page = await ParseAsync("labels");

        var matrix = page.QuerySelector("#table-confusionMatrices .matrix svg")!;
        Assert.InRange(double.Parse(matrix.GetAttribute("width")!, System.Globalization.CultureInfo.InvariantCulture), 500, 1200);
        Assert.InRange(matrix.QuerySelectorAll("rect").Length, 77, 77 * 4);
        Assert.Contains("wrong pairs as a list", page.QuerySelector("#table-confusionMatrices")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_are_taken_for_each_other_stand_beside_each_other()
    {
        IReadOnlyList<IReadOnlyList<double>> counts =
        [
            [9, 0, 0, 0, 0],
            [0, 5, 0, 4, 0],
            [0, 0, 8, 0, 1],
            [0, 3, 0, 6, 0],
        ];

        Assert.Equal([1, 3, 2, 0], ConfusionOrder.Create(counts));
    }

    [Fact]
    public async Task Answers_of_a_generation_run_are_shown_with_scores_the_worst_first()
    {
        var page = await ParseAsync("generation");

        var cards = page.QuerySelectorAll("#worst .samples > li");
        Assert.Equal(SampleHighlights.MaxWorst, cards.Length);
        Assert.Contains("ROUGE-L 0.0 %", cards[0].TextContent, StringComparison.Ordinal);
        Assert.Equal("s1", cards[1].QuerySelector(".code")!.TextContent);
        Assert.NotEmpty(cards[0].QuerySelectorAll("details.text")); // A long answer is folded.
    }

    [Fact]
    public async Task A_number_beyond_all_bounds_is_a_power_of_ten_and_an_undefined_one_its_reason()
    {
        var page = await ParseAsync("generation");

        Assert.Contains("1.7 × 10³²", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("no samples", page.QuerySelector("#metrics")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failed", "failed", "20 of 100 rows are malformed")]
    [InlineData("partial", "inconclusive", "limits.maxCost")]
    [InlineData("cancelled", "inconclusive", "The run was cancelled")]
    public async Task A_run_that_did_not_complete_says_why_once(string name, string badge, string why)
    {
        var page = await ParseAsync(name);

        Assert.EndsWith(badge, page.QuerySelector(".badge")!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.Single(page.QuerySelectorAll(".head .notices li"), notice => notice.TextContent.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Twenty_candidates_are_on_one_axis_and_their_quality_is_over_their_cost()
    {
        var page = await ParseAsync("candidates");

        Assert.Equal(21, page.QuerySelectorAll("#candidates .intervals svg.track").Length);
        Assert.Equal(20, page.QuerySelectorAll("#candidates .scatter circle").Length);
    }

    [Fact]
    public async Task What_models_and_datasets_wrote_is_text_and_nothing_else()
    {
        var page = await ParseAsync("labels");

        Assert.Contains(
            page.QuerySelectorAll("dd"),
            text => text.TextContent.Contains("<script>alert(1)</script>", StringComparison.Ordinal)
        );
        Assert.Contains(page.QuerySelectorAll("summary"), text => text.TextContent.Contains("<b>bold</b>", StringComparison.Ordinal));
        Assert.Empty(page.QuerySelectorAll("b"));
        Assert.DoesNotContain('\u0007', page.DocumentElement.TextContent);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_stays_small(string name) =>
        Assert.InRange(Encoding.UTF8.GetByteCount(await ReportPages.All[name]()), 10_000, MaxBytes);

    /// <summary>What a page grows by is what it shows, not what was evaluated: long texts are cut, and each list has an end.</summary>
    [Fact]
    public async Task Page_of_many_samples_labels_slices_and_long_answers_stays_below_five_megabytes() =>
        Assert.InRange(Encoding.UTF8.GetByteCount(await LargePage.WriteAsync()), 10_000, MaxBytes);

    [Fact]
    public async Task Flips_are_those_that_one_model_alone_got_right()
    {
        var lines = new StringBuilder();
        foreach (var (candidate, baseline) in new[] { ("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no") })
        {
            lines.Append(JsonSerializer.Serialize(Sample(candidate, baseline), ResultJson.Options)).Append('\n');
        }

        var summary = LargePage.Summary(labels: 2, samples: 4, slices: 1);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString()));
        var samples = await SampleHighlights.ReadAsync(
            stream,
            summary,
            Core.Results.Overview.RunOverview.From(ReportPages.RunOf(summary, failure: null), summary),
            scores: null,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(["right", "wrong"], WordsOf(samples.Gained.Single()));
        Assert.Equal(["wrong", "right"], WordsOf(samples.Lost.Single()));
    }

    private static IEnumerable<string?> WordsOf(SampleCard card) => card.Parts.Select(part => part.Word).Where(word => word is not null);

    private static bool IsPlace(IAttr? attribute) => attribute!.Name is "x1" or "x2" or "cx" && attribute.Value.EndsWith('%');

    private static SampleResult Sample(string candidate, string baseline) =>
        new()
        {
            Id = "s",
            Line = 1,
            Offset = 0,
            Input = "input",
            References = ["yes"],
            Candidate = new AnswerResult
            {
                Outcome = Outcome.Scored,
                Text = candidate,
                Prediction = candidate,
            },
            Baseline = new AnswerResult
            {
                Outcome = Outcome.Scored,
                Text = baseline,
                Prediction = baseline,
            },
        };

    private static async Task<IHtmlDocument> ParseAsync(string name) =>
        new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(await ReportPages.All[name]());
}
