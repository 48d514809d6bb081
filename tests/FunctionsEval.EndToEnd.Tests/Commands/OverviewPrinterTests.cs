using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.LocalHost.Client;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsEval.EndToEnd.Tests.Commands;

/// <summary>The first lines of <c>show</c>, <c>run</c>, <c>watch</c> and <c>demo</c>.</summary>
public sealed class OverviewPrinterTests
{
    private const string RunId = "ev-abcdefghijklmnopqrstuvwxyz";
    private static readonly Uri Page = new($"http://127.0.0.1:7071/#/runs/{RunId}");

    private static readonly RunOverview Overview = new()
    {
        RunId = RunId,
        Name = "banking77",
        Dataset = "banking77/test.jsonl",
        Status = RunStatus.Completed,
        Models = new OverviewModels("tickets-tuned", "tickets-base"),
        Samples = 3080,
        DurationText = "21 s",
        Cost = new OverviewCost(0.19, "USD", "0.19 USD"),
        Latency = new OverviewLatency(100, 200, "p95 0.20 s"),
        Verdict = VerdictResult.Pass,
        Title = "4 of 4 rules hold",
        Reasons =
        [
            .. Enumerable
                .Range(1, 4)
                .Select(rule => new RuleVerdict(VerdictResult.Pass, $"Accuracy in slice={rule} is 92.3 %, which is at least 88 %")),
        ],
        Headline = [NumberOf("Accuracy"), NumberOf("F1 (macro)"), NumberOf("Recall of card_arrival"), NumberOf("Fourth")],
        Worse = [ChangeOf("card_arrival"), ChangeOf("top_up_failed"), ChangeOf("third"), ChangeOf("fourth")],
        WorseTotal = 9,
        Previous = new OverviewPrevious("ev-0")
        {
            Paired = 3080,
            Gained = 144,
            Lost = 38,
            Worse = [ChangeOf("card_arrival"), ChangeOf("top_up_failed")],
            WorseTotal = 2,
        },
        Wrong = 237,
        Confused = [new ConfusedPair("card_arrival", "card_delivery_estimate", 25, new Dictionary<string, string>())],
        Outcomes = [new OverviewOutcome("scored", "answered", 3077, 3080), new OverviewOutcome("timed_out", "timed out", 3, 0)],
        Warnings = ["Two of 77 classes collapsed since the previous run. Look at them.", "Another warning."],
    };

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    [InlineData(400)]
    public void Answer_takes_at_most_twelve_lines_that_are_no_wider_than_the_terminal(int width)
    {
        var lines = Print(Overview, width).Lines;

        Assert.InRange(lines.Count, 8, 12);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
        Assert.Equal("✓ PASS banking77: 4 of 4 rules hold", lines[0]);
        Assert.StartsWith("  tickets-tuned against tickets-base · 3,080 samples", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  Accuracy 92.3 %, 79.2 points better", lines[2], StringComparison.Ordinal);
        var text = string.Join('\n', lines);
        Assert.Contains("Worse than before: Recall of card_arrival 85 % → 35 %", text, StringComparison.Ordinal);
        Assert.Contains("Not answered: tickets-tuned 3 timed out", text, StringComparison.Ordinal);
        Assert.Contains("! 2 warnings (--details): Two of 77 classes collapsed", text, StringComparison.Ordinal);
        Assert.StartsWith($"  {Page}", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_fails_is_said_before_what_passes()
    {
        var failing = Overview with
        {
            Verdict = VerdictResult.Fail,
            Title = "1 of 5 rules fails",
            Reasons = [.. Overview.Reasons, new RuleVerdict(VerdictResult.Fail, "Coverage 90 % is below 98 %")],
        };

        var lines = Print(failing, 80).Lines;

        Assert.Equal("✗ FAIL banking77: 1 of 5 rules fails", lines[0]);
        Assert.Contains("✗ Coverage 90 % is below 98 %", lines);
    }

    [Fact]
    public void Verdict_has_a_colour_on_a_terminal_and_none_elsewhere()
    {
        Assert.Contains("\u001b[", Print(Overview, 80, hasColours: true).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", Print(Overview, 80).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunStatus.Failed, "✗ FAILED", "model_unreachable: The reason.")]
    [InlineData(RunStatus.Cancelled, "■ CANCELLED", "The reason.")]
    [InlineData(RunStatus.Partial, "◐ PARTIAL", "The reason.")]
    public void Reason_of_an_end_is_said_once_and_a_stop_is_no_error(RunStatus status, string first, string reason)
    {
        var text = Print(
            new RunOverview
            {
                RunId = RunId,
                Name = "s",
                Dataset = "s/test.jsonl",
                Status = status,
                Models = new OverviewModels("m", null),
                Title = "No result",
                Error = new RunFailure("model_unreachable", "The reason."),
            },
            80
        );

        Assert.StartsWith(first, text.Lines[0], StringComparison.Ordinal);
        Assert.Contains($"  {reason}", text.Lines);
        Assert.Equal(2, text.Text.Split("The reason.").Length);
        Assert.DoesNotContain("error", text.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Candidates_of_a_group_are_beside_each_other_with_the_recommended_one_first()
    {
        var group = Overview with
        {
            Headline = null,
            Worse = null,
            Previous = null,
            Confused = null,
            Warnings = [],
            Candidates =
            [
                new OverviewCandidate
                {
                    Model = "first",
                    RunId = "ev-1",
                    Status = RunStatus.Completed,
                    Verdict = VerdictResult.Fail,
                    Reasons = [new RuleVerdict(VerdictResult.Fail, "Accuracy 70 % is below 88 %")],
                    Headline = [NumberOf("Accuracy")],
                },
                new OverviewCandidate
                {
                    Model = "second",
                    RunId = "ev-2",
                    Status = RunStatus.Completed,
                    Verdict = VerdictResult.Pass,
                    IsRecommended = true,
                    Headline = [NumberOf("Accuracy")],
                },
            ],
        };

        var lines = Print(group, 120).Lines;

        var second = lines.Single(line => line.Contains("second", StringComparison.Ordinal));
        Assert.Contains("✓ pass", second, StringComparison.Ordinal);
        Assert.EndsWith("recommended", second, StringComparison.Ordinal);
        Assert.Equal(lines.Count - 2, lines.ToList().FindIndex(line => line.Contains("✗ fail  first", StringComparison.Ordinal)));
    }

    [Fact]
    public void Run_under_way_says_how_far_it_is_how_long_it_takes_and_what_it_waits_for()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 27, 10, 0, 40, TimeSpan.Zero));
        var printed = new PrintedText(80);
        var run = new Run
        {
            RunId = RunId,
            Name = "banking77",
            Status = RunStatus.Running,
            Dataset = "banking77/test.jsonl",
            Model = "tuned",
            Baseline = "base",
            Started = new DateTimeOffset(2026, 11, 27, 10, 0, 0, TimeSpan.Zero),
            ExpectedSamples = 3080,
            Progress = new Dictionary<string, OutcomeCounts>
            {
                [Roles.Candidate] = new() { Scored = 1000 },
                [Roles.Baseline] = new() { Scored = 929 },
            },
            Waiting = ["Models__0__Endpoint: no connection to 127.0.0.1:9."],
        };

        new RunPrinter(printed.Console, time).Print(run, summary: null, overview: null, Page, withDetails: false);

        Assert.Equal(
            [
                "▶ RUNNING banking77: 1,929 of 6,160 answers (31 %)",
                "  tuned against base · 3,080 samples · banking77/test.jsonl",
                "  tuned: 1,000 of 3,080 (32 %), base: 929 of 3,080 (30 %)",
                "  40 s since the start, 48.2 answers a second, about 1 min 28 s left",
                "! Tried again: Models__0__Endpoint: no connection to 127.0.0.1:9.",
                $"  {Page}",
            ],
            printed.Lines
        );
    }

    [Fact]
    public void Run_that_has_not_begun_prints_no_error()
    {
        var printed = new PrintedText(80);

        new RunPrinter(printed.Console, TimeProvider.System).Print(
            new Run
            {
                RunId = RunId,
                Name = "s",
                Status = RunStatus.Pending,
                Model = "m",
            },
            summary: null,
            overview: null,
            page: null,
            withDetails: false
        );

        Assert.Equal(["… PENDING s: has not begun yet", "  m", $"  watch {RunId}"], printed.Lines);
    }

    private static HeadlineNumber NumberOf(string label) =>
        new()
        {
            Name = "accuracy",
            Slice = MetricReport.AllSamples,
            Label = label,
            Unit = MetricUnit.Share,
            HigherIsBetter = true,
            Samples = 3080,
            Sentence = $"{label} 92.3 %, 79.2 points better than tickets-base (77.7 to 80.7), p < 0.001",
            Candidate = new NumberFigure("92.3 %") { Value = 0.923, IntervalText = "91.3 to 93.2 %" },
            Baseline = new NumberFigure("13.1 %") { Value = 0.131 },
        };

    private static OverviewChange ChangeOf(string label) =>
        new()
        {
            Kind = "class",
            Metric = "recall",
            Subject = label,
            Name = $"recall[{label}]",
            Slice = MetricReport.AllSamples,
            Label = $"Recall of {label}",
            From = new NumberFigure("85 %"),
            To = new NumberFigure("35 %"),
            Difference = new DifferenceFigure("−50 points"),
            Samples = 40,
            IsClear = true,
        };

    private static PrintedText Print(RunOverview overview, int width, bool hasColours = false)
    {
        var printed = new PrintedText(width, hasColours);
        new OverviewPrinter(printed.Console).Print(overview, Page);
        return printed;
    }
}
