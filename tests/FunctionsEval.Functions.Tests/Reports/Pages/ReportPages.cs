using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Gates.Rules;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Predictions;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Results.Overview;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Generation;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Reports.Page;
using FunctionsEval.Functions.Storage;

namespace FunctionsEval.Functions.Tests.Reports.Pages;

/// <summary>Reports of runs that a page has trouble with: many labels, many candidates, long names, markup, numbers without end.</summary>
internal static class ReportPages
{
    public const string Hostile = "</td><script>alert(1)</script><img src=x onerror=alert(2)> \" ' & \u0007";

    private static readonly DateTimeOffset Began = new(2026, 11, 27, 13, 4, 0, TimeSpan.Zero);

    /// <summary>The pages by what is hard about them.</summary>
    public static IReadOnlyDictionary<string, Func<Task<string>>> All { get; } =
        new Dictionary<string, Func<Task<string>>>(StringComparer.Ordinal)
        {
            ["labels"] = () => ClassificationAsync(labels: 77, samples: 3080),
            ["few-labels"] = () => ClassificationAsync(labels: 4, samples: 400),
            ["generation"] = GenerationAsync,
            ["candidates"] = () => Task.FromResult(CandidatePages.Write(20)),
            ["failed"] = () =>
                EndedAsync(RunFailure.TooManyMalformed("20 of 100 rows are malformed. The first is on line 3: it is no JSON.")),
            ["partial"] = () => EndedAsync(RunFailure.OverBudget),
            ["cancelled"] = () => EndedAsync(RunFailure.Cancelled),
            ["suite"] = () => Task.FromResult(SuitePages.Write()),
        };

    /// <summary>A classification run with a baseline and a previous run, in which one class collapsed.</summary>
    public static async Task<string> ClassificationAsync(int labels, int samples)
    {
        var names = PageSamples.Labels(labels);
        var spec = Spec(names);
        List<AnswerPair> pairs =
        [
            .. Enumerable
                .Range(0, samples)
                .Select(number => new AnswerPair(
                    PageSamples.Row(names, number, wrongBelow: 8),
                    PageSamples.Row(names, number, wrongBelow: 55)
                )),
        ];
        var result = OfflineScore.Compute(spec, pairs);
        var summary = Summary(spec, result, samples) with { Previous = Previous(names) };
        return await WriteAsync(summary, pairs, failure: null);
    }

    /// <summary>A generation run: long answers, names of 500 characters, a perplexity beyond all bounds and undefined numbers.</summary>
    private static async Task<string> GenerationAsync()
    {
        var spec = new EvaluationSpec
        {
            Task = GenerationTask.Instance,
            Name = new string('n', 500),
            Model = new string('m', 500),
            Baseline = new string('b', 500),
            Metrics = [new MetricSpec { Name = "bleu" }, new MetricSpec { Name = "rouge" }],
            Intervals = new IntervalSpec { Replicates = 50 },
        };
        List<AnswerPair> pairs =
        [
            .. Enumerable.Range(0, 80).Select(number => new AnswerPair(PageSamples.Written(number, 3), PageSamples.Written(number, 2))),
        ];
        var result = OfflineScore.Compute(spec, pairs);
        MetricValue[] extremes =
        [
            Extreme(Roles.Candidate, 1.733e32) with
            {
                Lower = 2.1e3,
                Upper = 9.9e40,
                Interval = "bootstrap",
            },
            Extreme(Roles.Baseline, 4.2),
            Extreme(Roles.Candidate, null) with
            {
                Name = "f1_macro",
                Undefined = "no_samples",
                HigherIsBetter = true,
            },
        ];
        return await WriteAsync(Summary(spec, result, 80) with { Metrics = [.. extremes, .. result.Metrics] }, pairs, failure: null);
    }

    private static async Task<string> EndedAsync(RunFailure failure)
    {
        var names = PageSamples.Labels(3);
        var spec = Spec(names);
        List<AnswerPair> pairs =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(number => new AnswerPair(
                    PageSamples.Row(names, number, wrongBelow: 10),
                    PageSamples.Row(names, number, wrongBelow: 50)
                )),
        ];
        var result = OfflineScore.Compute(spec, pairs);
        var summary = Summary(spec, result, 60) with
        {
            IsComplete = !failure.IsStop,
            Verdict = failure.Status.Permit(result.Verdict),
            Failure = failure.IsStop ? null : failure,
            Warnings = [.. Enumerable.Range(0, 7).Select(number => $"Warning {number}: look at it, and do something about it.")],
        };
        return await WriteAsync(summary, pairs, failure);
    }

    /// <summary>Writes the page as the app does: from the summary, the row and samples.jsonl.</summary>
    public static async Task<string> WriteAsync(RunSummary summary, IReadOnlyList<AnswerPair> pairs, RunFailure? failure)
    {
        var overview = RunOverview.From(RunOf(summary, failure), summary);
        using var lines = new MemoryStream();
        foreach (var (candidate, baseline) in pairs)
        {
            await JsonSerializer.SerializeAsync(lines, SampleResult.From(candidate, baseline, linesBefore: 0), ResultJson.Options);
            lines.WriteByte((byte)'\n');
        }

        lines.Position = 0;
        var scores = new CandidateScores("rougeL", HigherIsBetter: true, PageSamples.ScoresOf(pairs));
        var isGeneration = summary.Task is GenerationTask;
        var samples = await SampleHighlights.ReadAsync(lines, summary, overview, isGeneration ? scores : null, CancellationToken.None);
        return HtmlReport.Write(new ReportSource(overview, summary, samples, Latencies()));
    }

    /// <summary>The row of a run that has ended.</summary>
    public static Run RunOf(RunSummary summary, RunFailure? failure) =>
        new()
        {
            RunId = summary.RunId,
            Status = failure?.Status ?? RunStatus.Completed,
            Dataset = summary.Dataset.Name,
            Model = summary.Models[Roles.Candidate],
            Baseline = summary.Models.GetValueOrDefault(Roles.Baseline),
            Source = "http",
            Started = Began,
            Finished = Began.AddSeconds(134),
            Samples = summary.Dataset.Samples,
            ExpectedSamples = summary.Dataset.Samples,
            Verdict = summary.Verdict?.Result,
            VerdictReasons = summary.Verdict?.Rules ?? [],
            ErrorCode = failure?.Code,
            ErrorMessage = failure?.Message,
            CandidateFigures = new ModelFigures
            {
                Cost = 0.19,
                LatencyMsP50 = 120,
                LatencyMsP95 = 204,
            },
            BaselineFigures = new ModelFigures { Cost = 0.02 },
        };

    /// <summary>A candidate whose answers took 1 to 100 ms, and a baseline of which nothing is known.</summary>
    public static AnswerLatency[] Latencies()
    {
        var candidate = new AnswerLatency(Roles.Candidate, 101, new GeometricHistogram(), new GeometricHistogram());
        for (var number = 1; number <= 100; number++)
        {
            candidate.LatencyMs.Add(number);
            candidate.AnswerTokens.Add(10 * number);
        }

        return [candidate, new AnswerLatency(Roles.Baseline, 0, new GeometricHistogram(), new GeometricHistogram())];
    }

    /// <summary>A summary of a result.</summary>
    public static RunSummary Summary(EvaluationSpec spec, EvaluationResult result, long samples)
    {
        using var canonical = JsonDocument.Parse(SpecReader.Canonical(spec));
        var models = new Dictionary<string, string> { [Roles.Candidate] = spec.Model };
        if (spec.Baseline is { } baseline)
        {
            models[Roles.Baseline] = baseline;
        }

        return new RunSummary
        {
            RunId = "ev-1",
            Name = spec.Name ?? "Tickets",
            Task = spec.Task,
            Dataset = new DatasetSummary("tickets/test.jsonl", "\"1\"", 1000, samples),
            Models = models,
            IsComplete = true,
            Verdict = result.Verdict,
            Outcomes = result.Outcomes,
            Coverage = result.Coverage,
            Usage = new Dictionary<string, UsageSummary>
            {
                [Roles.Candidate] = new(1000, 100, 0.19m),
                [Roles.Baseline] = new(1000, 100, null),
            },
            Metrics = result.Metrics,
            Tables = result.Tables,
            Examples = new Dictionary<string, IReadOnlyList<UnscoredSample>>
            {
                [Roles.Candidate] = [new UnscoredSample("s1", 1, Outcome.Unparsable, "not_a_label", Hostile)],
            },
            Spec = canonical.RootElement.Clone(),
            CodeVersion = "1.0.0",
        };
    }

    private static EvaluationSpec Spec(IReadOnlyList<string> labels) =>
        new()
        {
            Task = ClassificationTask.Instance,
            Name = "Tickets",
            Model = "tuned",
            Baseline = "base",
            Labels = labels,
            Slices = ["language"],
            Metrics =
            [
                new MetricSpec { Name = "accuracy" },
                new MetricSpec { Name = "f1" },
                new MetricSpec { Name = "confusion_matrix" },
                new MetricSpec { Name = "calibration" },
            ],
            Intervals = new IntervalSpec { Replicates = 50 },
            Gate = new GateSpec
            {
                Rules =
                [
                    new MinimumRule { Metric = "accuracy", Minimum = 0.8 },
                    new NotWorseThanBaselineRule { Metric = "f1_macro", NotWorseThanBaselineBy = 0.01 },
                ],
            },
        };

    private static PreviousSummary Previous(IReadOnlyList<string> labels) =>
        new()
        {
            RunId = "ev-0",
            Model = "tuned/ft-0",
            Dataset = "tickets/test.jsonl",
            Pairing = new PairingCounts(3079, 1, 0, 0),
            Flips = new FlipCounts(2, 41),
            Headline = [Compared("accuracy", 0.93, 0.92) with { Kind = MetricKind.Headline, Reading = MetricReading.NoClearDifference }],
            Fell = [.. labels.Take(9).Select(label => Compared($"recall[{label}]", 0.85, 0.35) with { Reading = MetricReading.ToLookAt })],
        };

    private static MetricComparison Compared(string name, double before, double now) =>
        new()
        {
            Name = name,
            Slice = "all",
            Kind = MetricKind.Class,
            Left = before,
            Right = now,
            Difference = now - before,
            DifferenceLower = now - before - 0.1,
            DifferenceUpper = now - before + 0.1,
            PValue = 1e-6,
            AdjustedPValue = 0.0001,
            HigherIsBetter = true,
        };

    private static MetricValue Extreme(string role, double? value) =>
        new()
        {
            Role = role,
            Name = "perplexity",
            Slice = "all",
            Value = value,
            Samples = 80,
            HigherIsBetter = false,
            Kind = role == Roles.Candidate ? MetricKind.Headline : null,
            Signature = "",
        };
}
