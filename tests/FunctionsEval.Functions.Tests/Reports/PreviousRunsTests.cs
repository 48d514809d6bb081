using System.Globalization;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>A run is held against the completed run before it by itself.</summary>
public sealed class PreviousRunsTests
{
    private const int Labels = 77;

    private readonly EvaluatedRuns _runs = new();

    [Fact]
    public async Task Collapse_of_two_classes_is_told_although_accuracy_hardly_moved()
    {
        _runs.Spec = _runs.Spec with
        {
            Labels = [.. Enumerable.Range(0, Labels).Select(label => string.Create(CultureInfo.InvariantCulture, $"label {label}"))],
        };
        await _runs.AddAsync("before", Banking(_ => 34));
        await _runs.AddAsync(
            "now",
            Banking(label =>
                label switch
                {
                    3 => 14,
                    5 => 16,
                    _ => 34,
                }
            )
        );

        var compared = (await CompareAsync("now"))!;

        Assert.Equal(("before", null, 3080L), (compared.Summary.RunId, compared.Summary.NotPaired, compared.Summary.Pairing!.Paired));
        Assert.Equal(new FlipCounts(Gained: 0, Lost: 38), compared.Summary.Flips);
        Assert.Equal(["accuracy", "recall[label 3]", "recall[label 5]"], compared.Summary.Fell.Select(number => number.Name));
        Assert.Equal(
            [(0.85, 0.35), (0.85, 0.4)],
            compared.Summary.Fell.Skip(1).Select(number => (number.Left!.Value, number.Right!.Value))
        );
        Assert.Equal(Labels - 2, compared.Summary.NoClearChange);
        Assert.Equal(PreviousWarning.MaxLength, RunWarnings.MaxSentenceLength);
    }

    [Fact]
    public async Task What_chance_explains_is_no_warning()
    {
        await _runs.AddAsync("before", Rows(200, right: row => row % 10 != 0));
        await _runs.AddAsync("now", Rows(200, right: row => row % 10 != (row < 100 ? 1 : 0)));

        var summary = (await CompareAsync("now"))!.Summary;

        Assert.Empty(summary.Fell);
        Assert.Equal(("accuracy", MetricReading.NoClearDifference), (summary.Headline.Single().Name, summary.Headline.Single().Reading));
    }

    [Fact]
    public async Task Only_a_completed_run_of_the_same_line_that_ended_before_is_the_previous_one()
    {
        var rows = Rows(20, right: _ => true);
        await _runs.AddAsync("first", rows);
        await _runs.AddAsync("deleted", rows);
        await _runs.AddAsync("failed", rows, run => run with { Status = RunStatus.Failed });
        await _runs.AddAsync("partial", rows, run => run with { Status = RunStatus.Partial });
        await _runs.AddAsync("uncounted", rows, run => run with { CandidateFigures = new ModelFigures() });
        await _runs.AddAsync("other", rows, run => run with { Model = "other" });
        await _runs.AddAsync("elsewhere", rows, run => run with { Dataset = "another/test.jsonl" });
        await _runs.AddAsync("slow", rows, run => run with { Finished = EvaluatedRuns.Start.AddDays(2) });
        await _runs.AddAsync("now", rows);
        _runs.Service.Table("EvaluationRuns").Delete("deleted", RunEntity.RowKey);

        Assert.Equal("first", (await CompareAsync("now"))!.Summary.RunId);
        Assert.Null(await CompareAsync("first"));
    }

    [Fact]
    public async Task Models_of_one_template_are_one_line()
    {
        var rows = Rows(20, right: _ => true);
        await _runs.AddAsync("one", rows, run => run with { Model = "tuned/ft-1" });
        await _runs.AddAsync("base", rows, run => run with { Model = "base" });
        await _runs.AddAsync("two", rows, run => run with { Model = "Tuned/ft-2" });

        Assert.Equal(("one", "tuned/ft-1"), ((await CompareAsync("two"))!.Summary.RunId, (await CompareAsync("two"))!.Summary.Model));
    }

    [Fact]
    public async Task Version_of_the_dataset_under_another_name_counts_and_another_dataset_of_the_suite_does_not()
    {
        await _runs.AddAsync(
            "other",
            Rows(20, right: _ => true).Select(row => row with { Input = "other " + row.Input }),
            run => run with { Dataset = "suite/other.jsonl" }
        );
        await _runs.AddAsync("first", Rows(20, right: _ => true));
        await _runs.AddAsync("renamed", Rows(22, right: _ => true), run => run with { Dataset = "suite/test-2.jsonl" });

        Assert.Null(await CompareAsync("first"));
        Assert.Equal("first", (await CompareAsync("renamed"))!.Summary.RunId);
    }

    [Fact]
    public async Task Version_under_another_name_is_found_behind_later_runs_of_other_datasets()
    {
        await _runs.AddAsync("first", Rows(20, right: _ => true));
        foreach (var other in new[] { "one", "two", "one again" })
        {
            await _runs.AddAsync(
                other,
                Rows(20, right: _ => true).Select(row => row with { Input = other[..3] + row.Input }),
                run => run with { Dataset = $"suite/{other[..3]}.jsonl" }
            );
        }

        await _runs.AddAsync("renamed", Rows(20, right: _ => true), run => run with { Dataset = "suite/test-2.jsonl" });

        Assert.Equal("first", (await CompareAsync("renamed"))!.Summary.RunId);
    }

    [Theory]
    [InlineData("manifest.json", null)]
    [InlineData("spec.json", null)]
    [InlineData("candidate/shards/000001.statistics.bin", null)]
    [InlineData("candidate/shards/000001.statistics.bin", "FES0")]
    [InlineData("candidate/shards/000001.statistics.bin", "")]
    [InlineData("spec.json", "{ \"task\": \"divination\", \"model\": \"m\" }")]
    [InlineData("manifest.json", "{")]
    public async Task Previous_run_that_cannot_be_read_is_told_and_fails_nothing(string file, string? content)
    {
        await _runs.AddAsync("before", Rows(20, right: _ => true));
        await _runs.AddAsync("now", Rows(20, right: _ => true));
        if (content is null)
        {
            _runs.Storage.Delete($"runs/before/{file}");
        }
        else
        {
            _runs.Storage.Write($"runs/before/{file}", System.Text.Encoding.UTF8.GetBytes(content));
        }

        var compared = (await CompareAsync("now"))!;

        Assert.NotNull(compared.Summary.NotPaired);
        Assert.Empty(compared.Summary.Fell);
        Assert.Equal(VerdictResult.Inconclusive, Decide(compared.Facts)!.Result);
    }

    [Fact]
    public async Task Gate_may_ask_for_it()
    {
        await _runs.AddAsync("first", Rows(400, right: row => row % 10 != 0));
        await _runs.AddAsync("same", Rows(400, right: row => row % 10 != 0));
        await _runs.AddAsync("worse", Rows(400, right: row => row % 10 > 4));

        var first = Decide((await CompareAsync("first"))?.Facts)!;
        Assert.Equal(VerdictResult.Pass, first.Result);
        Assert.Contains("no previous run", first.Rules.Single().Reason, StringComparison.Ordinal);
        Assert.Equal(VerdictResult.Pass, Decide((await CompareAsync("same"))!.Facts)!.Result);
        var worse = Decide((await CompareAsync("worse"))!.Facts)!;
        Assert.Equal(VerdictResult.Fail, worse.Result);
        Assert.Contains("than the previous run", worse.Rules.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_metrics_are_told_and_not_compared()
    {
        await _runs.AddAsync("before", Rows(20, right: _ => true));
        _runs.Spec = _runs.Spec with { Metrics = [new MetricSpec { Name = "mcc" }] };
        await _runs.AddAsync("now", Rows(20, right: _ => true));

        Assert.Contains("metrics", (await CompareAsync("now"))!.Summary.NotPaired, StringComparison.Ordinal);
    }

    private static Verdict? Decide(PreviousFacts? previous) =>
        Gate.Evaluate(
            new GateSpec { Rules = [new NotWorseThanPreviousRule { Metric = "accuracy", NotWorseThanPrevious = 0.05 }] },
            new GateFacts
            {
                Metrics = new Dictionary<(string Name, string Slice), GateMetric> { [("accuracy", MetricReport.AllSamples)] = new(1) },
                Coverage = 1,
                IsComplete = true,
                Previous = previous,
            }
        );

    private static IEnumerable<EvaluatedRow> Banking(Func<int, int> right) =>
        Enumerable
            .Range(0, 40 * Labels)
            .Select(row =>
            {
                var label = row % Labels;
                var prediction = row / Labels < right(label) ? label : (label + 1) % Labels;
                return new EvaluatedRow($"n{row}", $"question {row}", $"label {label}", $"label {prediction}");
            });

    private static List<EvaluatedRow> Rows(int count, Func<int, bool> right) =>
        [.. Enumerable.Range(0, count).Select(row => new EvaluatedRow($"n{row}", $"question {row}", "odd", right(row) ? "odd" : "even"))];

    private async Task<PreviousComparison?> CompareAsync(string runId)
    {
        var comparison = new RunComparison(_runs.Blobs);
        ModelOptions Model(string name, string deployment) =>
            new()
            {
                Name = name,
                Section = "Models",
                Endpoint = new Uri("http://127.0.0.1"),
                Deployment = deployment,
            };
        var models = new ModelRegistry(
            [Model("m", "m"), Model("tuned/*", "*")],
            _ => throw new InvalidOperationException("No model is called.")
        );
        var run = (await _runs.Tables.FindRunAsync(runId, TestContext.Current.CancellationToken))!.Run;
        return await new PreviousRuns(_runs.Tables, comparison, models).CompareAsync(
            run,
            _runs.Spec,
            merged: null,
            TestContext.Current.CancellationToken
        );
    }
}
