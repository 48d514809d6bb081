using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tasks.Generation;

namespace FunctionsEval.Core.Tests.Metrics;

/// <summary>Numbers about grades that are missing: over every answer that a grader was asked about, of one model and of two.</summary>
public sealed class GradeCoverageTests
{
    private const int Count = 120;

    [Theory]
    [InlineData(GradeOutcome.Unparsable, 1)]
    [InlineData(GradeOutcome.NotGraded, 0)]
    public void Without_a_single_grade_the_rates_are_there_and_what_the_grades_would_say_is_not(GradeOutcome outcome, double unparsable)
    {
        var report = Report("judge", hasBaseline: false, _ => outcome, _ => outcome);

        Assert.Equal((unparsable, Count), ValueOf(report, "judge_unparsable_rate"));
        Assert.Equal((0.0, Count), ValueOf(report, "judge_coverage"));
        var passed = Assert.Single(report.Results, result => result.Definition.Name == "judge_pass_rate");
        Assert.Equal((null, UndefinedReason.NoSample), (passed.Value, passed.ValueMissing));
    }

    [Theory]
    [InlineData("judge", "judge_coverage")]
    [InlineData("semantic_similarity", "semantic_similarity_coverage")]
    public void Coverage_is_compared_over_all_samples(string metric, string name)
    {
        // 97 and 102 of 120 have a grade: 0.8083 against 0.8500.
        var report = Report(metric, hasBaseline: true, sample => GradedIf(sample < 97), sample => GradedIf(sample >= 18));

        var comparison = Assert.Single(report.Comparisons, comparison => comparison.Definition.Name == name);
        Assert.Equal((97 / 120.0, 102 / 120.0, Count), (comparison.Candidate, comparison.Baseline, comparison.Samples));
        Assert.Equal(-5 / 120.0, comparison.Difference!.Value, 1e-12);
        Assert.True(
            comparison.Lower < comparison.Difference && comparison.Difference < comparison.Upper,
            "the interval holds its estimate and has a width"
        );
        Assert.Equal((18, 23, McNemar.Exact(18, 23)), (comparison.Gained!.Value, comparison.Lost!.Value, comparison.PValue!.Value));
    }

    [Fact]
    public void Unparsable_rate_is_compared_over_all_samples()
    {
        var report = Report(
            "judge",
            hasBaseline: true,
            sample => sample < 90 ? GradeOutcome.Unparsable : GradeOutcome.Graded,
            _ => GradeOutcome.Graded
        );

        var comparison = Assert.Single(report.Comparisons, comparison => comparison.Definition.Name == "judge_unparsable_rate");
        Assert.Equal((0.75, 0.75, Count), (comparison.Candidate, comparison.Difference, comparison.Samples));
        Assert.True(comparison.Lower > 0.5 && comparison.PValue < 1e-9, "a difference so large is no chance");
        var passed = Assert.Single(report.Comparisons, comparison => comparison.Definition.Name == "judge_pass_rate");
        Assert.Equal(
            (30, null, null, UndefinedReason.TooFewMeasured),
            (passed.Samples, passed.Lower, passed.PValue, passed.IntervalMissing)
        );
    }

    [Fact]
    public void Grades_are_compared_where_nearly_all_samples_have_one_of_both_models()
    {
        var report = Report("judge", hasBaseline: true, sample => GradedIf(sample < 117), _ => GradeOutcome.Graded);

        var passed = Assert.Single(report.Comparisons, comparison => comparison.Definition.Name == "judge_pass_rate");
        Assert.Equal((117, IntervalMethod.Tango), (passed.Samples, passed.Interval));
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(117, false)]
    public void Numbers_over_few_grades_are_a_warning(int graded, bool isWarning)
    {
        var report = Report("judge", hasBaseline: false, sample => GradedIf(sample < graded), _ => GradeOutcome.Graded);
        var spec = new EvaluationSpec { Task = GenerationTask.Instance, Model = "m" };
        var warnings = EvaluationResult
            .Create(spec, report, new Dictionary<string, OutcomeCounts> { ["candidate"] = new() { Scored = Count } }, isComplete: true)
            .Warnings;

        if (isWarning)
        {
            Assert.StartsWith(
                "Numbers of judge rest on as few as 30 of the 120 samples of the candidate that count",
                Assert.Single(warnings),
                StringComparison.Ordinal
            );
        }
        else
        {
            Assert.Empty(warnings);
        }
    }

    [Fact]
    public void Numbers_of_a_prefixed_grader_carry_its_prefix_and_follow_its_own() =>
        Assert.Equal(
            [
                "judge_pass_rate",
                "judge_rate[right]",
                "judge_rate[wrong]",
                "judge_unparsable_rate",
                "judge_coverage",
                "tone_judge_score",
                "tone_judge_unparsable_rate",
                "tone_judge_coverage",
            ],
            MetricCatalog
                .Create(
                    GenerationTask.Instance,
                    [Samples.Minimal("judge"), Samples.Spec("judge", ("model", "m"), ("prefix", "tone_"), ("scale", new[] { 1, 5 }))],
                    new MetricSettings()
                )
                .SelectMany(metric => metric.Values)
                .Select(value => value.Name)
        );

    private static GradeOutcome GradedIf(bool isGraded) => isGraded ? GradeOutcome.Graded : GradeOutcome.NotGraded;

    private static (double? Value, long Samples) ValueOf(MetricReport report, string name)
    {
        var result = Assert.Single(report.Results, result => result.Definition.Name == name);
        return (result.Value, result.Samples);
    }

    private static MetricReport Report(string name, bool hasBaseline, Func<int, GradeOutcome> candidate, Func<int, GradeOutcome> baseline)
    {
        var metrics = MetricCatalog.Create(GenerationTask.Instance, [Samples.Minimal(name)], new MetricSettings());
        var board = new Scoreboard(metrics, new IntervalSpec { Replicates = 500 }, hasBaseline);
        for (var sample = 0; sample < Count; sample++)
        {
            var key = Scoreboard.SampleKey($"s{sample}");
            board.Add(key, [], Measure(candidate(sample)), hasBaseline ? Measure(baseline(sample)) : []);
        }

        return board.Finish();

        long[] Measure(GradeOutcome outcome) =>
            Scoreboard.Measure(
                metrics,
                new MetricSample
                {
                    References = ["a"],
                    Grades = new Dictionary<string, Grade>
                    {
                        [name] =
                            outcome != GradeOutcome.Graded ? new Grade { Outcome = outcome }
                            : name == "judge" ? new Grade { Outcome = outcome, Label = "right" }
                            : new Grade { Outcome = outcome, Score = 0.5 },
                    },
                }
            );
    }
}
