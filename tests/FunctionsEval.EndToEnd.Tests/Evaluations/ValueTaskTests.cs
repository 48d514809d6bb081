using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.SampleModels;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>
/// The sample suites whose answers are sets of labels and numbers, answered by the sample models. Oracle: the definitions, worked out here
/// from the answers in samples.jsonl.
/// </summary>
public sealed class ValueTaskTests : IAsyncLifetime
{
    private SampleModelServer _models = null!;
    private EvaluationApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _models = await SampleModelServer.StartAsync(SampleSuites.Directory, port: 0, TestContext.Current.CancellationToken);
        _app = await EvaluationApp.StartAsync([
            ("Evaluation__MinRowsPerShard", "20"),
            ("Evaluation__MaxRowsPerShard", "20"),
            .. _models.SettingsOf(_models.ModelIds),
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _models.DisposeAsync();
    }

    [Fact]
    public async Task Multi_label_suite_has_the_numbers_of_its_answers_and_they_are_scored_alike_offline()
    {
        var run = await EvaluateAsync("multi-label");
        Assert.Equal(("Completed", "pass", 150L), (run.GetString("Status"), run.GetString("Verdict"), run.GetInt64("CandidateScored")));
        var pairs = (await AnswersAsync(run, "candidate"))
            .Select(answer => (Reference: SetOf(answer.Reference), Answer: SetOf(answer.Prediction!)))
            .ToList();
        var hits = pairs.Sum(pair => pair.Reference.Intersect(pair.Answer).Count());
        await AssertValueAsync(run, "subset_accuracy", pairs.Average(pair => pair.Reference.SetEquals(pair.Answer) ? 1.0 : 0));
        await AssertValueAsync(
            run,
            "hamming_loss",
            pairs.Average(pair => (pair.Reference.Except(pair.Answer).Count() + pair.Answer.Except(pair.Reference).Count()) / 6.0)
        );
        await AssertValueAsync(run, "f1_micro", 2.0 * hits / pairs.Sum(pair => pair.Reference.Count + pair.Answer.Count));
        await AssertValueAsync(
            run,
            "jaccard_samples",
            pairs.Average(pair =>
                pair.Reference.Count + pair.Answer.Count == 0
                    ? 0
                    : (double)pair.Reference.Intersect(pair.Answer).Count() / pair.Reference.Union(pair.Answer).Count()
            )
        );
        await AssertScoredAlikeOfflineAsync(run, "multi-label");
    }

    [Fact]
    public async Task Regression_suite_has_the_numbers_of_its_answers_and_they_are_scored_alike_offline()
    {
        var run = await EvaluateAsync("regression");
        Assert.Equal(("Completed", "pass", 160L), (run.GetString("Status"), run.GetString("Verdict"), run.GetInt64("CandidateScored")));
        var pairs = (await AnswersAsync(run, "candidate"))
            .Select(answer => (Reference: NumberOf(answer.Reference), Answer: NumberOf(answer.Prediction!)))
            .ToList();
        var mean = pairs.Average(pair => pair.Reference);
        await AssertValueAsync(run, "mae", pairs.Average(pair => Math.Abs(pair.Answer - pair.Reference)));
        await AssertValueAsync(
            run,
            "r2",
            1 - (pairs.Sum(pair => Math.Pow(pair.Answer - pair.Reference, 2)) / pairs.Sum(pair => Math.Pow(pair.Reference - mean, 2)))
        );
        await AssertValueAsync(
            run,
            "within_tolerance",
            pairs.Average(pair => Math.Abs(pair.Answer - pair.Reference) <= 0.1 * pair.Reference ? 1.0 : 0)
        );
        var order = (
            from first in pairs
            from second in pairs
            select (X: Math.Sign(first.Reference - second.Reference), Y: Math.Sign(first.Answer - second.Answer))
        ).ToList();
        await AssertValueAsync(
            run,
            "kendall",
            order.Sum(pair => pair.X * pair.Y) / Math.Sqrt((double)order.Count(pair => pair.X != 0) * order.Count(pair => pair.Y != 0))
        );
        var spearman = await _app.MetricAsync(run.PartitionKey, "candidate|spearman|all");
        Assert.InRange(spearman.GetDouble("Value")!.Value, spearman.GetDouble("Lower")!.Value, spearman.GetDouble("Upper")!.Value);
        await AssertScoredAlikeOfflineAsync(run, "regression");
    }

    private async Task<TableEntity> EvaluateAsync(string suite) =>
        await _app.EvaluateAsync(
            $"{suite}/test.jsonl",
            (SampleSuites.Spec(suite) is var spec && spec.Remove("trainingFile") ? spec : spec).ToJsonString(),
            SampleSuites.Rows(suite, "test.jsonl").Select(row => row.ToJsonString())
        );

    private async Task AssertValueAsync(TableEntity run, string name, double expected) =>
        Assert.Equal(expected, (await _app.MetricAsync(run.PartitionKey, $"candidate|{name}|all")).GetDouble("Value")!.Value, 9);

    /// <summary>The numbers of the run and of an offline score of its rows are the same to the bit.</summary>
    private async Task AssertScoredAlikeOfflineAsync(TableEntity run, string suite)
    {
        var offline = await _app.ScoreOfflineAsync(run.PartitionKey, SampleSuites.Spec(suite).ToJsonString());
        Assert.NotEmpty(offline.Metrics);
        foreach (var line in offline.Metrics.Where(line => line.Slice == "all"))
        {
            var row = await _app.MetricAsync(run.PartitionKey, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal(
                (line.Value, line.Lower, line.Upper, line.Difference, (long?)line.Samples),
                (
                    row.GetDouble("Value"),
                    row.GetDouble("Lower"),
                    row.GetDouble("Upper"),
                    row.GetDouble("Difference"),
                    row.GetInt64("Samples")
                )
            );
            Assert.NotEqual(line.Lower is null, line.NoInterval is null);
        }
    }

    private async Task<IEnumerable<(string Reference, string? Prediction)>> AnswersAsync(TableEntity run, string role) =>
        (await _app.SamplesAsync(run.PartitionKey))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .Select(row => ((string)row["references"]![0]!, (string?)row[role]!["prediction"]));

    private static HashSet<string> SetOf(string list) => [.. JsonNode.Parse(list)!.AsArray().Select(label => (string)label!)];

    private static double NumberOf(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
