using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.Scoring;

namespace FunctionsEval.Core.Results.Overview;

public sealed partial record RunOverview
{
    /// <summary>The currency of prices where no setting names another one.</summary>
    public const string DefaultCurrency = "USD";

    /// <summary>What a run says at first sight.</summary>
    /// <param name="run">The run's row, with its progress where it is known.</param>
    /// <param name="summary">Its summary, of any version; null where it has none. One that does not belong to how the run ended is not
    /// shown.</param>
    /// <param name="currency">The currency of the models' prices.</param>
    public static RunOverview From(Run run, RunSummary? summary, string currency = DefaultCurrency)
    {
        ArgumentNullException.ThrowIfNull(run);
        var overview = Describe(run, run.Status.HasEnded ? summary : null, currency);
        // Too many malformed rows: what was answered says nothing about the model.
        return summary is null || !run.Status.HasSummary ? overview
            : summary.Candidates is { } candidates ? WithCandidates(overview, run, summary, candidates, currency)
            : WithNumbers(overview, new OverviewFacts(summary, currency));
    }

    /// <summary>What is known of every run.</summary>
    private static RunOverview Describe(Run run, RunSummary? summary, string currency)
    {
        var duration = run is { Finished: { } finished } && (run.Resumed ?? run.Started) is { } began ? finished - began : (TimeSpan?)null;
        var reasons = ReasonsOf(run, summary);
        return new RunOverview
        {
            RunId = run.RunId,
            Name = run.Name ?? summary?.Name,
            Suite = run.Suite,
            Dataset = run.Dataset,
            Status = run.Status,
            Source = run.Source is { } source ? new OverviewWord(source, SourceWords.TextOf(source)) : null,
            Started = run.Started,
            Finished = run.Finished,
            DurationSeconds = duration?.TotalSeconds,
            DurationText = duration is { } time ? NumberText.Duration(time) : null,
            Models = new OverviewModels(
                run.Model ?? summary?.Models.GetValueOrDefault(Roles.Candidate),
                run.Baseline ?? summary?.Models.GetValueOrDefault(Roles.Baseline)
            ),
            Samples = run.Samples ?? summary?.Dataset.Samples ?? run.ExpectedSamples,
            Task = summary?.Task.Name,
            Verdict = run.Verdict,
            Title = OverviewTitle.From(run, reasons),
            Reasons = reasons,
            Error = run.ErrorCode is { } code ? new RunFailure(code, run.ErrorMessage ?? "") : null,
            Warnings = summary?.Warnings ?? run.Warnings,
            Cost = OverviewCosts.Find(run, summary, currency),
            Latency = LatencyOf(run.CandidateFigures),
            Outcomes = OutcomesOf(run, summary),
        };
    }

    /// <summary>What the rules say, but for a run that was stopped: they all say that it is incomplete.</summary>
    private static IReadOnlyList<RuleVerdict> ReasonsOf(Run run, RunSummary? summary) =>
        run.Status != RunStatus.Completed || run.Verdict is null ? []
        : summary?.Verdict is { } verdict && summary.Candidates is null ? verdict.Rules
        : summary?.Candidates?.Verdict is { } group ? group.Rules
        : run.VerdictReasons;

    private static RunOverview WithNumbers(RunOverview overview, OverviewFacts facts)
    {
        var summary = facts.Summary;
        if (summary.Outcomes.GetValueOrDefault(Roles.Candidate) is not { Counted: > 0 })
        {
            return overview;
        }

        var headline = new HeadlineNumbers(facts, overview.Status == RunStatus.Completed ? summary.Verdict : null).From(facts.Candidate);
        var changes = new OverviewChanges(facts, headline);
        var worse = changes.AgainstBaseline();
        var confused = ConfusedPairs.Find(summary);
        var weakest = changes.Weakest();
        return overview with
        {
            Headline = headline,
            Worse = worse is null ? null : [.. worse.Take(MaxWorse)],
            WorseTotal = worse?.Count,
            Previous = summary.Previous is { } previous ? PreviousOf(previous, changes) : null,
            Flips = FlipsOf(facts, headline),
            Wrong = RightAnswers.CountWrong(facts),
            Confused = confused?.Pairs,
            ConfusedTotal = confused?.Total,
            Weakest = weakest.Count == 0 ? null : OverviewChanges.Take(weakest),
            WeakestTotal = weakest.Count == 0 ? null : weakest.Count,
            Tables = TablesOf(summary),
        };
    }

    private static RunOverview WithCandidates(
        RunOverview overview,
        Run run,
        RunSummary summary,
        CandidatesSummary candidates,
        string currency
    )
    {
        var facts = new OverviewFacts(
            summary with
            {
                Metrics = [.. CandidateOverviews.BaselineLines(candidates)],
                Models = candidates.Baseline is { } baseline
                    ? new Dictionary<string, string> { [Roles.Baseline] = baseline }
                    : new Dictionary<string, string>(),
            },
            currency
        );
        var all = CandidateOverviews.From(facts, candidates);
        return overview with { Candidates = all, Recommended = candidates.Recommended, Title = OverviewTitle.From(run, all) };
    }

    private static OverviewPrevious PreviousOf(PreviousSummary previous, OverviewChanges changes)
    {
        var worse = changes.AgainstPrevious(previous);
        return new OverviewPrevious(previous.RunId)
        {
            Model = previous.Model,
            NotPaired = previous.NotPaired ?? previous.Undecided,
            Paired = previous.Pairing?.Paired,
            Gained = previous.Flips?.Gained,
            Lost = previous.Flips?.Lost,
            Worse = [.. worse.Take(MaxWorse)],
            WorseTotal = worse.Count,
            NoClearChange = previous.NoClearChange,
        };
    }

    /// <summary>
    /// The flips of the number that says what is right; where none does, of the first headline number that has them, or the first number.
    /// </summary>
    private static OverviewFlips? FlipsOf(OverviewFacts facts, IReadOnlyList<HeadlineNumber> headline) =>
        facts
            .Candidate.Where(line => line is { Slice: SliceNames.All, Gained: not null, Lost: not null } && !line.Name.Contains('['))
            .OrderBy(line => RightShares.RankOf(line.Name) ?? int.MaxValue)
            .ThenBy(line => headline.Any(number => number.Name == line.Name) ? 0 : 1)
            .Select(line => new OverviewFlips(line.Name, line.Gained!.Value, line.Lost!.Value))
            .FirstOrDefault();

    private static IReadOnlyList<string> TablesOf(RunSummary summary) =>
        [
            .. summary.ConfusionMatrices.Count > 0 ? ["confusion"] : (string[])[],
            .. summary.Calibration.Count > 0 ? ["calibration"] : (string[])[],
        ];

    private static OverviewLatency? LatencyOf(ModelFigures figures) =>
        figures is { LatencyMsP50: null, LatencyMsP95: null }
            ? null
            : new OverviewLatency(
                figures.LatencyMsP50,
                figures.LatencyMsP95,
                figures.LatencyMsP95 is { } p95
                    ? $"p95 {NumberText.Latency(p95)}"
                    : $"median {NumberText.Latency(figures.LatencyMsP50!.Value)}"
            );

    private static IReadOnlyList<OverviewOutcome>? OutcomesOf(Run run, RunSummary? summary)
    {
        var candidate = OutcomesOf(run, summary, Roles.Candidate, run.CandidateFigures);
        var baseline = OutcomesOf(run, summary, Roles.Baseline, run.BaselineFigures);
        return candidate is null
            ? null
            :
            [
                .. OutcomeNames
                    .All.Where(outcome => candidate[outcome.Value] + (baseline?[outcome.Value] ?? 0) > 0)
                    .Select(outcome => new OverviewOutcome(
                        outcome.Key,
                        OutcomeWords.LabelOf(outcome.Value),
                        candidate[outcome.Value],
                        baseline?[outcome.Value]
                    )),
            ];
    }

    private static OutcomeCounts? OutcomesOf(Run run, RunSummary? summary, string role, ModelFigures figures) =>
        summary?.Outcomes.GetValueOrDefault(role) ?? run.Progress?.GetValueOrDefault(role) ?? figures.Outcomes;
}
