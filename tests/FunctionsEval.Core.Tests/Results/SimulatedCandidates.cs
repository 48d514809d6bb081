using System.Text.Json;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.Core.Statistics;
using FunctionsEval.Core.Tasks.Classification;
using FunctionsEval.Core.Tasks.Regression;

namespace FunctionsEval.Core.Tests.Results;

/// <summary>Candidates and a baseline whose answers are drawn, run and compared as the app does it.</summary>
internal static class SimulatedCandidates
{
    public const string Baseline = "baseline";

    public static EvaluationSpec Labels(params GateRule[] rules) =>
        new()
        {
            Task = ClassificationTask.Instance,
            Model = "a",
            Labels = ["yes", "no", "maybe"],
            Metrics = [new MetricSpec { Name = "accuracy" }, new MetricSpec { Name = "f1" }],
            Intervals = new IntervalSpec { Replicates = 200 },
            Gate = rules.Length > 0 ? new GateSpec { Rules = rules } : null,
        };

    public static EvaluationSpec Numbers(params string[] metrics) =>
        new()
        {
            Task = RegressionTask.Instance,
            Model = "a",
            Metrics = [.. metrics.Select(metric => new MetricSpec { Name = metric })],
            Intervals = new IntervalSpec { Replicates = 200 },
        };

    /// <summary>Answers to questions of three labels: by row, the statistics of each model's answer.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="samples">Rows.</param>
    /// <param name="seed">What the answers are drawn from.</param>
    /// <param name="accuracies">How often each model is right.</param>
    public static long[][][] AnswerLabels(EvaluationSpec spec, int samples, ulong seed, params double[] accuracies)
    {
        var (random, metrics) = (new SplitMix64(seed), new RowMeasurer(spec).Metrics);
        var rows = new long[samples][][];
        for (var row = 0; row < samples; row++)
        {
            var (label, difficulty) = ((int)(random.Next() % 3), Uniform(ref random));
            rows[row] = new long[accuracies.Length][];
            for (var model = 0; model < accuracies.Length; model++)
            {
                var isRight = (Uniform(ref random) < 0.6 ? difficulty : Uniform(ref random)) < accuracies[model];
                var answer = isRight ? label : (label + 1 + (int)(random.Next() % 2)) % 3;
                rows[row][model] = Scoreboard.Measure(
                    metrics,
                    new MetricSample { References = [spec.Labels[label]], Prediction = spec.Labels[answer] }
                );
            }
        }

        return rows;
    }

    /// <summary>A completed run of one candidate.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="model">The candidate's name.</param>
    /// <param name="candidate">The statistics of its answer to each row; empty for one that does not count.</param>
    /// <param name="baseline">Those of the baseline; null without one.</param>
    /// <param name="tried">How many candidates were tried.</param>
    public static CandidateRun Run(EvaluationSpec spec, string model, long[][] candidate, long[][]? baseline, int tried) =>
        CandidateRun.Completed(spec, Summarize(spec, model, candidate, baseline, out var scoreboard), scoreboard, tried);

    /// <summary>The summary of one candidate's run.</summary>
    public static RunSummary Summarize(EvaluationSpec spec, string model, long[][] candidate, long[][]? baseline, out Scoreboard scoreboard)
    {
        scoreboard = new RowMeasurer(spec).CreateScoreboard(hasBaseline: baseline is not null);
        for (var row = 0; row < candidate.Length; row++)
        {
            scoreboard.Add(Scoreboard.SampleKey("", row), [], candidate[row], baseline?[row] ?? []);
        }

        var (models, outcomes) = (new Dictionary<string, string>(), new Dictionary<string, OutcomeCounts>());
        Add(Roles.Candidate, model, candidate);
        if (baseline is not null)
        {
            Add(Roles.Baseline, Baseline, baseline);
        }

        var result = EvaluationResult.Create(spec, scoreboard.Finish(), outcomes, isComplete: true, baseline: Baseline);
        return new RunSummary
        {
            RunId = $"ev-{model}",
            Name = "simulated",
            Task = spec.Task,
            Dataset = new DatasetSummary("simulated", "", 0, candidate.Length),
            Models = models,
            IsComplete = true,
            Verdict = result.Verdict,
            Outcomes = outcomes,
            Coverage = result.Coverage,
            Usage = new Dictionary<string, UsageSummary>(),
            Metrics = result.Metrics,
            Spec = JsonSerializer.SerializeToElement(""),
            CodeVersion = "",
        };

        void Add(string role, string name, long[][] answers)
        {
            models.Add(role, name);
            var counted = answers.Count(answer => answer.Length > 0);
            outcomes.Add(role, new OutcomeCounts { Scored = counted, Exhausted = answers.Length - counted });
        }
    }

    /// <summary>Compares all models but the first with the first.</summary>
    public static CandidatesSummary Compare(EvaluationSpec spec, long[][][] rows, params string[] names)
    {
        var baseline = rows.Select(row => row[0]).ToArray();
        return CandidatesComparison.Create(
            spec,
            [.. names.Select((name, index) => Run(spec, name, [.. rows.Select(row => row[index + 1])], baseline, names.Length))]
        );
    }

    private static double Uniform(ref SplitMix64 random) => (random.Next() >> 11) * (1.0 / (1UL << 53));
}
