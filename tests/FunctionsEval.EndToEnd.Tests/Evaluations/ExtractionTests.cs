using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using FunctionsEval.EndToEnd.Tests.SampleModels;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.SampleModels;

namespace FunctionsEval.EndToEnd.Tests.Evaluations;

/// <summary>The sample suite extraction, answered by the sample models that learned from its training file.</summary>
public sealed class ExtractionTests(ExtractionTests.App shared) : IClassFixture<ExtractionTests.App>
{
    [Fact]
    public async Task Numbers_are_those_that_counting_values_of_the_logged_answers_gives()
    {
        var run = await shared.RunAsync();
        Assert.Equal("Completed", run.GetString("Status"));

        var (matched, expected, given) = (0, 0, 0);
        foreach (var (reference, answer) in await shared.AnswersAsync(run))
        {
            expected += Values(reference).Count;
            given += Values(answer).Count;
            matched += Values(reference).Intersect(Values(answer)).Count();
        }

        Assert.InRange(matched, 1, expected - 1);
        await AssertValueAsync(run, "field_f1_micro", 2.0 * matched / (expected + given));
        await AssertValueAsync(run, "field_precision_micro", (double)matched / given);
        await AssertValueAsync(run, "field_recall_micro", (double)matched / expected);
        await AssertValueAsync(run, "json_valid", 1);
    }

    [Fact]
    public async Task Field_numbers_have_intervals_and_the_baseline_is_compared()
    {
        var row = await shared.Evaluation.MetricAsync((await shared.RunAsync()).PartitionKey, "candidate|field_f1[quantity]|all");

        Assert.InRange(row.GetDouble("Value")!.Value, row.GetDouble("Lower")!.Value, row.GetDouble("Upper")!.Value);
        Assert.NotNull(row.GetDouble("PValue"));
    }

    [Fact]
    public async Task Summary_has_what_became_of_each_field()
    {
        var summary = await shared.Evaluation.SummaryAsync((await shared.RunAsync()).PartitionKey);

        var table = summary["fieldConfusions"]!.AsArray().First(table => (string)table!["role"]! == "candidate")!;
        Assert.Equal(["customer", "item", "quantity", "colours", "due", "total"], table["labels"]!.AsArray().Select(name => (string)name!));
        Assert.All(
            table["fields"]!.AsArray(),
            row => Assert.Equal(SampleSuites.Rows("extraction", "test.jsonl").Count, row!.AsObject().Sum(column => (int)column.Value!))
        );
    }

    [Fact]
    public async Task Offline_score_of_the_runs_samples_gives_the_runs_numbers()
    {
        var run = await shared.RunAsync();
        var offline = await shared.Evaluation.ScoreOfflineAsync(run.PartitionKey, App.Spec);

        Assert.NotEmpty(offline.Metrics);
        foreach (var line in offline.Metrics)
        {
            var row = await shared.Evaluation.MetricAsync(run.PartitionKey, $"{line.Role}|{line.Name}|{line.Slice}");
            Assert.Equal((line.Value, line.Lower, line.Upper), (row.GetDouble("Value"), row.GetDouble("Lower"), row.GetDouble("Upper")));
        }
    }

    private async Task AssertValueAsync(TableEntity run, string metric, double expected) =>
        Assert.Equal(
            expected,
            (await shared.Evaluation.MetricAsync(run.PartitionKey, $"candidate|{metric}|all")).GetDouble("Value")!.Value,
            12
        );

    /// <summary>
    /// The values of an order, each with its field; of a list each element. The models write values as the training answers do.
    /// </summary>
    private static List<string> Values(JsonObject order) =>
        [
            .. order.SelectMany(field =>
                field.Value is JsonArray list
                    ? list.Select(element => $"{field.Key}={element!.GetValue<string>().ToLowerInvariant()}")
                    : [$"{field.Key}={field.Value!.ToString().ToLowerInvariant()}"]
            ),
        ];

    /// <summary>An app whose models are the sample models.</summary>
    public sealed class App : IAsyncLifetime
    {
        private readonly Lazy<Task<TableEntity>> _run;
        private SampleModelServer _models = null!;

        public App() => _run = new Lazy<Task<TableEntity>>(EvaluateAsync);

        /// <summary>The suite's spec without the training file, which is not uploaded here.</summary>
        internal static string Spec
        {
            get
            {
                var spec = SampleSuites.Spec("extraction");
                spec.Remove("trainingFile");
                return spec.ToJsonString();
            }
        }

        internal EvaluationApp Evaluation { get; private set; } = null!;

        /// <summary>The run of the suite's test file.</summary>
        internal Task<TableEntity> RunAsync() => _run.Value;

        /// <summary>The references and answers that the run logged of the candidate.</summary>
        internal async Task<List<(JsonObject Reference, JsonObject Answer)>> AnswersAsync(TableEntity run) =>
            [
                .. (await Evaluation.SamplesAsync(run.PartitionKey))
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => JsonNode.Parse(line)!)
                    .Select(sample => (Json(sample["references"]![0]!), Json(sample["candidate"]!["prediction"]!))),
            ];

        public async ValueTask InitializeAsync()
        {
            _models = await SampleModelServer.StartAsync(SampleSuites.Directory, port: 0, TestContext.Current.CancellationToken);
            Evaluation = await EvaluationApp.StartAsync([.. _models.SettingsOf(["orders-tuned", "orders-base"])]);
        }

        public async ValueTask DisposeAsync()
        {
            await Evaluation.DisposeAsync();
            await _models.DisposeAsync();
        }

        private Task<TableEntity> EvaluateAsync() =>
            Evaluation.EvaluateAsync(
                "extraction/test.jsonl",
                Spec,
                Encoding.UTF8.GetBytes(File.ReadAllText(Path.Combine(SampleSuites.Directory, "extraction", "test.jsonl")))
            );

        private static JsonObject Json(JsonNode text) => JsonNode.Parse((string)text!)!.AsObject();
    }
}
