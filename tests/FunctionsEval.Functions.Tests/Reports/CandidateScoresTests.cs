using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Page;
using FunctionsEval.Functions.Reports.Samples;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>By which number the report finds the worst answers.</summary>
public sealed class CandidateScoresTests
{
    private readonly EvaluatedRuns _runs = new();

    [Fact]
    public async Task First_headline_number_that_an_answer_has_more_or_less_of_is_read_in_the_order_of_the_samples()
    {
        _runs.Spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Model = "m",
            Metrics = [new MetricSpec { Name = "exact_match" }, new MetricSpec { Name = "rouge" }],
        };
        var plan = await AddAsync("one two", "one two", "one", null, "three");

        var scores = (await FindAsync(plan, Overview("exact_match", "unknown", "rouge1", "rouge2")))!;

        Assert.Equal(("rouge1", true), (scores.Name, scores.HigherIsBetter));
        var values = await scores.Values.ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(
            [1, 2.0 / 3, double.NaN, 0],
            values,
            (left, right) => double.IsNaN(left) ? double.IsNaN(right) : Math.Abs(left - right) < 1e-6
        );
        Assert.Equal("ROUGE-1 66.7 %", scores.TextOf(values[1]));
    }

    [Fact]
    public async Task Answers_that_are_right_or_wrong_have_no_worst()
    {
        var plan = await AddAsync("even", "even", "odd", "even", null);

        Assert.Null(await FindAsync(plan, Overview("accuracy")));
        Assert.Null(await FindAsync(plan, Overview()));
        Assert.Null(await FindAsync(plan, Overview() with { Headline = null }));
    }

    private async Task<CandidateScores?> FindAsync(RunPlan plan, RunOverview overview)
    {
        var scores = new ShardScores(_runs.Blobs, plan);
        var samples = new List<SampleStatistics>();
        for (var shard = 0; shard < plan.Manifest.Shards.Count; shard++)
        {
            samples.AddRange(await _runs.Blobs.ReadStatisticsAsync(plan, Roles.Candidate, shard, TestContext.Current.CancellationToken));
        }

        return CandidateScores.Find(
            GradedNumber.FindAll(plan.Measurer.Metrics, scores.Scorer),
            overview,
            samples.Select(sample => scores.ScoresOf(sample.Words).Values.ToArray())
        );
    }

    private async Task<RunPlan> AddAsync(string reference, params string?[] answers)
    {
        await _runs.AddAsync("ev-1", answers.Select((answer, row) => new EvaluatedRow($"s{row}", $"text {row}", reference, answer)));
        var cancellation = TestContext.Current.CancellationToken;
        return new RunPlan(
            await _runs.Blobs.ReadManifestAsync("ev-1", cancellation),
            await _runs.Blobs.ReadSpecAsync("ev-1", cancellation),
            training: null
        );
    }

    private static RunOverview Overview(params string[] headline) =>
        new()
        {
            RunId = "ev-1",
            Dataset = EvaluatedRuns.Dataset,
            Status = RunStatus.Completed,
            Models = new OverviewModels("m", null),
            Title = "",
            Headline =
            [
                .. headline.Select(name => new HeadlineNumber
                {
                    Name = name,
                    Slice = "all",
                    Label = name,
                    Unit = MetricUnit.Share,
                    HigherIsBetter = true,
                    Samples = 4,
                    Sentence = "",
                    Candidate = new NumberFigure(""),
                }),
            ],
        };
}
