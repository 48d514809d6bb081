using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using static FunctionsEval.Core.Tests.Results.Overview.OverviewSamples;

namespace FunctionsEval.Core.Tests.Results.Overview;

public sealed class RunOverviewTests
{
    private const string Classification = """
        {
          "task": "classification", "model": "tuned", "baseline": "base", "labels": ["a", "b", "c"], "slices": ["lang"],
          "gate": { "rules": [
            { "metric": "accuracy", "minimum": 0.88 },
            { "metric": "f1_micro", "notWorseThanBaselineBy": 0.01 },
            { "metric": "accuracy", "slice": "lang=de", "minimum": 0.85 },
            { "minimumCoverage": 0.98 } ] }
        }
        """;

    private static readonly MetricValue Accuracy = Line("accuracy", 0.9231, 0.9133, 0.9320).Against(0.792, 0.777, 0.807) with
    {
        Gained = 2500,
        Lost = 60,
    };

    private static RunSummary Tickets =>
        Summary(
            Classification,
            [
                Accuracy,
                Accuracy with
                {
                    Name = "f1_micro",
                },
                Line("f1_macro", 0.92, 0.91, 0.93).Against(0.5, 0.4, 0.6),
                Line("recall[a]", 0.35).Against(-0.5, -0.6, -0.4, reading: MetricReading.ToLookAt),
                Line("f1[a]", 0.5).Against(-0.4, -0.6, -0.2, reading: MetricReading.ToLookAt),
                Line("recall[b]", 0.9).Against(-0.1, -0.3, 0.1, reading: MetricReading.NoClearDifference),
                Line("f1[b]", 0.8).Against(0.1, 0.0, 0.2, reading: MetricReading.NoClearDifference),
                Line("recall[c]", 0.99).Against(0.6, 0.5, 0.7, reading: MetricReading.ToLookAt),
                Line("accuracy", 0.88, 0.85, 0.91, slice: "lang=de", samples: 400)
                    .Against(-0.01, -0.05, 0.03, reading: MetricReading.NoClearDifference),
                Line("accuracy", 0.94, 0.93, 0.95, slice: "lang=en", samples: 2680).Against(0.8, 0.7, 0.9),
                OfBaseline("accuracy", 0.1311),
                OfBaseline("recall[a]", 0.85),
                OfBaseline("accuracy", 0.89, "lang=de"),
            ],
            VerdictResult.Pass,
            VerdictResult.Pass,
            VerdictResult.Pass,
            VerdictResult.Pass
        ) with
        {
            ConfusionMatrices = [Matrix(["a", "b", "c"], [14, 25, 0, 1], [0, 90, 10, 0], [3, 0, 297, 0])],
        };

    private static RunOverview Overview => RunOverview.From(Completed(), Tickets);

    [Fact]
    public void A_completed_run_says_its_result_in_one_line()
    {
        Assert.Equal("4 of 4 rules hold", Overview.Title);
        Assert.Equal((VerdictResult.Pass, 4), (Overview.Verdict, Overview.Reasons.Count));
        Assert.Equal(
            ("0.19 USD", "0.08 USD", "p95 0.20 s", "2 min 14 s"),
            (Overview.Cost!.Text, Overview.Cost.BaselineText, Overview.Latency!.Text, Overview.DurationText)
        );
        Assert.Equal("API request", Overview.Source!.Text);
    }

    [Fact]
    public void The_gates_numbers_lead_and_equal_ones_are_said_once()
    {
        var headline = Overview.Headline!;

        Assert.Equal([("accuracy", "all"), ("accuracy", "lang=de")], headline.Select(number => (number.Name, number.Slice)));
        Assert.Equal("Accuracy 92.3 %, 79.2 points better than base (77.7 to 80.7), p < 0.001", headline[0].Sentence);
        Assert.Equal("Accuracy in lang=de 88.0 %, no clear change from base: −1.0 points (−5.0 to 3.0), p < 0.001", headline[1].Sentence);
        Assert.Equal(["f1_micro"], headline[0].SameAs);
        Assert.Equal(("at least 88 %", VerdictResult.Pass), (headline[0].Bound!.Text, headline[0].Bound!.Result));
        Assert.Equal("at most 1 point worse than base", headline[0].Margin!.Text);
        Assert.Equal(0.1211, headline[0].Margin!.Limit!.Value, 9);
    }

    [Fact]
    public void Everything_of_a_number_lies_on_its_axis()
    {
        var number = Overview.Headline![0];

        Assert.All(
            [0.9231, 0.9133, 0.9320, 0.1311, 0.88, 0.1211],
            value => Assert.InRange(value, number.Axis!.Minimum, number.Axis.Maximum)
        );
        Assert.Equal("20 %", number.Axis!.Ticks[0].Text);
    }

    [Fact]
    public void What_got_worse_is_sorted_by_the_samples_lost()
    {
        var worse = Overview.Worse!;

        // Recall of a: 0.5 of 40; of b: 0.1 of 100; accuracy in de: 0.01 of 400. F1 of a is not said beside its recall.
        Assert.Equal(["recall[a]", "recall[b]", "accuracy"], worse.Select(change => change.Name));
        Assert.Equal([20.0, 10.0, 4.0], worse.Select(change => Math.Round(change.Damage!.Value, 9)));
        Assert.Equal([40L, 100L, 400L], worse.Select(change => change.Samples!.Value));
        Assert.Equal([true, false, false], worse.Select(change => change.IsClear));
        Assert.Equal(("85.0 %", "35.0 %", "−50 points"), (worse[0].From.Text, worse[0].To.Text, worse[0].Difference.Text));
        Assert.Equal(("label", "a"), Assert.Single(worse[0].Filter!) is var (key, value) ? (key, value) : default);
        Assert.Equal("lang=de", worse[2].Filter!["tag"]);
    }

    [Fact]
    public void Confused_pairs_come_from_the_matrix_the_most_frequent_first()
    {
        Assert.Equal(
            [("a", "b", 25L), ("b", "c", 10L), ("c", "a", 3L), ("a", ConfusedPair.Other, 1L)],
            Overview.Confused!.Select(pair => (pair.Reference, pair.Prediction, pair.Samples))
        );
        Assert.Equal("unparsable", Overview.Confused![3].Filter["outcome"]);
        Assert.Equal((4, 237L), (Overview.ConfusedTotal, Overview.Wrong));
        Assert.Equal(new OverviewFlips("accuracy", 2500, 60), Overview.Flips);
    }

    /// <summary>The samples are marked by this number too, so that a count leads to as many samples.</summary>
    [Fact]
    public void One_number_says_what_is_right_whichever_the_gate_asks_about()
    {
        const string Gated = """
            { "task": "extraction", "model": "tuned", "baseline": "base", "metrics": ["json_valid", "exact_match"],
              "gate": { "rules": [{ "metric": "json_valid", "minimum": 0.9 }] } }
            """;
        var summary = Summary(
            Gated,
            [
                Line("json_valid", 1, samples: 90) with
                {
                    Gained = 0,
                    Lost = 0,
                },
                Line("exact_match", 0.2, samples: 90) with
                {
                    Gained = 12,
                    Lost = 2,
                },
            ]
        );

        var overview = RunOverview.From(OverviewSamples.Completed(), summary);

        Assert.Equal((72L, new OverviewFlips("exact_match", 12, 2)), (overview.Wrong!.Value, overview.Flips!));
    }

    [Fact]
    public void Flips_are_those_of_the_number_that_counts_the_wrong_answers()
    {
        const string Extraction = """
            {
              "task": "extraction", "model": "tuned", "baseline": "base", "metrics": ["json_valid", "exact_match"],
              "gate": { "rules": [ { "metric": "json_valid", "minimum": 0.9 } ] }
            }
            """;
        MetricValue[] lines =
        [
            Line("json_valid", 1).Against(0, -0.1, 0.1) with
            {
                Gained = 0,
                Lost = 0,
            },
            Line("exact_match", 0.25).Against(0.1, 0.0, 0.2) with
            {
                Gained = 400,
                Lost = 92,
            },
        ];

        var overview = RunOverview.From(Completed(), Summary(Extraction, lines, VerdictResult.Pass));

        Assert.Equal((2310L, new OverviewFlips("exact_match", 400, 92)), (overview.Wrong, overview.Flips));
    }

    [Fact]
    public void The_weakest_slices_and_classes_are_named()
    {
        Assert.Equal(["lang=de", "a", "b", "c"], Overview.Weakest!.Select(weak => weak.Subject));
        Assert.Equal("F1 of a", Overview.Weakest![1].Label);
    }

    [Fact]
    public void A_class_within_a_slice_has_not_the_samples_of_the_slice()
    {
        var worse = Assert.Single(PreviousWith(Fell("recall[a]", "lang=de")).Worse);

        Assert.Equal("lang=de", worse.Filter!["tag"]);
        Assert.Equal("a", worse.Filter["label"]);
        Assert.Null(worse.Samples);
        Assert.Null(worse.Damage);
    }

    [Fact]
    public void A_class_that_fell_is_told_once()
    {
        var previous = PreviousWith(
            Fell("f1[a]", "lang=de"),
            Fell("recall[a]", "lang=de"),
            Fell("f1[a]", "all"),
            Fell("recall[a]", "all"),
            Fell("precision[b]", "all"),
            Fell("recall[c]", "lang=de")
        );

        Assert.Equal(
            [("precision[b]", "all"), ("recall[a]", "all"), ("recall[c]", "lang=de")],
            previous.Worse.Select(number => (number.Name, number.Slice)).Order()
        );
        Assert.Equal(3, previous.WorseTotal);
    }

    [Fact]
    public void Tables_are_those_that_the_run_has()
    {
        Assert.Equal(["confusion"], RunOverview.From(Completed(), Tickets).Tables);
        Assert.Equal([], RunOverview.From(Completed(), Tickets with { ConfusionMatrices = [] }).Tables);
    }

    [Fact]
    public void Outcomes_have_words_and_counts_of_both_models() =>
        Assert.Equal(
            [new OverviewOutcome("scored", "answered", 3080, 3079), new OverviewOutcome("exhausted", "no answer after all attempts", 0, 1)],
            Overview.Outcomes
        );

    [Fact]
    public void The_previous_run_says_what_fell_and_how_many_flipped()
    {
        var summary = Tickets with
        {
            Previous = new PreviousSummary
            {
                RunId = "ev-before",
                Model = "tuned",
                Dataset = "tickets/test.jsonl",
                Pairing = new PairingCounts(3080, 0, 0, 0),
                Flips = new FlipCounts(144, 38),
                NoClearChange = 67,
                Headline =
                [
                    MetricComparison.From(Accuracy with { Difference = 0.034, DifferenceLower = 0.02, DifferenceUpper = 0.05 }, 0.889),
                ],
                Fell =
                [
                    MetricComparison.From(
                        Line("recall[a]", 0.35).Against(-0.5, -0.6, -0.4, reading: MetricReading.ToLookAt) with
                        {
                            Gained = 0,
                            Lost = 20,
                        },
                        0.85
                    ),
                ],
            },
        };

        var previous = RunOverview.From(Completed(), summary).Previous!;

        Assert.Equal((3080L, 144L, 38L, 67), (previous.Paired, previous.Gained, previous.Lost, previous.NoClearChange));
        Assert.Equal(("recall[a]", 20.0, true), (previous.Worse[0].Name, previous.Worse[0].Damage, previous.Worse[0].IsClear));
        var number = RunOverview.From(Completed(), summary).Headline![0].Previous!;
        Assert.Equal(("88.9 %", "+3.4 points"), (number.Text, number.Difference!.Text));
    }

    [Fact]
    public void A_perplexity_by_document_is_never_a_headline()
    {
        const string Spec = """{ "task": "language_modelling", "model": "tuned", "baseline": "base" }""";
        var lines = new[]
        {
            Line("document_perplexity", 1.733e32, higherIsBetter: false),
            Line("perplexity", 12.34, 11.2, 13.6, higherIsBetter: false).Against(-3.1, -3.6, -2.7),
            OfBaseline("perplexity", 1.2e6),
        };

        var number = Assert.Single(RunOverview.From(Completed(verdict: null), Summary(Spec, lines)).Headline!);

        Assert.Equal("Perplexity 12.3, 3.10 better than base (2.70 to 3.60), p < 0.001", number.Sentence);
        Assert.True(number.Axis!.IsLogarithmic);
    }

    [Fact]
    public void A_run_of_generation_without_a_gate_leads_with_the_tasks_first_number()
    {
        const string Spec = """{ "task": "generation", "model": "tuned", "metrics": ["bleu", "rouge"] }""";
        var run = Completed(verdict: null) with { Baseline = null, BaselineFigures = new ModelFigures() };
        var summary = Summary(Spec, [Line("bleu", 27.43, 24.1, 30.9), Line("rouge1", 0.41, 0.38, 0.44)]) with
        {
            Models = new Dictionary<string, string> { [Roles.Candidate] = "tuned" },
        };

        var overview = RunOverview.From(run, summary);

        Assert.Equal("BLEU 27.4 (24.1 to 30.9)", Assert.Single(overview.Headline!).Sentence);
        Assert.Equal(("No verdict: the spec has no gate", "0.11 USD"), (overview.Title, overview.Cost!.Text));
        Assert.Null(overview.Worse);
        Assert.Null(overview.Headline![0].Baseline);
    }

    [Fact]
    public void An_undefined_number_is_its_reason()
    {
        var summary = Tickets with { Metrics = [Line("accuracy", null) with { Undefined = "no_sample" }] };

        var number = RunOverview.From(Completed(), summary).Headline![0];

        Assert.Equal("Accuracy is undefined (no sample)", number.Sentence);
        Assert.Null(number.Candidate.Value);
        Assert.Equal(0.88, number.Bound!.Limit);
    }

    [Theory]
    [InlineData(RunStatus.Pending, null, "Waiting to start")]
    [InlineData(RunStatus.Running, null, "Running: 1,929 of 3,080 samples answered")]
    [InlineData(RunStatus.Failed, "invalid_spec", "Failed: invalid spec")]
    [InlineData(RunStatus.Cancelled, "cancelled", "Cancelled: 1,929 of 3,080 samples answered")]
    [InlineData(RunStatus.Partial, "budget", "Stopped at its cost ceiling: 1,929 of 3,080 samples answered")]
    [InlineData(RunStatus.Partial, "deadline", "Stopped at its deadline: 1,929 of 3,080 samples answered")]
    public void A_run_without_a_result_says_once_why(RunStatus status, string? code, string title)
    {
        var run = new Run
        {
            RunId = "ev-now",
            Status = status,
            Dataset = "tickets/test.jsonl",
            ExpectedSamples = 3080,
            ErrorCode = code,
            ErrorMessage = code is null ? null : "Mend it.",
            Verdict = status is RunStatus.Cancelled or RunStatus.Partial ? VerdictResult.Inconclusive : null,
            VerdictReasons = [RuleVerdict.Inconclusive("Accuracy: the run is incomplete")],
            Progress = new Dictionary<string, OutcomeCounts>
            {
                [Roles.Candidate] = new() { Scored = 1900, Unparsable = 29 },
            },
        };

        var overview = RunOverview.From(run, summary: null);

        Assert.Equal(title, overview.Title);
        Assert.Equal(code, overview.Error?.Code);
        Assert.Empty(overview.Reasons);
        Assert.Null(overview.Headline);
        Assert.DoesNotContain("headline", JsonSerializer.Serialize(overview, ResultJson.Options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_under_way_shows_nothing_of_the_summary_of_its_last_stop() =>
        Assert.Null(RunOverview.From(Completed() with { Status = RunStatus.Running, Finished = null }, Tickets).Headline);

    [Fact]
    public void A_summary_of_an_earlier_version_has_an_overview()
    {
        var published = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Results", "Published", "summary.json"));
        var summary = JsonSerializer.Deserialize<RunSummary>(published, ResultJson.Options)!;
        var run = JsonSerializer.Deserialize<Run>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Results", "Published", "run.json")),
            ResultJson.Options
        )!;

        var overview = RunOverview.From(run, summary);

        var number = Assert.Single(overview.Headline!);
        Assert.Equal("Accuracy 100.0 %, no clear change from tickets-base: +44.4 points, p = 0.125", number.Sentence);
        Assert.Equal(("at least 50 %", "too few samples"), (number.Bound!.Text, number.NoInterval));
        Assert.Equal("1 of 1 rule holds", overview.Title);
        Assert.Null(overview.Cost);
        Assert.NotNull(overview.Previous);
    }

    [Fact]
    public void A_spec_that_this_version_cannot_read_leaves_the_numbers_without_bounds()
    {
        var summary = Tickets with { Spec = JsonSerializer.SerializeToElement(new { task = "a_later_one" }) };

        var headline = RunOverview.From(Completed(), summary).Headline!;

        Assert.Equal("accuracy", headline[0].Name);
        Assert.All(headline, number => Assert.Null(number.Bound));
    }

    [Fact]
    public void An_overview_is_read_as_it_is_written()
    {
        var written = JsonSerializer.Serialize(Overview, ResultJson.Options);

        Assert.Equal(
            written,
            JsonSerializer.Serialize(JsonSerializer.Deserialize<RunOverview>(written, ResultJson.Options), ResultJson.Options)
        );
        Assert.Contains("\"unit\":\"share\"", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_are_bounded_and_say_how_many_there_are()
    {
        string[] labels = [.. Enumerable.Range(0, 100).Select(label => $"l{label}")];
        var summary = Tickets with
        {
            Metrics =
            [
                Accuracy,
                .. labels.Select(label => Line($"recall[{label}]", 0.5).Against(-0.1, -0.3, 0.1, reading: MetricReading.NoClearDifference)),
            ],
            ConfusionMatrices = [Matrix(labels, [.. labels.Select(_ => Enumerable.Repeat(1.0, 101).ToArray())])],
        };

        var overview = RunOverview.From(Completed(), summary);

        Assert.Equal((RunOverview.MaxWorse, 100), (overview.Worse!.Count, overview.WorseTotal));
        Assert.Equal((RunOverview.MaxConfused, 10_000), (overview.Confused!.Count, overview.ConfusedTotal));
        Assert.Equal((5, 100), (overview.Weakest!.Count, overview.WeakestTotal));
    }

    [Fact]
    public void The_row_of_a_run_has_its_first_headline_number_with_texts()
    {
        var headline = RunHeadline.From(Tickets)!;

        Assert.Equal(("accuracy", "Accuracy", MetricUnit.Share), (headline.Name, headline.Label, headline.Unit));
        Assert.Equal(
            ("92.3 %", "91.3 to 93.2 %", "+79.2 points", "p < 0.001", "better"),
            (headline.Text, headline.IntervalText, headline.DifferenceText, headline.PText, headline.ReadingText)
        );
    }

    private static MetricComparison Fell(string name, string slice) =>
        MetricComparison.From(Line(name, 0.2, slice: slice, samples: 400).Against(-0.7, -0.8, -0.6, reading: MetricReading.ToLookAt), 0.9);

    private static OverviewPrevious PreviousWith(params MetricComparison[] fell) =>
        RunOverview
            .From(
                Completed(),
                Tickets with
                {
                    Previous = new PreviousSummary
                    {
                        RunId = "ev-1",
                        Model = "tuned",
                        Dataset = "tickets/test.jsonl",
                        Fell = fell,
                    },
                }
            )
            .Previous!;
}
