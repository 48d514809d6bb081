using System.Text.Json;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks;
using FunctionsEval.Functions.Reports;

namespace FunctionsEval.Functions.Tests.Reports;

/// <summary>What the runs of a group add up to.</summary>
public sealed class GroupTotalsTests
{
    [Fact]
    public void Tokens_of_all_candidates_are_added_up_those_of_the_cache_and_of_graders_included()
    {
        var totals = new GroupTotals();
        Add(totals, Roles.Baseline, "base", new UsageSummary(50, 5, 0.1m) { CachedInputTokens = 20 });
        Add(totals, Roles.Candidate, "a", new UsageSummary(100, 10, 0.5m) { CachedInputTokens = 30 });
        Add(totals, Roles.Candidate, "b", new UsageSummary(100, 10, 0.5m));
        Add(totals, Roles.Candidate, "c", new UsageSummary(100, 10, 0.5m) { CachedInputTokens = 7 });

        Assert.Equal(new UsageSummary(300, 30, 1.5m) { CachedInputTokens = 37 }, totals.Usage[Roles.Candidate]);
        Assert.Equal(new UsageSummary(300, 30, 1.5m) { CachedInputTokens = 37 }, totals.Usage["candidate/judge"]);
        Assert.Equal(new UsageSummary(50, 5, 0.1m) { CachedInputTokens = 20 }, totals.Usage[Roles.Baseline]);
        var row = totals.Apply(new Run { RunId = "ev-g", Status = RunStatus.Running }, SummaryOf("c", new(0, 0, null)));
        Assert.Equal((300, 37), (row.CandidateFigures.InputTokens, row.CandidateFigures.CachedInputTokens));
        Assert.Equal((50, 20), (row.BaselineFigures.InputTokens, row.BaselineFigures.CachedInputTokens));
    }

    [Fact]
    public void Tokens_of_a_cache_that_no_run_tells_of_stay_unknown()
    {
        var totals = new GroupTotals();
        Add(totals, Roles.Candidate, "a", new UsageSummary(100, 10, 0.5m));
        Add(totals, Roles.Candidate, "b", new UsageSummary(100, 10, 0.5m));

        Assert.Null(totals.Usage[Roles.Candidate].CachedInputTokens);
        var row = totals.Apply(new Run { RunId = "ev-g", Status = RunStatus.Running }, SummaryOf("b", new(0, 0, null)));
        Assert.Null(row.CandidateFigures.CachedInputTokens);
    }

    /// <summary>A group with a run of its own for the baseline asked the baseline's model.</summary>
    [Theory]
    [InlineData("ev-source", true)]
    [InlineData(null, false)]
    public void Summary_names_the_earlier_run_whose_answers_are_the_baseline(string? source, bool isNamed)
    {
        var totals = new GroupTotals();
        var used = new UsageSummary(1, 1, null);
        var named = new BaselineRunSummary("ev-source", "base", Finished: null);
        totals.Add(
            GroupMember.From(Roles.Candidate, "a", "ev-a", run: null),
            Completed("a", used),
            SummaryOf("a", used) with
            {
                BaselineRun = named,
            }
        );
        var group = Completed("g", used) with
        {
            Dataset = "tickets/test.jsonl",
            Baseline = "base",
            BaselineRun = source ?? RunId.CreateMember("ev-g", Roles.Baseline, "base"),
            CandidateRuns = ["ev-a", "ev-b"],
        };
        var spec = new EvaluationSpec
        {
            Task = TaskCatalog.All[0],
            Model = "a",
            Candidates = ["b"],
        };

        var summary = GroupSummary.Create(group, spec, totals, SummaryOf("a", used).Candidates!, isComplete: true);

        Assert.Equal(isNamed ? named : null, summary.BaselineRun);
    }

    private static void Add(GroupTotals totals, string role, string model, UsageSummary used) =>
        totals.Add(GroupMember.From(role, model, $"ev-{model}", run: null), Completed(model, used), SummaryOf(model, used));

    private static Run Completed(string model, UsageSummary used) =>
        new()
        {
            RunId = $"ev-{model}",
            Status = RunStatus.Completed,
            CandidateFigures = new ModelFigures { InputTokens = used.InputTokens, CachedInputTokens = used.CachedInputTokens },
        };

    private static RunSummary SummaryOf(string model, UsageSummary used) =>
        new()
        {
            RunId = $"ev-{model}",
            Name = "tickets",
            Task = TaskCatalog.All[0],
            Dataset = new DatasetSummary("tickets/test.jsonl", "\"1\"", 1000, 100),
            Models = new Dictionary<string, string> { [Roles.Candidate] = model },
            IsComplete = true,
            Outcomes = new Dictionary<string, OutcomeCounts> { [Roles.Candidate] = new() },
            Coverage = new Dictionary<string, double?> { [Roles.Candidate] = 1 },
            Usage = new Dictionary<string, UsageSummary> { [Roles.Candidate] = used, ["candidate/judge"] = used },
            Candidates = new CandidatesSummary
            {
                Level = 0.95,
                Tried = 1,
                Candidates = [],
                Numbers = [],
            },
            Metrics = [],
            Spec = JsonSerializer.SerializeToElement(""),
            CodeVersion = "1",
        };
}
