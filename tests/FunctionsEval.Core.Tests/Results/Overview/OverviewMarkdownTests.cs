using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using static FunctionsEval.Core.Tests.Results.Overview.OverviewSamples;

namespace FunctionsEval.Core.Tests.Results.Overview;

public sealed class OverviewMarkdownTests
{
    private const string Spec = """
        { "task": "classification", "model": "tuned", "baseline": "base", "labels": ["a", "b"], "gate": { "rules": [ { "metric": "accuracy", "minimum": 0.88 } ] } }
        """;

    private const string Hostile =
        "@octocat <img src=x onerror=alert(1)> [x](http://evil.example) | **b** `c` #12 & www.evil.example\n# head :white_check_mark:";

    private static RunOverview Overview(params string[] labels) =>
        RunOverview.From(
            Completed(),
            Summary(
                Spec,
                [
                    Line("accuracy", 0.9231, 0.9133, 0.9320).Against(0.792, 0.777, 0.807),
                    OfBaseline("accuracy", 0.1311),
                    .. labels.Select(label => Line($"recall[{label}]", 0.35).Against(-0.5, -0.6, -0.4, reading: MetricReading.ToLookAt)),
                ],
                VerdictResult.Pass
            )
        );

    [Fact]
    public void A_comment_begins_with_the_verdict_and_the_headline()
    {
        var text = OverviewMarkdown.Write(Overview("a"));

        Assert.StartsWith(
            "### ✓ Pass: tickets\n\n1 of 1 rule holds\n\ntuned against base · 3,080 samples · 2 min 14 s · 0.19 USD · p95 0.20 s\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "| Accuracy | 92.3 % \\(91.3 to 93.2 %\\) | 13.1 % | +79.2 points \\(77.7 to 80.7\\), p \\< 0.001 | at least 88 % |",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("| Recall of a |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_or_a_models_name_is_no_markup_no_mention_and_no_link()
    {
        var overview = Overview(Hostile) with { Name = Hostile, Models = new OverviewModels(Hostile, Hostile) };

        var text = OverviewMarkdown.Write(overview);

        Assert.DoesNotContain("@octocat", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text.Replace("\\<img", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("](http", text, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("www.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("#12", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n# head", text, StringComparison.Ordinal);
        // GitHub makes a picture of :name: after Markdown is read.
        Assert.Contains(":\u2060white\\_check\\_mark:", text, StringComparison.Ordinal);
        // A row of a table stays one row of as many cells.
        Assert.All(
            text.Split('\n').Where(line => line.StartsWith("| Recall", StringComparison.Ordinal)),
            line => Assert.Equal(5, line.Replace("\\|", "", StringComparison.Ordinal).Count(character => character == '|'))
        );
    }

    [Fact]
    public void A_comment_of_a_group_names_no_candidate_as_the_model()
    {
        var overview = Overview("a") with
        {
            Candidates =
            [
                new OverviewCandidate { Model = "tuned", RunId = "ev-1" },
                new OverviewCandidate { Model = "other", RunId = "ev-2" },
            ],
        };

        Assert.Contains("\n2 candidates against base · ", OverviewMarkdown.Write(overview), StringComparison.Ordinal);
    }

    [Fact]
    public void A_comment_is_bounded_whatever_a_run_says()
    {
        string[] labels = [.. Enumerable.Range(0, 200).Select(label => label + new string('*', 5000))];
        var overview = Overview(labels);
        overview = overview with
        {
            Reasons = [.. Enumerable.Range(0, 1000).Select(_ => RuleVerdict.Pass(new string('|', 5000)))],
            Warnings = [.. Enumerable.Range(0, 100).Select(_ => new string('_', 5000))],
        };

        Assert.InRange(OverviewMarkdown.Write(overview).Length, 1000, OverviewMarkdown.MaxLength);
    }

    [Fact]
    public void A_change_that_nothing_was_decided_of_is_not_said_to_be_unclear()
    {
        var line = Line("recall[a]", 0.35).Against(-0.5, -0.6, -0.4, reading: null);

        Assert.Contains(
            "−50 points |",
            OverviewMarkdown.Write(RunOverview.From(Completed(), Summary(Spec, [line]))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "−50 points, no clear change |",
            OverviewMarkdown.Write(RunOverview.From(Completed(), Summary(Spec, [line with { Reading = MetricReading.NoClearDifference }]))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_failed_run_says_its_error_once()
    {
        var run = Completed(verdict: null) with { Status = RunStatus.Failed, ErrorCode = "invalid_spec", ErrorMessage = "Mend $.model." };

        var text = OverviewMarkdown.Write(RunOverview.From(run, summary: null));

        Assert.Contains("Failed: invalid spec", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("Mend $.model.").Length);
    }
}
