using System.Globalization;
using System.Text;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>The page as a browser's parser reads it (AngleSharp, which follows the HTML standard).</summary>
public sealed class HtmlReportTests
{
    private const string Hostile = "</td><script>alert(1)</script><img src=x onerror=alert(2)> \" ' & \u0007";

    [Fact]
    public void Report_of_a_run_that_failed_shows_the_failure_instead_of_a_verdict()
    {
        var page = HtmlReport.Write(
            Summary() with
            {
                Verdict = null,
                Failure = RunFailure.TooManyMalformed("20 of 100 rows are malformed"),
            },
            new SampleFlips([], [], IsCut: false),
            []
        );

        Assert.Contains("<title>Tickets: failed</title>", page, StringComparison.Ordinal);
        Assert.Contains("no verdict: the run failed (malformed_rows)", page, StringComparison.Ordinal);
        Assert.Contains("20 of 100 rows are malformed", page, StringComparison.Ordinal);
        Assert.DoesNotContain("no gate", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_of_the_summary_are_shown_beside_the_verdict()
    {
        var page = Parse(Summary() with { Warnings = ["3 answers name <another> model. Look at it.", "Second."] });

        Assert.Equal(
            ["3 answers name <another> model. Look at it.", "Second."],
            page.QuerySelectorAll(".warnings li").Select(warning => warning.TextContent)
        );
        Assert.Empty(Parse(Summary()).QuerySelectorAll(".warnings"));
    }

    [Fact]
    public void Verdict_reasons_and_metrics_are_those_of_the_summary()
    {
        var summary = Summary();
        var page = Parse(summary);

        Assert.StartsWith("Tickets", page.Title, StringComparison.Ordinal);
        Assert.Equal("✓ pass", page.QuerySelector(".verdict")!.TextContent.Trim());
        Assert.Equal(summary.Verdict!.Rules.Count, page.QuerySelectorAll(".reasons li").Length);
        var accuracy = summary.Metrics.Single(line => line is { Role: Roles.Candidate, Name: "accuracy", Slice: "all" });
        var row = page.QuerySelectorAll("tbody tr").First(candidate => candidate.QuerySelector("th")?.TextContent == "accuracy");
        Assert.Contains(accuracy.Value!.Value.ToString("0.0000", CultureInfo.InvariantCulture), row.TextContent, StringComparison.Ordinal);
        Assert.NotNull(row.QuerySelector("td.better"));
        Assert.Equal(2, page.QuerySelectorAll(".matrix").Length);
        Assert.Contains(page.QuerySelectorAll("h2"), heading => heading.TextContent == "Slices");
    }

    [Fact]
    public void What_models_and_datasets_wrote_is_text_and_nothing_else()
    {
        var page = Parse(Summary(Hostile), Hostile);

        Assert.Empty(page.QuerySelectorAll("script, img, iframe, object, link, form, a"));
        Assert.DoesNotContain(
            page.All.SelectMany(element => element.Attributes),
            attribute => attribute!.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
        );
        Assert.Contains(
            page.QuerySelectorAll("td"),
            cell => cell.TextContent.Contains("<script>alert(1)</script>", StringComparison.Ordinal)
        );
        Assert.DoesNotContain('\u0007', page.DocumentElement.TextContent);
    }

    [Fact]
    public void Page_fetches_nothing_and_names_what_it_shows()
    {
        var page = Parse(Summary());

        Assert.Empty(page.QuerySelectorAll("[src], [href]"));
        Assert.DoesNotContain("url(", page.QuerySelector("style")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.All(page.QuerySelectorAll("th"), header => Assert.NotNull(header.GetAttribute("scope")));
        Assert.All(
            page.QuerySelectorAll("svg"),
            chart => Assert.True(chart.HasAttribute("aria-label") || chart.GetAttribute("aria-hidden") == "true")
        );
        Assert.Single(page.QuerySelectorAll("h1"));
    }

    [Fact]
    public void Page_stays_small_however_long_the_answers_are()
    {
        var summary = Summary();
        var long_ = new string('x', 100_000);
        var samples = Enumerable.Range(0, SampleFlips.MaxShown).Select(number => Sample(number, long_)).ToList();
        Assert.InRange(HtmlReport.Write(summary, new SampleFlips(samples, samples, IsCut: true), Latencies()).Length, 1, 1_000_000);
    }

    /// <summary>
    /// A hundred thousand samples of 120 labels in a thousand slices: what a page grows by is what it shows, not what was evaluated.
    /// </summary>
    [Fact]
    public void Page_of_many_samples_labels_and_slices_stays_below_five_megabytes()
    {
        var labels = Enumerable.Range(0, 120).Select(number => $"label {number}").ToList();
        var spec = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "tuned",
            Baseline = "base",
            Labels = labels,
            Slices = ["channel"],
            Metrics = [new MetricSpec { Name = "accuracy" }, new MetricSpec { Name = "f1" }, new MetricSpec { Name = "confusion_matrix" }],
            Intervals = new IntervalSpec { Replicates = 20 },
        };
        var pairs = Enumerable
            .Range(0, 100_000)
            .Select(number => new AnswerPair(RowOf(number, number * 7 % 10), RowOf(number, number * 3 % 10)));
        var result = OfflineScore.Compute(spec, pairs);
        var summary = Summary() with { Metrics = result.Metrics, Tables = result.Tables };
        var html = HtmlReport.Write(summary, new SampleFlips([], [], IsCut: true), Latencies());

        Assert.InRange(Encoding.UTF8.GetByteCount(html), 10_000, 5_000_000);

        EvaluatedSample RowOf(int number, int wrong) =>
            Row(number, isRight: true) with
            {
                Tags = new Dictionary<string, string> { ["channel"] = $"c{number % 1000}" },
                References = [labels[number % labels.Count]],
                Text = labels[(number + (wrong == 0 ? 1 + (number % 11) : 0)) % labels.Count],
                Prediction = labels[(number + (wrong == 0 ? 1 + (number % 11) : 0)) % labels.Count],
            };
    }

    [Fact]
    public void Latency_and_length_are_told_by_percentiles_and_a_distribution()
    {
        var page = Parse(Summary());
        var rows = page.QuerySelectorAll("section")
            .Single(section => section.QuerySelector("h2")?.TextContent == "Latency and length")
            .QuerySelectorAll("tbody tr");

        Assert.Equal(
            ["candidate, ms", "candidate, tokens", "baseline, ms", "baseline, tokens"],
            rows.Select(row => row.QuerySelector("th")!.TextContent)
        );
        // 100 answers of 1 to 100 ms and 10 to 1,000 tokens: within 2.5 %.
        Assert.InRange(double.Parse(rows[0].QuerySelectorAll("td")[1].TextContent, CultureInfo.InvariantCulture), 92.6, 97.4);
        Assert.InRange(double.Parse(rows[1].QuerySelectorAll("td")[2].TextContent, CultureInfo.InvariantCulture), 965, 1015);
        Assert.Equal("–", rows[2].QuerySelectorAll("td")[0].TextContent);
        Assert.InRange(rows[0].QuerySelectorAll("svg rect").Length, 10, 40);
    }

    [Fact]
    public async Task Flips_are_those_that_one_model_alone_got_right()
    {
        var lines = new StringBuilder();
        foreach (var (candidate, baseline) in new[] { ("yes", "yes"), ("yes", "no"), ("no", "yes"), ("no", "no") })
        {
            lines.Append(JsonSerializer.Serialize(Sample(0, "input", candidate, baseline), RunJson.Options)).Append('\n');
        }

        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString()));

        var flips = await SampleFlips.ReadAsync(stream, TestContext.Current.CancellationToken);

        Assert.Equal(("yes", "no"), (flips.Gained.Single().Candidate!.Prediction, flips.Gained.Single().Baseline!.Prediction));
        Assert.Equal(("no", "yes"), (flips.Lost.Single().Candidate!.Prediction, flips.Lost.Single().Baseline!.Prediction));
    }

    private static IHtmlDocument Parse(RunSummary summary, string text = "input")
    {
        var flips = new SampleFlips([Sample(1, text)], [Sample(2, text)], IsCut: false);
        return new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(HtmlReport.Write(summary, flips, Latencies()));
    }

    /// <summary>A candidate whose answers took 1 to 100 ms, and a baseline of which nothing is known.</summary>
    private static AnswerLatency[] Latencies()
    {
        var candidate = new AnswerLatency(Roles.Candidate, 101, new GeometricHistogram(), new GeometricHistogram());
        for (var number = 1; number <= 100; number++)
        {
            candidate.LatencyMs.Add(number);
            candidate.AnswerTokens.Add(10 * number);
        }

        return [candidate, new AnswerLatency(Roles.Baseline, 0, new GeometricHistogram(), new GeometricHistogram())];
    }

    private static SampleResult Sample(int number, string text, string candidate = "yes", string baseline = "no") =>
        new()
        {
            Id = $"s{number}",
            Line = number,
            Offset = 0,
            Input = text,
            References = ["yes"],
            Candidate = Answer(candidate, text),
            Baseline = Answer(baseline, text),
        };

    private static AnswerResult Answer(string prediction, string text) =>
        new()
        {
            Outcome = Outcome.Scored,
            Text = text,
            Prediction = prediction,
            FinishReason = "stop",
            InputTokens = 1,
            OutputTokens = 1,
        };

    /// <summary>A comparison of a hundred samples in which the candidate is right on ninety and the baseline on sixty.</summary>
    [Fact]
    public void What_got_worse_since_the_previous_run_is_told_beside_the_verdict()
    {
        var fell = new MetricComparison
        {
            Name = "recall[<b>]",
            Slice = "all",
            Kind = MetricKind.Class,
            Reading = MetricReading.ToLookAt,
            Left = 0.85,
            Right = 0.35,
            Difference = -0.5,
            PValue = 1e-6,
            AdjustedPValue = 0.0001,
            HigherIsBetter = true,
        };
        var previous = new PreviousSummary
        {
            RunId = "ev-0",
            Model = "tuned/ft-0",
            Dataset = "d",
            Pairing = new PairingCounts(3079, 1, 0, 0),
            Flips = new FlipCounts(2, 41),
            Fell = [fell],
        };

        Assert.Equal([previous.Warning()!, "Other."], (Summary() with { Warnings = ["Other."] }).With(previous).Warnings);
        var page = HtmlReport.Write(Summary().With(previous), new SampleFlips([], [], IsCut: false), []);

        Assert.Contains(
            "Run ev-0 of tuned/ft-0: 3,079 samples paired, 1 changed, 0 added, 0 removed. 2 gained",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("recall[&lt;b&gt;]", page, StringComparison.Ordinal);
        Assert.Contains(
            "Worse than in the previous run ev-0, over 3079 samples that both have: Recall of &lt;b&gt; 85.0 % → 35.0 % (adjusted p &lt; 0.001).",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "is not compared. Gone.",
            HtmlReport.Write(Summary().With(previous with { NotPaired = "Gone.", Fell = [] }), new SampleFlips([], [], IsCut: false), []),
            StringComparison.Ordinal
        );
    }

    private static RunSummary Summary(string text = "answer")
    {
        var spec = new EvaluationSpec
        {
            Task = ClassificationTask.Instance,
            Model = "tuned",
            Baseline = "base",
            Labels = ["yes", "no"],
            Slices = ["channel"],
            Metrics = [new MetricSpec { Name = "accuracy" }, new MetricSpec { Name = "f1" }, new MetricSpec { Name = "confusion_matrix" }],
            Gate = new GateSpec
            {
                Rules =
                [
                    new MinimumRule { Metric = "accuracy", Minimum = 0.8 },
                    new BetterThanBaselineRule { Metric = "accuracy", BetterThanBaselineAtAlpha = 0.05 },
                ],
            },
        };
        var result = OfflineScore.Compute(
            spec,
            Enumerable.Range(0, 100).Select(number => new AnswerPair(Row(number, number < 90), Row(number, number % 10 < 6)))
        );
        return new RunSummary
        {
            RunId = "ev-1",
            Name = "Tickets",
            Task = spec.Task,
            Dataset = new DatasetSummary("tickets/test.jsonl", "\"1\"", 1000, 100),
            Models = new Dictionary<string, string> { [Roles.Candidate] = "tuned", [Roles.Baseline] = "base" },
            IsComplete = true,
            Verdict = result.Verdict,
            Outcomes = result.Outcomes,
            Coverage = result.Coverage,
            Usage = new Dictionary<string, UsageSummary>
            {
                [Roles.Candidate] = new(1000, 100, 0.5m),
                [Roles.Baseline] = new(1000, 100, null),
            },
            Metrics = result.Metrics,
            Tables = result.Tables,
            Examples = new Dictionary<string, IReadOnlyList<UnscoredSample>>
            {
                [Roles.Candidate] = [new UnscoredSample("s1", 1, Outcome.Unparsable, "not_a_label", text)],
                [Roles.Baseline] = [],
            },
            Spec = JsonSerializer.SerializeToElement(new { task = "classification" }),
            CodeVersion = "1",
        };
    }

    private static EvaluatedSample Row(int number, bool isRight) =>
        new()
        {
            Id = number.ToString(CultureInfo.InvariantCulture),
            Ordinal = number,
            Line = number + 1,
            Offset = number,
            Outcome = Outcome.Scored,
            References = [number % 2 == 0 ? "yes" : "no"],
            Prediction = (number % 2 == 0) == isRight ? "yes" : "no",
            Tags = new Dictionary<string, string> { ["channel"] = number % 3 == 0 ? "mail" : "chat" },
        };
}
