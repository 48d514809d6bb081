using System.Text.Json;
using System.Text.Json.Nodes;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Tests.Results;

/// <summary>
/// The files in Published were recorded from an app: what its HTTP interface answered, and a summary. Reading and writing one gives its
/// bytes.
/// </summary>
public sealed class PublishedJsonTests
{
    private static readonly string Published = Path.Combine(AppContext.BaseDirectory, "Results", "Published");

    [Theory]
    [InlineData("run", typeof(Run))]
    [InlineData("page", typeof(RunPage))]
    [InlineData("failed", typeof(RunPage))]
    [InlineData("metrics", typeof(RunMetrics))]
    [InlineData("suite", typeof(StartedSuite))]
    [InlineData("history", typeof(MetricHistory))]
    [InlineData("comparison", typeof(RunComparisonResult))]
    [InlineData("unpaired", typeof(RunComparisonResult))]
    [InlineData("samples", typeof(SamplePage))]
    [InlineData("flips", typeof(SamplePage))]
    public void What_the_interface_answers_is_read_and_written_the_same(string file, Type type) =>
        Assert.Equal(Read(file), Rewrite(file, type, ResultJson.Options));

    [Fact]
    public void A_summary_is_read_and_written_the_same() =>
        Assert.Equal(Read("summary"), Rewrite("summary", typeof(RunSummary), ResultJson.Indented));

    [Fact]
    public void A_problem_is_read_with_its_code_and_detail()
    {
        var problem = JsonSerializer.Deserialize<Problem>(Read("problem"), ResultJson.Options)!;

        Assert.Equal((404, "run_not_found"), (problem.Status, problem.Code));
        Assert.StartsWith("There is no run 'nope'.", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_says_what_it_came_to_in_types()
    {
        var run = JsonSerializer.Deserialize<Run>(Read("run"), ResultJson.Options)!;

        Assert.Equal((RunStatus.Completed, VerdictResult.Pass, 9L), (run.Status, run.Verdict, run.Counted));
        Assert.Equal(new RuleVerdict(VerdictResult.Pass, "accuracy 1 is at least 0.5"), Assert.Single(run.VerdictReasons));
        Assert.Equal(new OutcomeCounts { Scored = 9 }, run.CandidateFigures.Outcomes);
        Assert.Equal([Roles.Baseline, Roles.Candidate], run.Progress!.Keys);
        Assert.True(run.HasSummary);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""["one"]""")]
    [InlineData("""["one","two"]""")]
    public void Every_warning_of_a_run_is_read(string warnings)
    {
        var text = $$"""{"runId":"ev-1","status":"Running","suite":"s","warnings":{{warnings}}}""";

        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize<Run>(text, ResultJson.Options), ResultJson.Options));
    }

    [Fact]
    public void A_run_without_a_status_is_refused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Run>("""{"runId":"ev-1"}""", ResultJson.Options));

    [Fact]
    public void Members_of_a_later_version_are_left_out_of_a_run()
    {
        var run = JsonSerializer.Deserialize<Run>(
            """{"runId":"ev-1","status":"Pending","later":{"a":[1]},"samples":3}""",
            ResultJson.Options
        )!;

        Assert.Equal(
            new Run
            {
                RunId = "ev-1",
                Status = RunStatus.Pending,
                Samples = 3,
            },
            run with
            {
                Warnings = [],
            }
        );
    }

    [Fact]
    public void A_summary_of_an_earlier_version_reads_as_empty_what_that_version_did_not_write()
    {
        var older = JsonNode.Parse(Read("summary"))!.AsObject();
        foreach (var member in new[] { "warnings", "unparsableRate", "calibration", "confusionMatrices", "examples", "previous" })
        {
            Assert.True(older.Remove(member), member);
        }

        var summary = older.Deserialize<RunSummary>(ResultJson.Options)!;

        Assert.Empty(summary.Warnings);
        Assert.Empty(summary.UnparsableRate);
        Assert.Empty(summary.Calibration);
        Assert.Empty(summary.ConfusionMatrices);
        Assert.Empty(summary.Examples);
        Assert.Null(summary.Previous);
    }

    [Theory]
    [InlineData("pass: a is at least 1; fail: b (x; y: z) is below 2; inconclusive: c…")]
    [InlineData("fail: one; two; pass: three")]
    [InlineData("")]
    public void Reasons_are_a_list_whose_text_stays(string text)
    {
        var column = RunColumns.All.Single(column => column.Name == "VerdictReasons");
        var run = column.Write(
            new Run
            {
                RunId = "ev-1",
                Status = RunStatus.Completed,
                Verdict = VerdictResult.Fail,
            },
            text
        );

        Assert.Equal(text, column.Read(run));
    }

    [Theory]
    [InlineData(RunStatus.Pending, false, false)]
    [InlineData(RunStatus.AwaitingDeployment, false, false)]
    [InlineData(RunStatus.Running, false, false)]
    [InlineData(RunStatus.Completed, true, true)]
    [InlineData(RunStatus.Partial, true, true)]
    [InlineData(RunStatus.Cancelled, true, true)]
    [InlineData(RunStatus.Failed, true, false)]
    public void A_status_says_whether_a_run_has_ended_and_has_a_summary(RunStatus status, bool hasEnded, bool hasSummary) =>
        Assert.Equal((hasEnded, hasSummary), (status.HasEnded, status.HasSummary));

    [Theory]
    [InlineData(RunStatus.Completed, VerdictResult.Fail, VerdictResult.Fail)]
    [InlineData(RunStatus.Partial, VerdictResult.Pass, VerdictResult.Inconclusive)]
    [InlineData(RunStatus.Cancelled, VerdictResult.Fail, VerdictResult.Inconclusive)]
    [InlineData(RunStatus.Failed, VerdictResult.Pass, null)]
    [InlineData(RunStatus.Running, VerdictResult.Pass, null)]
    public void A_status_permits_a_verdict(RunStatus status, VerdictResult gate, VerdictResult? permitted)
    {
        Assert.Equal(permitted, status.Permit(new Verdict(gate, []))?.Result);
        Assert.Equal(gate == permitted, status.MayCarryVerdict(gate));
    }

    private static string Rewrite(string file, Type type, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(JsonSerializer.Deserialize(Read(file), type, options), type, options);

    private static string Read(string file) => File.ReadAllText(Path.Combine(Published, file + ".json"));
}
